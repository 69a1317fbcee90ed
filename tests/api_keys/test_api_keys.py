"""API keys: made once, stored as a hash, never wider than their maker's role of now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied
from roboflow_auth.core.secrets import SecretKind, make_secret
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.builders import make_api_key
from tests.clauses import clause
from tests.support.statements import at_most


def run_command(*arguments: str) -> str:
    """Return what the command prints on standard output."""
    output = StringIO()
    call_command("create_api_key", *arguments, stdout=output, stderr=StringIO())
    return output.getvalue().strip()


def test_the_command_prints_a_key_that_works_and_nothing_else(alice: User, acme: Workspace) -> None:
    raw_key = run_command("alice@demo.local", "acme")
    principal = find_principal(raw_key)
    assert principal is not None
    assert (principal.email, principal.workspace) == ("alice@demo.local", "acme")
    assert principal.scopes == set(BASELINE)
    assert not principal.can_step_up
    assert AuditEvent.objects.filter(action="create_api_key", workspace="acme").exists()


@clause("P-I5.2")
def test_only_a_hash_is_stored(alice: User, acme: Workspace) -> None:
    raw_key = make_api_key(alice, acme)
    assert raw_key.startswith("rfk_")
    assert raw_key not in str(vars(ApiKey.objects.get()))


@pytest.mark.parametrize(
    "arguments", [("nobody@demo.local", "acme"), ("carol@demo.local", "acme"), ("alice@demo.local", "x")]
)
def test_a_stranger_gets_no_key(acme: Workspace, carol: User, arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run_command(*arguments)


def test_the_command_makes_no_key_for_whom_the_role_allows_none(bob: User, acme: Workspace) -> None:
    with pytest.raises(CommandError) as refused:
        run_command("bob@demo.local", "acme")
    assert isinstance(refused.value.__cause__, Denied)
    assert not ApiKey.objects.exists()


def test_a_key_is_clipped_to_the_role_of_now(alice: User, bob: User, acme: Workspace) -> None:
    Membership.objects.filter(user=bob).update(role=RoleName.ADMIN)
    raw_key = make_api_key(bob, acme, ["project:create"])
    Membership.objects.filter(user=bob).update(role=RoleName.LABELER)
    principal = find_principal(raw_key)
    assert principal is not None
    assert Action.CREATE_PROJECT not in principal.actions


@pytest.mark.parametrize("ending", ["revoked", "disabled", "expired", "inactive", "left"])
def test_whatever_ends_a_key_ends_it_at_the_next_call(bob: User, acme: Workspace, ending: str) -> None:
    raw_key = make_api_key(bob, acme, ["project:read"])
    now = timezone.now()
    endings: dict[str, Callable[[], Any]] = {
        "revoked": lambda: ApiKey.objects.update(revoked_at=now),
        "disabled": lambda: ApiKey.objects.update(disabled_at=now),
        "expired": lambda: ApiKey.objects.update(expires_at=now - timedelta(seconds=1)),
        "inactive": lambda: User.objects.filter(pk=bob.pk).update(is_active=False),
        "left": lambda: Membership.objects.filter(user=bob).delete(),
    }
    endings[ending]()
    assert find_principal(raw_key) is None


@pytest.mark.django_db
def test_junk_and_other_secrets_are_no_keys() -> None:
    with at_most(0):
        for raw in ("", "junk", "rfk_", "rfk_" + "a" * 49, make_secret(SecretKind.ACCESS_TOKEN)):
            assert find_principal(raw) is None
    with at_most(1):
        assert find_principal(make_secret(SecretKind.API_KEY)) is None
