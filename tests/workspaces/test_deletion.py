"""A workspace is deleted by its owner of that moment, whatever its members do; where it can't be, that is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core import removal
from roboflow_auth.oauth.models import AuthorizationCode, Connection
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.oauth.crowd import all_at_once, in_the_meantime
from tests.oauth.journeys import Journey, signed_in
from tests.web.people import prove, send, told

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PAGE = "/w/acme/delete"
IN_USE = "It is in use at this moment. Try again."


@pytest.fixture
def owner(alice: User, acme: Workspace) -> Browser:
    """Return the browser of Acme's owner, who has just proved who she is."""
    browser = signed_in(alice)
    prove(browser, PAGE)
    return browser


def delete(owner: Browser) -> Any:
    """Delete Acme on its page."""
    return send(owner, PAGE, PAGE, slug="acme")


@contextmanager
def in_use(project: Project) -> Iterator[None]:
    """Let somebody hold `project` for the length of a block."""
    held, released = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Project.objects.select_for_update().get(pk=project.pk)
                held.set()
                released.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(10)
        yield
        released.set()
        holding.result(10)


def test_members_who_connect_apps_on_and_on_do_not_hold_the_deletion_up(owner: Browser, bob: User) -> None:
    deleted: list[Any] = []

    def delete_once_they_are_at_it() -> None:
        while AuthorizationCode.objects.count() < 20:
            time.sleep(0.01)
        deleted.append(delete(owner))

    actions: list[Callable[[], Any]] = [lambda: connect_on_and_on(bob)] * 6
    actions.append(delete_once_they_are_at_it)

    def act() -> Any:
        return actions.pop()()

    all_at_once(act, len(actions))
    assert [response.status_code for response in deleted] == [303]
    assert not Workspace.objects.filter(slug="acme").exists()
    assert not Connection.objects.exists()


def connect_on_and_on(person: User) -> None:
    """Allow an app in Acme again and again, for as long as there is Acme."""
    journey = Journey(builders.make_client(), signed_in(person))
    for _ in range(200):
        page = journey.ask(scope="project:read")
        if journey.decide(page, workspace="acme", level="read").status_code != 303:
            break


def test_who_gave_the_workspace_away_meanwhile_does_not_delete_it(owner: Browser, acme: Workspace, bob: User) -> None:
    def give_away() -> None:
        Workspace.objects.select_for_update().get(pk=acme.pk)
        Membership.objects.filter(workspace=acme, role="owner").update(role="admin")
        Membership.objects.filter(workspace=acme, user=bob).update(role="owner")

    assert in_the_meantime(give_away, lambda: delete(owner)).status_code == 403
    assert Workspace.objects.filter(pk=acme.pk).exists()


def test_who_gave_it_away_between_two_attempts_does_not_delete_it(
    owner: Browser, acme: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = removal._attempt

    def give_away_first(deletion: Callable[[], None]) -> None:
        Membership.objects.filter(workspace=acme, role="owner").update(role="admin")
        attempt(deletion)

    monkeypatch.setattr(removal, "_attempt", give_away_first)
    assert delete(owner).status_code == 403
    assert Workspace.objects.filter(pk=acme.pk).exists()


def test_what_is_in_use_for_too_long_stays_and_its_owner_is_told(
    owner: Browser, acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "_ATTEMPTS", 2)
    with in_use(builders.make_project(acme)):
        answer = delete(owner)
    assert IN_USE in answer.content.decode()
    assert Workspace.objects.filter(pk=acme.pk).exists()
    row = AuditEvent.objects.get(action="delete_workspace")
    assert (row.workspace, row.outcome, row.reason) == ("acme", "refused", "conflict")


@pytest.mark.parametrize("is_list", [False, True])
def test_staff_are_told_too_and_no_log_says_that_it_is_gone(
    acme: Workspace, staff: User, monkeypatch: pytest.MonkeyPatch, is_list: bool
) -> None:
    monkeypatch.setattr(removal, "_ATTEMPTS", 2)
    admin = signed_in(staff)
    with in_use(builders.make_project(acme)):
        answer = delete_in_admin(admin, acme, is_list=is_list)
    assert told(answer) == IN_USE
    assert Workspace.objects.filter(pk=acme.pk).exists()
    assert not LogEntry.objects.exists()
    row = AuditEvent.objects.get(action="delete_workspace")
    assert (row.workspace, row.actor_email, row.outcome) == ("acme", staff.email, "refused")
    delete_in_admin(admin, acme, is_list=is_list)
    assert not Workspace.objects.filter(pk=acme.pk).exists()
    assert LogEntry.objects.get().object_repr == str(acme)


def delete_in_admin(admin: Browser, workspace: Workspace, *, is_list: bool) -> Any:
    """Delete a workspace on its own page in Django admin, or on the list."""
    if is_list:
        path = reverse("admin:workspaces_workspace_changelist")
        return send(admin, path, path, action="delete_selected", _selected_action=workspace.pk, post="yes")
    path = reverse("admin:workspaces_workspace_delete", args=[workspace.pk])
    return send(admin, path, path, post="yes")
