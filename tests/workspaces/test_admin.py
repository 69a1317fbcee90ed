"""Memberships in Django admin: roles that a workspace made stay until staff choose another."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.roles import create_role
from tests.builders import make_principal


@pytest.mark.parametrize(("chosen", "has_own"), [("line-lead", True), ("viewer", False)])
def test_staff_keep_an_own_role_or_choose_one_of_the_system_s(
    chosen: str, has_own: bool, client: Browser, staff: User, alice: User, bob: User, acme: Workspace
) -> None:
    role = create_role(make_principal(alice, acme), "Line lead", [Action.VIEW_IMAGE])
    Membership.objects.filter(workspace=acme, user=bob).update(role=role.slug, own_role=role)
    client.force_login(staff)
    address = reverse("admin:workspaces_workspace_change", args=[acme.pk])
    assert "Line lead" in client.get(address).content.decode()
    form = {"name": "Acme", "slug": "acme", "memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "2"}
    for number, membership in enumerate(acme.memberships.order_by("id")):
        row = {"id": membership.pk, "workspace": acme.pk, "user": membership.user_id, "role": membership.role}
        row["role"] = chosen if membership.user == bob else row["role"]
        form |= {f"memberships-{number}-{name}": str(value) for name, value in row.items()}
    assert client.post(address, form).status_code == 302
    membership = Membership.objects.get(workspace=acme, user=bob)
    assert (membership.role, membership.own_role == role) == (chosen, has_own)


def test_staff_can_not_invent_a_role(client: Browser, staff: User, bob: User, acme: Workspace) -> None:
    client.force_login(staff)
    address = reverse("admin:workspaces_workspace_change", args=[acme.pk])
    form = {"name": "Acme", "slug": "acme", "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    membership = acme.memberships.get(user=bob)
    row = {"id": membership.pk, "workspace": acme.pk, "user": bob.pk, "role": "emperor"}
    form |= {f"memberships-0-{name}": str(value) for name, value in row.items()}
    assert client.post(address, form).status_code == 200
    assert Membership.objects.get(pk=membership.pk).role == "labeler"
