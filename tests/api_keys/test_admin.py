"""API keys in Django admin: looked at by those who may look, ended by those who may end, and on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Workspace
from tests import builders

LIST = reverse("admin:api_keys_apikey_changelist")


@pytest.fixture
def raw_key(alice: User, acme: Workspace) -> str:
    """Return a key of Alice's."""
    return builders.make_api_key(alice, acme)


def act(browser: Browser, action: str) -> Any:
    """Do `action` to every key from the list."""
    form = {"action": action, "_selected_action": [key.pk for key in ApiKey.objects.all()], "post": "yes"}
    return browser.post(LIST, form)


def test_a_key_that_staff_revoke_ends_at_once_and_is_on_record_once(client: Browser, staff: User, raw_key: str) -> None:
    client.force_login(staff)
    for _ in range(2):
        assert act(client, "revoke").status_code == 302
    assert find_principal(raw_key) is None
    row = AuditEvent.objects.get(action="revoke_api_key")
    assert (row.actor_email, row.workspace, row.reason) == (staff.email, "acme", "by_staff")
    assert row.target == str(ApiKey.objects.get())


def test_staff_who_may_only_look_end_no_key(client: Browser, raw_key: str) -> None:
    clerk = builders.make_user("clerk@demo.local", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_apikey"))
    client.force_login(clerk)
    assert client.get(LIST).status_code == 200
    act(client, "revoke")
    assert find_principal(raw_key) is not None
    assert not AuditEvent.objects.filter(action="revoke_api_key").exists()


def test_a_key_is_not_deleted_but_with_its_person_or_workspace(
    client: Browser, staff: User, alice: User, acme: Workspace, raw_key: str
) -> None:
    client.force_login(staff)
    act(client, "delete_selected")
    key = ApiKey.objects.get()
    assert client.post(reverse("admin:api_keys_apikey_delete", args=[key.pk]), {"post": "yes"}).status_code == 403
    assert ApiKey.objects.exists()
    client.post(reverse("admin:workspaces_workspace_delete", args=[acme.pk]), {"post": "yes"})
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_gets_in(client: Browser, request: pytest.FixtureRequest, raw_key: str, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(LIST).status_code == 302
    act(client, "revoke")
    assert find_principal(raw_key) is not None
