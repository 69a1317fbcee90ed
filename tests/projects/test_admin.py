"""Projects in Django admin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_project


def test_staff_look_at_projects_but_make_none(client: Client, staff: User, acme: Workspace) -> None:
    project = make_project(acme)
    client.force_login(staff)
    assert b"Shelves" in client.get(reverse("admin:projects_project_changelist")).content
    assert client.get(reverse("admin:projects_project_change", args=[project.pk])).status_code == 200
    assert client.get(reverse("admin:projects_project_add")).status_code == 403


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_gets_in(client: Client, request: pytest.FixtureRequest, acme: Workspace, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("admin:projects_project_changelist")).status_code == 302
