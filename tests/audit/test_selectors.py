"""Reading the audit log: one workspace's, newest first, for those whose role may."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.audit.selectors import list_events
from roboflow_auth.core.errors import Denied, InvalidInput, MissingScope
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_principal


@pytest.fixture(autouse=True)
def _history(acme: Workspace, carol: User) -> None:
    for number in range(5):
        record_event(f"event_{number}", workspace="acme", email="alice@demo.local")
    record_event("elsewhere", workspace="carol", email="carol@demo.local")


def test_pages_follow_one_another_without_gap_or_overlap(alice: User, acme: Workspace) -> None:
    principal = make_principal(alice, acme, ["audit-log:read"])
    first = list_events(principal, limit=2)
    second = list_events(principal, limit=2, after=first.after)
    assert [event.action for event in first.events + second.events] == ["event_4", "event_3", "event_2", "event_1"]


def test_the_log_can_be_narrowed(alice: User, acme: Workspace) -> None:
    principal = make_principal(alice, acme, ["audit-log:read"])
    assert [event.action for event in list_events(principal, action="event_3").events] == ["event_3"]
    assert not list_events(principal, actor_email="bob@demo.local").events
    assert not list_events(principal, outcome="refused").events


@pytest.mark.parametrize("bad", [{"after": "x"}, {"after": "9" * 40}, {"after": "-1"}, {"outcome": "maybe"}])
def test_a_cursor_or_outcome_that_does_not_exist_is_refused(alice: User, acme: Workspace, bad: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        list_events(make_principal(alice, acme, ["audit-log:read"]), **bad)  # type: ignore[arg-type]


def test_reading_the_log_is_written_down(alice: User, acme: Workspace) -> None:
    list_events(make_principal(alice, acme, ["audit-log:read"]))
    assert AuditEvent.objects.latest("id").action == "view_audit_log"


def test_carol_sees_her_own_workspace_and_nothing_of_acme(carol: User) -> None:
    hers = make_principal(carol, Workspace.objects.get(slug="carol"), ["audit-log:read"])
    assert {event.actor_email for event in list_events(hers).events} == {"carol@demo.local"}


def test_bob_may_not_read_it_whatever_he_lent(bob: User, acme: Workspace) -> None:
    with pytest.raises(Denied):
        list_events(make_principal(bob, acme, ["audit-log:read"]))


def test_a_client_without_the_scope_may_not_read_it(alice: User, acme: Workspace) -> None:
    with pytest.raises(MissingScope):
        list_events(make_principal(alice, acme, ["project:read"]))
