"""One signing key after another: whoever verifies ID tokens notices nothing but new keys (P-O1)."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client as Browser
from django.utils import timezone
from jwcrypto import jwk, jwt

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.endpoints.metadata import MAX_AGE_SECONDS
from roboflow_auth.oauth.id_token import LIFETIME_SECONDS, read_id_token_hint
from roboflow_auth.oauth.key_rotation import PUBLISHED_BEFORE_USE, Step, rotate_keys, withdraw_key
from roboflow_auth.oauth.keys import REREAD_SECONDS, forget_keys, signing_key
from roboflow_auth.oauth.models import SigningKey
from tests.clauses import clause
from tests.oauth.crowd import all_at_once, in_the_meantime
from tests.oauth.journeys import ISSUER, Journey
from tests.support.servers import manage
from tests.support.statements import at_most

State = SigningKey.State


def published() -> dict[str, Any]:
    """Return the key set as a client reads it."""
    return dict(Browser().get("/oauth/jwks").json())


def kids() -> list[str]:
    """Return the labels of the published keys, in their order."""
    return [key["kid"] for key in published()["keys"]]


def verifies(raw_id_token: str, key_set: dict[str, Any]) -> bool:
    """Return whether a client with `key_set` takes an ID token."""
    keys = jwk.JWKSet()
    for key in key_set["keys"]:
        keys.add(jwk.JWK(**key))
    try:
        jwt.JWT(jwt=raw_id_token, key=keys, algs=["RS256"], expected_type="JWS")
    except jwt.JWTMissingKey:
        return False
    return True


def a_day_later() -> None:
    """Let the keys have been where they are for a day more."""
    for key in SigningKey.objects.all():
        SigningKey.objects.filter(pk=key.pk).update(state_since=key.state_since - PUBLISHED_BEFORE_USE)


def kid_of(state: SigningKey.State) -> str:
    """Return the label of the key in a state."""
    return SigningKey.objects.get(state=state).kid


def id_token(journey: Journey) -> str:
    """Return an ID token of a whole sign-in."""
    return str(journey.tokens(scope="openid")["id_token"])


@clause("P-O1.4")
def test_what_was_signed_before_a_rotation_verifies_after_it_and_the_other_way_round(journey: Journey) -> None:
    assert rotate_keys() is Step.PUBLISHED
    known_before, before = published(), id_token(journey)
    a_day_later()
    assert rotate_keys() is Step.ROTATED
    after = id_token(journey)
    assert jwt.JWT(jwt=before).token.jose_header["kid"] != jwt.JWT(jwt=after).token.jose_header["kid"]
    for token in (before, after):
        assert verifies(token, published())
        # A client that does not ask again knew the next key already.
        assert verifies(token, known_before)
        assert read_id_token_hint(token, ISSUER) is not None


@clause("P-O1.4")
def test_there_are_a_next_a_current_and_a_previous_key_and_the_current_one_comes_first(journey: Journey) -> None:
    rotate_keys()
    a_day_later()
    rotate_keys()
    assert kids() == [kid_of(state) for state in (State.CURRENT, State.NEXT, State.PREVIOUS)]
    oldest = kid_of(State.PREVIOUS)
    a_day_later()
    rotate_keys()
    assert len(kids()) == 3
    assert oldest not in kids()
    private = {"d", "p", "q", "dp", "dq", "qi"}
    assert not [key for key in published()["keys"] if private & key.keys()]


@clause("P-O1.4")
def test_no_key_signs_before_everybody_could_know_it(db: None) -> None:
    rotate_keys()
    for _ in range(3):
        assert rotate_keys() is Step.NONE
    SigningKey.objects.filter(state=State.NEXT).update(state_since=timezone.now() - timedelta(hours=23))
    assert rotate_keys() is Step.NONE
    # A step publishes another next key, so no two are closer together than this either.
    for others in (MAX_AGE_SECONDS + REREAD_SECONDS, LIFETIME_SECONDS + REREAD_SECONDS):
        assert timedelta(seconds=10 * others) < PUBLISHED_BEFORE_USE


def test_the_private_half_of_a_previous_key_is_gone(db: None) -> None:
    rotate_keys()
    a_day_later()
    rotate_keys()
    assert SigningKey.objects.get(state=State.PREVIOUS).encrypted_private_jwk == ""
    assert SigningKey.objects.filter(encrypted_private_jwk__startswith="ey").count() == 2


@clause("P-O1.4")
def test_a_process_notices_a_rotation_within_a_minute_and_asks_no_more_often(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate_keys()
    a_day_later()
    old = kids()
    etag = Browser().get("/oauth/jwks")["ETag"]
    # What another process does leaves this one's memory as it is.
    monkeypatch.setattr("roboflow_auth.oauth.key_rotation.forget_keys", lambda: None)
    assert rotate_keys() is Step.ROTATED
    with at_most(0):
        assert kids() == old
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + REREAD_SECONDS)
    answer = Browser().get("/oauth/jwks", headers={"If-None-Match": etag})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=300")
    assert answer["ETag"] != etag
    assert signing_key()["kid"] == kid_of(State.CURRENT) == kids()[0] != old[0]


def test_while_the_store_is_away_the_keys_are_those_of_before(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = kids()

    def fail(*_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(SigningKey.objects, "all", fail)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + REREAD_SECONDS)
    assert kids() == old
    forget_keys()
    with pytest.raises(OperationalError):
        signing_key()


@clause("P-O1.4")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_rotations_at_once_one_takes_a_step() -> None:
    signing_key()
    assert sorted(all_at_once(rotate_keys, 8)) == ["none"] * 7 + ["published"]
    a_day_later()
    next_kid = kid_of(State.NEXT)
    assert sorted(all_at_once(rotate_keys, 8)) == ["none"] * 7 + ["rotated"]
    assert kid_of(State.CURRENT) == next_kid
    assert SigningKey.objects.count() == 3


@clause("P-O1.4")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_comes_while_another_one_takes_the_step_waits_and_then_takes_none() -> None:
    rotate_keys()
    a_day_later()
    next_kid = kid_of(State.NEXT)
    assert in_the_meantime(rotate_keys, rotate_keys) is Step.NONE
    assert kid_of(State.CURRENT) == next_kid
    # Nor is anything lost where one is withdrawn meanwhile.
    assert in_the_meantime(lambda: withdraw_key(next_kid), lambda: withdraw_key(next_kid)) is False
    assert sorted(SigningKey.objects.values_list("state", flat=True)) == ["current", "next", "previous"]


@clause("P-O1.4")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_another_process_rotates_signs_and_verifies_here(
    journey: Journey, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = id_token(journey)
    same = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    process = {"DATABASE_URL": same.geturl(), "SECRET_KEY": settings.SECRET_KEY}
    assert "published" in manage(["rotate_signing_keys"], process)
    a_day_later()
    assert "Nothing to do" in manage(["rotate_signing_keys"], process)
    assert "signs from now on" in manage(["rotate_signing_keys", "--days", "0"], process)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + REREAD_SECONDS)
    after = id_token(journey)
    assert jwt.JWT(jwt=after).token.jose_header["kid"] == kid_of(State.CURRENT)
    assert verifies(before, published())
    assert verifies(after, published())


def test_the_command_rotates_what_is_old_and_says_what_it_did(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rotate_signing_keys")
    a_day_later()
    call_command("rotate_signing_keys")
    call_command("rotate_signing_keys", days=1)
    said = capsys.readouterr().out.splitlines()
    assert ["is published" in said[0], "Nothing to do" in said[1], "signs from now on" in said[2]] == [True] * 3
    rows = AuditEvent.objects.filter(action="rotate_signing_keys").order_by("pk")
    assert list(rows.values_list("detail", flat=True)) == ["published", "rotated"]


@pytest.mark.parametrize("state", list(State))
def test_a_key_that_leaked_ends_at_once(journey: Journey, state: SigningKey.State) -> None:
    rotate_keys()
    a_day_later()
    rotate_keys()
    leaked, next_kid, current_kid = kid_of(state), kid_of(State.NEXT), kid_of(State.CURRENT)
    token = id_token(journey)
    call_command("rotate_signing_keys", withdraw=leaked)
    assert leaked not in kids()
    assert kid_of(State.CURRENT) == (next_kid if state == State.CURRENT else current_kid)
    assert SigningKey.objects.filter(state=State.NEXT).exclude(kid=leaked).count() == 1
    assert verifies(token, published()) is (state != State.CURRENT)
    assert verifies(id_token(journey), published())
    assert AuditEvent.objects.filter(action="withdraw_signing_key", detail=leaked).count() == 1
    with pytest.raises(CommandError):
        call_command("rotate_signing_keys", withdraw=leaked)


def test_the_only_key_can_be_withdrawn_too(journey: Journey) -> None:
    # After SECRET_KEY was lost it can't be opened, and this is the way out.
    only = signing_key()["kid"]
    SigningKey.objects.update(encrypted_private_jwk="junk")
    assert withdraw_key(only)
    assert verifies(id_token(journey), published())
