"""Several writes as one statement: all or none, once, with every kind of value."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.compound import add_together, change_if_unchanged
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import AccessToken, Connection, RefreshToken
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(alice: User, acme: Workspace) -> AccessToken:
    """An access token with its session, connection and client."""
    builders.make_token(alice, acme)
    found: AccessToken = AccessToken.objects.get()
    return found


def pair(issued: AccessToken) -> tuple[AccessToken, RefreshToken]:
    """Return a new access token and refresh token, the one of which refers to the other."""
    shared = {"session": issued.session, "user": issued.user, "application": issued.application}
    until = timezone.now() + timedelta(hours=1)
    access = AccessToken(token_checksum=hash_secret(make_secret(SecretKind.ACCESS_TOKEN)), expires=until, **shared)
    checksum = hash_secret(make_secret(SecretKind.REFRESH_TOKEN))
    return access, RefreshToken(access_token=access, token_checksum=checksum, expires_at=until, **shared)


def test_rows_are_added_with_ids_and_references(issued: AccessToken) -> None:
    access, refresh = pair(issued)
    with at_most(1 if connection.vendor == "postgresql" else 2):
        add_together([access, refresh])
    stored = RefreshToken.objects.get(pk=refresh.pk)
    assert stored.access_token_id == access.pk
    assert (stored.token_checksum, stored.expires_at) == (refresh.token_checksum, refresh.expires_at)
    assert AccessToken.objects.get(pk=access.pk).session_id == issued.session_id


def test_a_change_and_what_it_adds_are_made_together(issued: AccessToken) -> None:
    access, refresh = pair(issued)
    add_together([access, refresh])
    following, successor = pair(issued)
    now = timezone.now()
    changes = {"revoked": now, "successor": successor, "replay": b"\x00sealed", "replay_until": now}
    assert change_if_unchanged(refresh, ["revoked", "successor"], changes, [following, successor])
    stored = RefreshToken.objects.get(pk=refresh.pk)
    assert (stored.successor_id, stored.revoked, bytes(stored.replay)) == (successor.pk, now, b"\x00sealed")


def test_who_read_what_is_no_longer_so_leaves_nothing_behind(issued: AccessToken) -> None:
    access, refresh = pair(issued)
    add_together([access, refresh])
    RefreshToken.objects.filter(pk=refresh.pk).update(revoked=timezone.now())
    following, successor = pair(issued)
    assert not change_if_unchanged(refresh, ["revoked"], {"revoked": timezone.now()}, [following, successor])
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (2, 1)


def test_a_change_may_add_nothing(issued: AccessToken) -> None:
    made = issued.session.connection
    assert change_if_unchanged(made, ["revoked_at"], {"scope": "image:read", "shown_metadata": {"name": "'%s"}})
    stored = Connection.objects.get()
    assert (stored.scope, stored.shown_metadata) == ("image:read", {"name": "'%s"})


def test_an_event_has_all_its_values(issued: AccessToken) -> None:
    event = AuditEvent(action="a", outcome="allowed", connection_id=7, detail='"; DROP TABLE x; -- %s', duration_ms=3)
    add_together([event])
    stored = AuditEvent.objects.get(pk=event.pk)
    assert (stored.connection_id, stored.session_id, stored.detail) == (7, None, event.detail)
    assert stored.occurred_at == event.occurred_at


@pytest.mark.postgres
def test_nothing_is_cut_off_to_make_it_fit() -> None:
    with pytest.raises(DataError, match="too long"):
        add_together([AuditEvent(action="a" * 65, outcome="allowed")])


def test_all_or_none(issued: AccessToken) -> None:
    access, _ = pair(issued)
    again = AccessToken(token_checksum=issued.token_checksum, expires=timezone.now(), user=issued.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_together([access, again])
    assert AccessToken.objects.get() == issued


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_changes_at_the_same_time_one_is_made(issued: AccessToken) -> None:
    access, refresh = pair(issued)
    add_together([access, refresh])

    def rotate(_: int) -> bool:
        try:
            following, successor = pair(issued)
            changes = {"revoked": timezone.now(), "successor": successor}
            return change_if_unchanged(refresh, ["revoked", "successor"], changes, [following, successor])
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(rotate, range(24))) == 1
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (3, 2)
