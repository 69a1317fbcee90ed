"""The hash chain over the audit log: whoever changes what is sealed is found out, and nothing on its way escapes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from roboflow_auth.audit import sealing
from roboflow_auth.audit.chain import FIELDS, SEAL_VERSION, Flaw
from roboflow_auth.audit.checking import check_all, check_further, view_chain
from roboflow_auth.audit.models import AuditCheck, AuditEvent, AuditSeal
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.audit.sealing import seal_settled
from tests.support.audit_guard import restore_guard_against_emptying
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEAL_ROWS", 3)


def write(count: int) -> list[int]:
    """Write so many rows, and return their ids."""
    before = set(AuditEvent.objects.values_list("id", flat=True))
    for number in range(count):
        record_event("authorize", email="alice@demo.local", workspace="acme", target=f"row {number}")
    return sorted(set(AuditEvent.objects.values_list("id", flat=True)) - before)


def seal(links: int = 100) -> int:
    """Seal what there is."""
    return seal_settled(links=links, wait_seconds=0)


@contextmanager
def unguarded() -> Iterator[Any]:
    """Open the tables to whoever can drop triggers, as an attacker with all rights would; yield a cursor."""
    names = {"audit_auditevent": "audit_rows_stay audit_table_stays", "audit_auditseal": "audit_seals_stay"}
    with connection.cursor() as cursor:
        for table, triggers in names.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                for trigger in triggers.split():
                    cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        yield cursor


def flaw() -> tuple[int | None, str]:
    """Return where a look at the whole chain finds it broken, and how."""
    check = check_all()
    return check.broken_at, check.reason


def insert_copy(cursor: Any, source: int, new_id: int) -> None:
    """Add a row as `source` under another id."""
    columns = ", ".join(f'"{name}"' for name in FIELDS[1] if name != "id")
    cursor.execute(
        f"INSERT INTO audit_auditevent (id, {columns}) SELECT %s, {columns} FROM audit_auditevent WHERE id = %s",  # noqa: S608
        [new_id, source],
    )


def test_rows_are_sealed_in_links_that_follow_one_another() -> None:
    ids = write(7)
    assert seal() == 3
    seals = list(AuditSeal.objects.order_by("number"))
    assert [(s.number, s.row_count, s.last_id) for s in seals] == [(1, 3, ids[2]), (2, 3, ids[5]), (3, 1, ids[6])]
    assert [s.previous_hash for s in seals] == ["", seals[0].hash, seals[1].hash]
    assert seal() == 0
    assert flaw() == (None, "")


def test_a_run_makes_as_many_links_as_it_may() -> None:
    write(7)
    assert [seal(links=2), seal(links=2), seal(links=2)] == [2, 1, 0]


def test_an_empty_log_is_whole() -> None:
    assert seal() == 0
    assert flaw() == (None, "")
    assert view_chain().sealed_until is None


def test_every_column_is_sealed() -> None:
    assert {field.name for field in AuditEvent._meta.concrete_fields} == {*FIELDS[SEAL_VERSION]}


@pytest.mark.parametrize("column", [name for name in FIELDS[1] if name != "id"])
def test_whatever_is_changed_in_a_sealed_row_shows(column: str) -> None:
    ids = write(5)
    seal()
    numbers = ("connection_id", "session_id", "api_key_id", "duration_ms")
    value = "7" if column in numbers else "'2020-01-01 00:00:00+00:00'" if column == "occurred_at" else "'x'"
    with unguarded() as cursor:
        cursor.execute(f"UPDATE audit_auditevent SET {column} = {value} WHERE id = %s", [ids[4]])  # noqa: S608
    assert flaw() == (2, Flaw.ROWS_CHANGED)
    assert view_chain().flaw == Flaw.ROWS_CHANGED


def test_a_deleted_row_shows() -> None:
    ids = write(7)
    seal()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [ids[1]])
    assert flaw() == (1, Flaw.ROWS_MISSING)


def test_a_row_that_was_written_into_the_past_shows() -> None:
    first, *_ = write(7)
    seal()
    with unguarded() as cursor:
        # Below all ids that were ever given out.
        insert_copy(cursor, first, -5)
    assert flaw() == (1, Flaw.ROWS_ADDED)


def test_a_row_in_a_gap_that_an_undone_transaction_left_shows() -> None:
    ids = write(3)
    with unguarded() as cursor:
        insert_copy(cursor, ids[0], ids[-1] + 5)
        seal()
        insert_copy(cursor, ids[0], ids[-1] + 3)
    assert flaw() == (2, Flaw.ROWS_ADDED)


def test_rows_that_changed_places_show() -> None:
    ids = write(3)
    seal()
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditevent SET id = -1 WHERE id = %s", [ids[0]])
        cursor.execute("UPDATE audit_auditevent SET id = %s WHERE id = %s", [ids[0], ids[1]])
        cursor.execute("UPDATE audit_auditevent SET id = %s WHERE id = -1", [ids[1]])
    assert flaw() == (1, Flaw.ROWS_CHANGED)


def test_rows_cut_off_the_end_show() -> None:
    ids = write(6)
    seal()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id > %s", [ids[3]])
    assert view_chain().flaw == Flaw.ROWS_MISSING
    assert flaw() == (2, Flaw.ROWS_MISSING)


def test_rows_cut_off_the_end_with_their_seals_show_to_who_looked_before_and_still_when_the_chain_grew_again() -> None:
    ids = write(9)
    seal()
    assert flaw() == (None, "")
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id > %s", [ids[2]])
        cursor.execute("DELETE FROM audit_auditseal WHERE number > 1")
    assert view_chain().flaw == Flaw.SEAL_MISSING
    assert flaw() == (3, Flaw.SEAL_MISSING)
    write(12)
    seal()
    assert flaw() == (3, Flaw.SEAL_MISSING)
    assert flaw() == (3, Flaw.SEAL_MISSING)


def test_a_chain_made_anew_shows_to_who_wrote_a_seal_down() -> None:
    ids = write(6)
    seal()
    noted = AuditSeal.objects.get(number=2)
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditevent SET outcome = 'refused' WHERE id = %s", [ids[4]])
        cursor.execute("DELETE FROM audit_auditseal")
    seal()
    call_command("verify_audit", stdout=io.StringIO())
    with pytest.raises(CommandError, match="seal 2 is not the one"):
        call_command("verify_audit", expect=f"2:{noted.hash}")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE audit_auditseal SET hash = 'x' WHERE number = 2", (2, Flaw.ROWS_CHANGED)),
        ("UPDATE audit_auditseal SET sealed_at = '2020-01-01 00:00:00+00:00' WHERE number = 2", (2, Flaw.ROWS_CHANGED)),
        ("UPDATE audit_auditseal SET previous_hash = 'x' WHERE number = 2", (2, Flaw.SEAL_CHANGED)),
        ("UPDATE audit_auditseal SET version = 9 WHERE number = 2", (2, Flaw.SEAL_CHANGED)),
        ("DELETE FROM audit_auditseal WHERE number = 2", (2, Flaw.SEAL_MISSING)),
        ("DELETE FROM audit_auditseal WHERE number = 1", (1, Flaw.SEAL_MISSING)),
    ],
)
def test_a_seal_that_is_changed_or_gone_shows(change: str, expected: tuple[int, Flaw]) -> None:
    write(9)
    seal()
    with unguarded() as cursor:
        cursor.execute(change)
    assert flaw() == expected


def test_the_database_refuses_to_change_and_delete_seals() -> None:
    write(1)
    seal()
    restore_guard_against_emptying()
    for statement in ("UPDATE audit_auditseal SET hash = ''", "DELETE FROM audit_auditseal"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


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
