"""Staff who may change people don't give themselves more by it, and what they do to people is on record."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders


@pytest.fixture
def clerk(db: None) -> User:
    """Return a member of staff who may do everything with people, and nothing else."""
    clerk = builders.make_user("clerk@demo.local", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return clerk


def change(browser: Browser, user: User, **fields: str) -> int:
    """Send the form of `user` with `fields`, and return the status."""
    form = {"email": user.email, "name": user.name, "is_active": "on", **fields}
    return browser.post(reverse("admin:accounts_user_change", args=[user.pk]), form).status_code


def test_nobody_but_a_superuser_gives_rights(client: Browser, clerk: User, bob: User) -> None:
    client.force_login(clerk)
    assert change(client, bob, is_staff="on", is_superuser="on", name="Robert") == 302
    bob.refresh_from_db()
    assert (bob.name, bob.is_staff, bob.is_superuser) == ("Robert", False, False)


def test_a_clerk_does_not_get_into_the_account_of_a_colleague(client: Browser, clerk: User, staff: User) -> None:
    client.force_login(clerk)
    password = {"password1": "long-and-unusual-1", "password2": "long-and-unusual-1"}
    for colleague in (staff, clerk):
        assert change(client, colleague, email="mine@demo.local", is_superuser="on") == 403
        address = reverse("admin:auth_user_password_change", args=[colleague.pk])
        assert client.post(address, password).status_code == 403
    client.post(reverse("admin:accounts_user_delete", args=[staff.pk]), {"post": "yes"})
    form = {"action": "delete_selected", "_selected_action": [staff.pk], "post": "yes"}
    client.post(reverse("admin:accounts_user_changelist"), form)
    staff.refresh_from_db()
    assert staff.check_password(builders.PASSWORD)


def test_what_staff_do_to_a_person_is_on_record(client: Browser, staff: User, bob: User) -> None:
    client.force_login(staff)
    form = {"email": bob.email, "name": bob.name}
    client.post(reverse("admin:accounts_user_change", args=[bob.pk]), form)
    client.post(reverse("admin:accounts_user_delete", args=[bob.pk]), {"post": "yes"})
    rows = AuditEvent.objects.filter(actor_email=staff.email).order_by("id")
    assert list(rows.values_list("action", "target", "detail")) == [
        ("update_user", "bob@demo.local", "is_active"),
        ("delete_user", "bob@demo.local", ""),
    ]


def test_letting_people_in_and_out_of_a_workspace_is_on_record(
    client: Browser, staff: User, bob: User, carol: User, acme: Workspace
) -> None:
    client.force_login(staff)
    mine, owners = Membership.objects.get(user=bob, workspace=acme), acme.memberships.get(role="owner")
    form = {
        "name": acme.name,
        "slug": acme.slug,
        "memberships-TOTAL_FORMS": "3",
        "memberships-INITIAL_FORMS": "2",
        **row(0, acme, owners.user, "owner", owners),
        **row(1, acme, bob, "admin", mine),
        **row(2, acme, carol, "viewer"),
    }
    address = reverse("admin:workspaces_workspace_change", args=[acme.pk])
    assert client.post(address, form).status_code == 302
    form |= {"memberships-TOTAL_FORMS": "2", "memberships-1-DELETE": "on"}
    assert client.post(address, form).status_code == 302
    rows = AuditEvent.objects.filter(actor_email=staff.email, workspace="acme").order_by("id")
    assert list(rows.values_list("action", "target", "detail")) == [
        ("add_member", "carol@demo.local", "viewer"),
        ("change_member_role", "bob@demo.local", "admin"),
        ("remove_member", "bob@demo.local", "admin"),
    ]


def row(
    number: int, workspace: Workspace, user: User, role: str, membership: Membership | None = None
) -> dict[str, str]:
    """Return the fields of one line of the form's memberships."""
    fields = {"id": str(membership.pk) if membership else "", "workspace": str(workspace.pk), "user": str(user.pk)}
    return {f"memberships-{number}-{name}": value for name, value in {**fields, "role": role}.items()}
