"""Deleting what others write to at that moment, such as a workspace over each of its doors, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.removal import remove
from roboflow_auth.images.models import Image
from roboflow_auth.oauth.models import Client, Connection, Session
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ACME, NEW_PROJECT, ApiClient
from tests.mcp_server.client import McpClient
from tests.oauth.crowd import all_at_once, in_the_meantime, wait_until_blocked
from tests.oauth.journeys import signed_in
from tests.web.people import prove, proved, send

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

# A request to the API that writes: its method, its path in Acme, its body.
WRITES: Mapping[str, tuple[str, str, Any]] = {
    "a new project": ("POST", "/projects", NEW_PROJECT),
    "a project to the trash": ("DELETE", "/projects/shelves", None),
    "a new key": ("POST", "/api-keys", {"name": "Line 3", "scopes": ["project:read"]}),
}
FORMS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "an invitation": ("/w/acme/members", {"email": "dana@demo.local", "role": "reviewer"}),
    "a role": ("/w/acme/roles/new", {"name": "Line lead", "actions": ["view_image"]}),
    "a name": ("/w/acme/settings", {"name": "Acme Shelves"}),
}


@pytest.fixture
def picture(acme: Workspace, settings: Any, tmp_path: Path) -> Image:
    """Return an image of a project in Acme."""
    settings.MEDIA_ROOT = tmp_path
    return builders.make_image(builders.make_project(acme))


@pytest.fixture
def delete(alice: User, acme: Workspace) -> Callable[[], Any]:
    """Return the deletion of Acme on its owner's page."""
    browser = signed_in(alice)
    prove(browser, "/w/acme/delete")
    return lambda: send(browser, "/w/acme/delete", "/w/acme/delete", slug="acme")


def api_of(alice: User, acme: Workspace) -> ApiClient:
    """Return an app of Alice's that calls the API."""
    return ApiClient(builders.make_token(alice, acme, WORKSPACE_SCOPES, resource=Resource.API))


@pytest.mark.parametrize("write", WRITES)
def test_the_api_finds_nothing_in_a_workspace_that_is_just_deleted(
    alice: User, acme: Workspace, picture: Image, delete: Callable[[], Any], write: str
) -> None:
    api, (method, path, body) = api_of(alice, acme), WRITES[write]
    answer = in_the_meantime(delete, lambda: api.send(method, f"{ACME}{path}", body))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.content
    assert not Workspace.objects.filter(slug="acme").exists()
    assert AuditEvent.objects.filter(via="api", outcome="refused", reason="not_found").count() == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("projects_create", {"project_name": "Docks", "project_type": "object-detection", "annotation": "docks"}),
        ("projects_delete", {"project_id": "acme/shelves"}),
    ],
)
def test_a_tool_finds_nothing_in_a_workspace_that_is_just_deleted(
    mcp: McpClient,
    alice_token: str,
    picture: Image,
    delete: Callable[[], Any],
    tool: str,
    arguments: dict[str, Any],
) -> None:
    answer = in_the_meantime(delete, lambda: mcp.call(tool, arguments, token=alice_token))
    result = answer.json()["result"]
    assert (result["isError"], result["structuredContent"]["code"]) == (True, "not_found"), result
    assert not Workspace.objects.filter(slug="acme").exists()
    assert list(AuditEvent.objects.filter(tool=tool).values_list("outcome", "reason")) == [("refused", "not_found")]


@pytest.mark.parametrize("form", FORMS)
def test_a_page_finds_nothing_in_a_workspace_that_is_just_deleted(
    alice: User, delete: Callable[[], Any], form: str
) -> None:
    browser, (path, fields) = proved(alice), FORMS[form]
    answer = in_the_meantime(delete, lambda: send(browser, path, path, **fields))
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("write", WRITES)
def test_the_workspace_is_deleted_with_what_was_being_written_into_it(
    alice: User, acme: Workspace, picture: Image, delete: Callable[[], Any], write: str
) -> None:
    api, (method, path, body) = api_of(alice, acme), WRITES[write]
    written: list[Any] = []

    def write_half_way() -> None:
        written.append(api.send(method, f"{ACME}{path}", body))
        connection.check_constraints()

    deleted = in_the_meantime(write_half_way, delete)
    assert written[0].status_code in (200, 201), written[0].content
    assert (deleted.status_code, deleted["Location"]) == (303, "/")
    assert not Project.objects.exists()
    assert AuditEvent.objects.filter(action="delete_workspace").count() == 1


def test_a_crowd_that_writes_on_and_on_does_not_hold_the_deletion_up(
    alice: User, acme: Workspace, delete: Callable[[], Any]
) -> None:
    api, deleted = api_of(alice, acme), []
    actions: list[Callable[[], Any]] = [lambda: write_until_refused(api)] * 6
    actions.append(lambda: deleted.append(delete()))

    def act() -> Any:
        return actions.pop()()

    refused = [answer.status_code for answer in all_at_once(act, len(actions)) if answer is not None]
    assert [response.status_code for response in deleted] == [303]
    # 401 where it came after the end of all that was connected.
    assert {*refused} <= {401, 404}
    assert not Project.objects.exists()


def write_until_refused(api: ApiClient) -> Any:
    """Return the first answer to an app that makes projects on and on which is no success, or the last of many."""
    for _ in range(200):
        answer = api.send("POST", f"{ACME}/projects", NEW_PROJECT)
        if answer.status_code != 201:
            break
    return answer


def test_a_deletion_gives_way_to_whoever_holds_what_it_needs_and_needs_what_it_holds(
    alice: User, acme: Workspace
) -> None:
    agreement = builders.make_connection(alice, acme)
    builders.make_token_of(agreement)
    held, released = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            lock(Connection)
            held.set()
            released.wait(10)

    with ThreadPoolExecutor(2) as pool, transaction.atomic():
        lock(Client)
        others = [pool.submit(closing, hold)]
        assert held.wait(10)
        others.append(pool.submit(closing, lambda: remove(lambda: delete_all(Client))))
        # It has deleted the session by now, and goes on to the client as soon as it has the agreement.
        wait_until_blocked()
        Timer(0.1, released.set).start()
        # PostgreSQL would end this transaction for the deadlock, which waits for longer than the deletion does.
        lock(Session)
    assert [other.result(30) for other in others] == [None, None]
    assert not Client.objects.exists()


def lock(model: type[Model]) -> None:
    """Hold the one row of `model` until the transaction ends."""
    model._default_manager.select_for_update().values_list("pk", flat=True).get()


def delete_all(model: type[Model]) -> None:
    """Delete the rows of `model`, with what refers to them."""
    model._default_manager.all().delete()


def closing(action: Callable[[], None]) -> None:
    """Do `action` with a connection of this thread's own, which is closed after it."""
    try:
        action()
    finally:
        connection.close()
