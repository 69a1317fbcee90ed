"""What the audit log tells of sign-ins, refused ones, sign-outs and changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from limits import parse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.core.rate_limits import LimitName
from tests.accounts.people import signed_in_by_password
from tests.builders import PASSWORD


def rows(user: User) -> list[tuple[str, str, str]]:
    """Return action, outcome and reason of every row about `user`, oldest first."""
    found = AuditEvent.objects.filter(actor_subject=str(user.subject)).order_by("id")
    return list(found.values_list("action", "outcome", "reason"))


def test_a_sign_in_and_a_sign_out_are_written_down_with_methods_and_address(alice: User) -> None:
    signed_in_by_password(alice).post("/accounts/logout/")
    signed_in, signed_out = AuditEvent.objects.filter(actor_email=alice.email).order_by("id")
    assert (signed_in.action, signed_in.detail, signed_in.address) == ("sign_in", "password", "127.0.0.1")
    assert (signed_out.action, signed_out.outcome) == ("sign_out", Outcome.ALLOWED)


def test_a_wrong_password_is_written_down_and_never_what_it_was(alice: User) -> None:
    Browser().post("/accounts/login/", {"login": "ALICE@demo.local", "password": "hunter2-hunter2"})
    assert rows(alice) == [("sign_in", "refused", "wrong_password")]
    assert "hunter2" not in str(list(AuditEvent.objects.values()))


@pytest.mark.django_db
def test_what_was_typed_for_an_account_that_does_not_exist_is_not_kept() -> None:
    Browser().post("/accounts/login/", {"login": "my-password@is.this", "password": "x"})
    row = AuditEvent.objects.get()
    assert (row.reason, row.address) == ("unknown_account", "127.0.0.1")
    assert "my-password" not in str(AuditEvent.objects.values())


def test_guessing_fills_no_table(alice: User, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, LimitName.SIGN_IN_FAILURES: parse("3/hour")}
    for _ in range(6):
        Browser().post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert len(rows(alice)) == 3


def test_a_new_password_is_written_down(alice: User) -> None:
    new = {"password1": "long-and-unusual-2", "password2": "long-and-unusual-2"}
    signed_in_by_password(alice).post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert ("change_password", "allowed", "") in rows(alice)
