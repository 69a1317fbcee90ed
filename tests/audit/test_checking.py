"""Looking at the chain: in parts, as a whole by the commands, and what a page says in bounded work."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from roboflow_auth.audit.chain import Flaw
from roboflow_auth.audit.checking import check_all, check_further, view_chain
from roboflow_auth.audit.models import AuditCheck, AuditSeal
from tests.audit.chains import seal, unguarded, write
from tests.support.statements import at_most

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_links")]


def test_a_look_goes_on_where_it_stopped_and_ends_at_the_newest_link() -> None:
    write(9)
    seal()
    steps = [check_further(2) for _ in range(2)]
    assert [(check.through, check.ended_at is None) for check in steps] == [(2, True), (3, False)]
    assert AuditCheck.objects.count() == 1
    check_further(10)
    assert AuditCheck.objects.get().pk != steps[-1].pk


def test_what_a_page_says_is_bounded_however_long_the_log_is() -> None:
    write(3)
    seal()
    check_all()
    with at_most(5):
        view_chain()
    write(30)
    seal()
    with at_most(5):
        state = view_chain()
    assert state.flaw is None
    assert state.sealed_until is not None
    assert state.checked_at is not None


def test_what_was_sealed_since_the_last_look_is_not_called_verified() -> None:
    write(3)
    seal()
    first = AuditSeal.objects.get().sealed_at
    assert view_chain().verified_until == first
    check_all()
    write(6)
    seal()
    state = view_chain()
    assert (state.verified_until, state.sealed_until) == (first, AuditSeal.objects.get(number=3).sealed_at)
    check_all()
    assert view_chain().verified_until == state.sealed_until


def test_a_chain_that_nobody_looked_at_is_not_called_verified() -> None:
    write(6)
    seal()
    assert view_chain().verified_until is None


def test_a_page_says_between_which_seals_the_chain_is_broken() -> None:
    ids = write(9)
    seal()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [ids[4]])
    check_all()
    state = view_chain()
    times = dict(AuditSeal.objects.values_list("number", "sealed_at"))
    assert (state.flaw, state.broken_from, state.broken_until) == (Flaw.ROWS_MISSING, times[1], times[2])


def test_the_commands_seal_verify_and_fail_when_it_is_broken() -> None:
    ids = write(4)
    output = io.StringIO()
    call_command("seal_audit", stdout=output)
    call_command("verify_audit", stdout=output)
    assert "new seals: 2" in output.getvalue()
    assert f"Whole up to row {ids[-1]}" in output.getvalue()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [ids[0]])
    errors = io.StringIO()
    call_command("seal_audit", stderr=errors)
    assert "broken at seal 1: rows_missing" in errors.getvalue()
    with pytest.raises(CommandError, match="Broken at seal 1: rows_missing"):
        call_command("verify_audit")
    for expected in ("nonsense", "1:", f"{'9' * 30}:x"):
        with pytest.raises(CommandError):
            call_command("verify_audit", expect=expected)


class Stopped(Exception):
    """The process was told to stop."""


def test_the_command_goes_on_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []

    def sleep(seconds: int) -> None:
        waits.append(seconds)
        write(1)
        if len(waits) == 3:
            raise Stopped

    monkeypatch.setattr("roboflow_auth.audit.management.commands.seal_audit.time.sleep", sleep)
    with pytest.raises(Stopped):
        call_command("seal_audit", every=60, stdout=io.StringIO())
    assert waits == [60, 60, 60]
    assert AuditSeal.objects.count() == 2
