"""The pages of a workspace's apps: for those who answer for it, whatever is sent, at one cost for one and many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.oauth.models import Connection, WorkspaceApp, WorkspaceAppRequest, WorkspacePolicy
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.oauth.workspace_apps.desk import LOOPBACK, app_id, at_desk, decide
from tests.support.statements import at_most, statements_of

pytestmark = pytest.mark.django_db

APPS = "/w/acme/apps"
CHANGES = ("/rule", "/decision", "/end-not-allowed", "/0123456789abcdef01234567/disconnect")


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Browser:
    """Return the browser of Alice, who owns Acme."""
    return at_desk(alice)


def connect(user: User, workspace: Workspace, name: str = "Shelf counter", **fields: Any) -> Connection:
    """Return a connection of an app that calls itself `name`."""
    client = builders.make_client(name=name, **fields)
    return builders.make_connection(user, workspace, client=client)


def write_call(connection: Connection, tool: str = "images_search", **fields: Any) -> None:
    """Write down a call of the app."""
    AuditEvent.objects.create(
        workspace=connection.workspace.slug,
        actor_email=connection.user.email,
        client_id=connection.client.client_id,
        client_name=connection.client.name,
        connection_id=connection.pk,
        action="view_image",
        tool=tool,
        **{"outcome": Outcome.ALLOWED, **fields},
    )


def test_it_shows_who_uses_which_app_with_what_access_since_when(
    desk: Browser, alice: User, bob: User, acme: Workspace
) -> None:
    for user in (alice, bob):
        connect(user, acme)
    Connection.objects.update(last_used_at=timezone.now() - timedelta(hours=3))
    connect(bob, acme, "Old app")
    Connection.objects.filter(client__name="Old app").update(revoked_at=timezone.now())
    page = desk.get(APPS)
    (card,) = page.context["connected"]
    assert (card["app"].client.name, card["app"].members) == ("Shelf counter", ["alice@demo.local", "bob@demo.local"])
    html = page.content.decode()
    for shown in ("2 members", "Read only", "3 hours ago", "Unverified", "1 app that was connected before"):
        assert shown in html


def test_apps_of_other_workspaces_are_not_on_it(desk: Browser, carol: User) -> None:
    connect(carol, Workspace.objects.get(slug="carol"), "Carols secret app")
    assert "Carols secret app" not in desk.get(APPS).content.decode()


def test_what_does_not_work_any_more_is_not_counted_as_connected(desk: Browser, bob: User, acme: Workspace) -> None:
    connect(bob, acme, "Disabled", is_disabled=True)
    connect(bob, acme, "Expired")
    Connection.objects.filter(client__name="Expired").update(expires_at=timezone.now())
    page = desk.get(APPS)
    assert [card["app"].client.name for card in page.context["former"]] == ["Expired", "Disabled"]
    connect(bob, acme, "Of someone who left")
    Membership.objects.filter(user=bob).delete()
    assert desk.get(APPS).context["connected"] == []


@pytest.mark.parametrize("role", [RoleName.REVIEWER, RoleName.LABELER, RoleName.VIEWER])
def test_other_roles_may_neither_see_nor_change_it(acme: Workspace, alice: User, role: RoleName) -> None:
    someone = builders.make_user("eve@demo.local")
    builders.make_member(acme, someone, role)
    connection = connect(alice, acme)
    browser = at_desk(someone)
    answers = [browser.get(APPS), browser.get(f"{APPS}/{app_id(connection.client)}")]
    answers += [browser.post(APPS + path, {"decision": "block", "app": app_id(connection.client)}) for path in CHANGES]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert AuditEvent.objects.filter(actor_email="eve@demo.local", outcome="refused", reason="role").count() == 6
    assert not WorkspaceApp.objects.exists()
    connection.refresh_from_db()
    assert connection.revoked_at is None


def test_an_admin_may(acme: Workspace, bob: User) -> None:
    Membership.objects.filter(user=bob).update(role=RoleName.ADMIN)
    assert at_desk(bob).get(APPS).status_code == 200


def test_a_stranger_finds_nothing_there(acme: Workspace, alice: User, carol: User) -> None:
    connection = connect(alice, acme)
    browser = at_desk(carol)
    assert browser.get(APPS).status_code == 404
    assert browser.get("/w/nowhere/apps").status_code == 404
    assert decide(browser, "block", connection.client).status_code == 404
    assert decide(browser, "block", connection.client, workspace="carol").status_code == 404
    connection.refresh_from_db()
    assert connection.revoked_at is None


def test_nobody_gets_there_without_signing_in_or_without_the_forms_token(acme: Workspace, alice: User) -> None:
    assert Browser().get(APPS)["Location"] == "/accounts/login/?next=/w/acme/apps"
    for path in CHANGES:
        assert Browser().post(APPS + path)["Location"] == "/accounts/login/?next=/w/acme/apps"
    forged = Browser(enforce_csrf_checks=True)
    forged.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    assert forged.post(f"{APPS}/rule", {"policy": "listed"}).status_code == 403
    assert not WorkspacePolicy.objects.exists()


def test_changes_are_made_by_forms_only(desk: Browser) -> None:
    for path in CHANGES:
        assert desk.get(APPS + path).status_code == 405


@pytest.mark.parametrize("value", ["", "nothing", "\x00", "x" * 70_000, "💥", "-1", "9" * 40, "%ED%A0%80"])
def test_hostile_input_is_refused_and_changes_nothing(desk: Browser, bob: User, acme: Workspace, value: str) -> None:
    connection = connect(bob, acme)
    found = app_id(connection.client)
    answers = [
        desk.post(f"{APPS}/rule", {"policy": value}),
        desk.post(f"{APPS}/decision", {"app": value, "decision": "block"}),
        desk.post(f"{APPS}/decision", {"app": found, "decision": value}),
        desk.post(f"{APPS}/{found}/disconnect", {"connection": value}),
        desk.get(f"{APPS}/{found}", {"member": value, "outcome": value, "tool": value, "after": value}),
    ]
    assert {answer.status_code for answer in answers} <= {200, 303, 404}
    connection.refresh_from_db()
    assert connection.revoked_at is None
    assert not WorkspaceApp.objects.exists()


def test_a_connection_of_another_app_or_workspace_is_not_ended_by_its_number(
    desk: Browser, bob: User, carol: User, acme: Workspace
) -> None:
    mine, other = connect(bob, acme), connect(bob, acme, "Other app")
    foreign = connect(carol, Workspace.objects.get(slug="carol"))
    for target in (other, foreign):
        response = desk.post(f"{APPS}/{app_id(mine.client)}/disconnect", {"connection": target.pk})
        assert response.status_code == 404
    assert not Connection.objects.filter(revoked_at__isnull=False).exists()


def test_the_apps_page_lists_what_it_did_and_narrows_it(desk: Browser, alice: User, bob: User, acme: Workspace) -> None:
    bobs, alices, other = connect(bob, acme), connect(alice, acme), connect(bob, acme, "Other app")
    write_call(bobs, "projects_delete", outcome=Outcome.REFUSED, reason="missing_scope")
    write_call(alices, "images_get")
    write_call(other, "not_mine")
    address = f"{APPS}/{app_id(bobs.client)}"
    html = desk.get(address).content.decode()
    assert "projects_delete" in html
    assert "The app was not given this permission" in html
    assert "images_get" in html
    assert "not_mine" not in html

    def tools(**query: str) -> list[str]:
        return [event.tool for event in desk.get(address, query).context["activity"].events]

    assert tools(member="bob@demo.local") == ["projects_delete"]
    assert tools(outcome="allowed") == ["images_get"]
    assert tools(tool="images_get") == ["images_get"]
    assert tools(tool="nothing_like_that") == []


def test_its_activity_goes_on_page_by_page(desk: Browser, bob: User, acme: Workspace) -> None:
    connection = connect(bob, acme)
    for number in range(120):
        write_call(connection, f"tool_{number}")
    address = f"{APPS}/{app_id(connection.client)}"
    seen, url = [], address
    while url:
        context = desk.get(url).context
        seen += [event.tool for event in context["activity"].events]
        url = context["older_url"]
    assert seen == [f"tool_{number}" for number in reversed(range(120))]


def test_one_and_many_cost_the_same(desk: Browser, acme: Workspace) -> None:
    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            user = builders.make_user(f"person{number}@demo.local")
            builders.make_member(acme, user, RoleName.VIEWER)
            write_call(connect(user, acme, f"App {number % 7}"))
            client = builders.make_client(name=f"Wanted {number}")
            WorkspaceAppRequest.objects.create(workspace=acme, user=user, client=client, redirect_uri=LOOPBACK)
            WorkspaceApp.objects.create(
                workspace=acme,
                key_hash=f"h{number}",
                keys=[f"k{number}"],
                name="x",
                decision="blocked",
                decided_by=user,
            )

    fill(0, 1)
    one = builders.make_client(name="App 0")
    pages = (APPS, f"{APPS}/{app_id(one)}")
    desk.get(APPS)
    counts = [statements_of(lambda page=page: desk.get(page)) for page in pages]  # type: ignore[misc]
    fill(1, 25)
    assert [statements_of(lambda page=page: desk.get(page)) for page in pages] == counts  # type: ignore[misc]
    assert all(desk.get(page).status_code == 200 for page in pages)
    assert max(counts) <= 12


def test_a_block_costs_a_row_for_each_connection_and_nothing_else(desk: Browser, bob: User, acme: Workspace) -> None:
    for _ in range(5):
        last = connect(bob, acme)
    with at_most(22):
        decide(desk, "block", last.client)
    assert Connection.objects.filter(revoked_at__isnull=False).count() == 5


def test_its_scopes_are_told_as_levels(desk: Browser, bob: User, acme: Workspace) -> None:
    client = builders.make_client(name="Counter")
    builders.make_connection(bob, acme, [*BASELINE, "image:annotate", "audit-log:read"], client=client)
    assert "Label and review, keys, members or audit log" in desk.get(APPS).content.decode()
