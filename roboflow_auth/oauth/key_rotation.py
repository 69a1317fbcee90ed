"""How one signing key follows another, without anybody noticing (OpenID Connect Core §10.1.1; protocol.md P-O1).

There are up to three. The next one is published, so that whoever verifies knows it before it signs. The current one
signs. The previous one is published for what it signed, and can't sign any more: its private half is gone. One step
makes the next one current and the current one previous, ends the previous one, and makes a new next one.

A step is taken only when the next key has been published for `PUBLISHED_BEFORE_USE`. That is long enough before its use
for every process to have read it (`keys.REREAD_SECONDS`) and for every cache that heeds our max-age, and most that do
not, to have asked again. As each step publishes another next key, no two steps are closer together than that. So the
previous key stays for that long too, and what the current one signed, which is good for an hour, always verifies. And
so it does no harm if many nodes run a step at the same time, or again: the first one takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from jwcrypto import jwk

from roboflow_auth.oauth.keys import forget_keys, make_key, signing_key, store_key
from roboflow_auth.oauth.models import SigningKey

PUBLISHED_BEFORE_USE = timedelta(days=1)

_State = SigningKey.State
_Ring = Mapping[str, SigningKey]


class Step(StrEnum):
    """What `rotate_keys` did."""

    NONE = "none"
    PUBLISHED = "published"
    ROTATED = "rotated"


def rotate_keys(*, older_than: timedelta = timedelta(0)) -> Step:
    """Take a step if the current key has signed for `older_than`; where there is no next key, only publish one.

    Of any number of nodes at the same time one takes the step. Other processes notice within a minute.
    """
    signing_key()
    if _step_that_is_due(_read_ring(), older_than) is Step.NONE:
        return Step.NONE
    fresh = make_key()
    with transaction.atomic():
        ring = _lock_ring()
        step = _step_that_is_due(ring, older_than)
        if step is Step.ROTATED:
            _advance(ring)
        if step is not Step.NONE:
            store_key(fresh, _State.NEXT)
    forget_keys()
    return step


def withdraw_key(kid: str) -> bool:
    """End the key `kid` at once, because somebody else may have it; return False when it is over already.

    What it signed does not verify any more, and if it was the current one, the next one signs from now on, however
    short a time it has been published. Other processes notice within a minute, others' caches later.
    """
    fresh = make_key()
    with transaction.atomic():
        ring = _lock_ring()
        key = next((key for key in ring.values() if key.kid == kid), None)
        if key is not None:
            key.delete()
            _fill_gap(ring, key.state, fresh)
    forget_keys()
    return key is not None


def _step_that_is_due(ring: _Ring, older_than: timedelta) -> Step:
    now = timezone.now()
    if _State.NEXT not in ring:
        return Step.PUBLISHED
    is_known = _is_older(ring[_State.NEXT].state_since, PUBLISHED_BEFORE_USE, now)
    is_wanted = _is_older(ring[_State.CURRENT].state_since, older_than, now)
    return Step.ROTATED if is_known and is_wanted else Step.NONE


def _is_older(since: datetime, age: timedelta, now: datetime) -> bool:
    return since <= now - age


def _read_ring() -> _Ring:
    return {key.state: key for key in SigningKey.objects.all()}


def _lock_ring() -> _Ring:
    # All of them, so that who comes second waits. What the first one inserted meanwhile is seen only by a statement of
    # its own, after the wait.
    list(SigningKey.objects.select_for_update().order_by("pk"))
    return _read_ring()


def _advance(ring: _Ring) -> None:
    SigningKey.objects.filter(state=_State.PREVIOUS).delete()
    _move(ring[_State.CURRENT], _State.PREVIOUS, encrypted_private_jwk="")
    _move(ring[_State.NEXT], _State.CURRENT)


def _fill_gap(ring: _Ring, state: str, fresh: jwk.JWK) -> None:
    if state == _State.CURRENT and _State.NEXT in ring:
        _move(ring[_State.NEXT], _State.CURRENT)
        state = _State.NEXT
    if state != _State.PREVIOUS:
        store_key(fresh, _State(state))


def _move(key: SigningKey, state: SigningKey.State, **changes: str) -> None:
    SigningKey.objects.filter(pk=key.pk).update(state=state, state_since=timezone.now(), **changes)
