"""People in Django admin, and the command that makes the first member of staff."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Membership, Workspace


@pytest.mark.django_db
def test_the_first_member_of_staff_comes_from_the_command_line_and_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "long-and-unusual-1")
    call_command("createsuperuser", interactive=False, email="Root@Demo.local", verbosity=0)
    browser = Browser()
    assert browser.login(email="root@demo.local", password="long-and-unusual-1")
    assert browser.get(reverse("admin:index")).status_code == 200
    assert User.objects.get().email == "root@demo.local"


@pytest.mark.django_db
def test_a_person_without_a_password_can_not_sign_in_with_an_empty_one() -> None:
    User.objects.create_user("dana@demo.local")
    assert not Browser().login(email="dana@demo.local", password="")


def test_the_history_of_a_row_names_the_member_of_staff(client: Browser, staff: User, bob: User) -> None:
    client.force_login(staff)
    form = {"email": bob.email, "name": "Robert", "is_active": "on"}
    assert client.post(reverse("admin:accounts_user_change", args=[bob.pk]), form).status_code == 302
    history = client.get(reverse("admin:accounts_user_history", args=[bob.pk])).content.decode()
    assert "staff@demo.local (Sam Staff)" in history


def test_staff_read_which_memberships_go_with_a_person(
    client: Browser, staff: User, bob: User, acme: Workspace
) -> None:
    client.force_login(staff)
    page = client.get(reverse("admin:accounts_user_delete", args=[bob.pk])).content.decode()
    assert "bob@demo.local · labeler · Acme Robotics" in page
    client.post(reverse("admin:accounts_user_delete", args=[bob.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=bob.pk).exists()
    assert Membership.objects.filter(workspace=acme).count() == 1


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_gets_in(client: Browser, request: pytest.FixtureRequest, acme: Workspace, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302
