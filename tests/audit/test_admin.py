"""The audit log in Django admin: staff read it, and nobody changes it there either."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.workspaces.models import Workspace

LIST = "admin:audit_auditevent_changelist"


@pytest.fixture
def event(acme: Workspace) -> AuditEvent:
    """Return a row about Acme."""
    record_event("authorize", email="alice@demo.local", workspace="acme", detail="for an hour")
    return AuditEvent.objects.latest("id")


def test_staff_read_a_row_as_it_was_written(client: Browser, staff: User, event: AuditEvent) -> None:
    client.force_login(staff)
    assert "alice@demo.local" in client.get(reverse(LIST)).content.decode()
    page = client.get(reverse("admin:audit_auditevent_change", args=[event.pk])).content.decode()
    assert f"authorize allowed #{event.pk}" in page
    assert "for an hour" in page


def test_staff_add_change_and_delete_none(client: Browser, staff: User, event: AuditEvent) -> None:
    client.force_login(staff)
    assert client.get(reverse("admin:audit_auditevent_add")).status_code == 403
    for page in ("change", "delete"):
        address = reverse(f"admin:audit_auditevent_{page}", args=[event.pk])
        assert client.post(address, {"post": "yes", "action": "rewritten"}).status_code == 403
    assert AuditEvent.objects.get(pk=event.pk).action == "authorize"


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_gets_in(client: Browser, request: pytest.FixtureRequest, event: AuditEvent, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse(LIST)).status_code == 302
