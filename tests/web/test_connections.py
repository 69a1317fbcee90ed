"""Connected apps: what their cards show, and what the forms on them change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE, Level, scopes_of_level
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Connection, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, signed_in
from tests.support.statements import at_most
from tests.web.people import send, text_of, told

pytestmark = pytest.mark.django_db

PAGE = "/connections"


@pytest.fixture
def browser(alice: User) -> Browser:
    """Return a browser in which Alice is signed in."""
    return signed_in(alice)


@pytest.fixture
def connection(alice: User, acme: Workspace) -> Connection:
    """Return what Alice lent an app: to label in Acme, and to read the audit log."""
    scopes = scopes_of_level(Level.LABEL) | {"audit-log:read", "openid"}
    return builders.make_connection(alice, acme, scopes, expires_at=timezone.now() + timedelta(days=90))


def change(browser: Browser, connection: Connection, what: str, **fields: Any) -> Any:
    """Send one of the card's forms."""
    return send(browser, PAGE, f"{PAGE}/{connection.pk}/{what}", **fields)


def test_who_is_not_signed_in_is_asked_to(acme: Workspace) -> None:
    assert Browser().get(PAGE)["Location"] == "/accounts/login/?next=/connections"
    # A form comes back to the page, not to itself: that takes no GET.
    assert Browser().post(f"{PAGE}/1/disconnect")["Location"] == "/accounts/login/?next=/connections"


def test_a_card_says_who_where_what_and_until_when(browser: Browser, connection: Connection) -> None:
    builders.make_token_of(connection)
    Session.objects.update(address="203.0.113.9", device="Firefox · Linux")
    text = text_of(browser.get(PAGE))
    for part in ("Test client", "Unverified", "Acme Robotics", "Owner", "MCP server", "in 90 days", "Never"):
        assert part in text, part
    for part in ("Label and review, keys, members or audit log", "Firefox · Linux", "203.0.113.9", "Confirm who you"):
        assert part in text, part


def test_the_last_call_stands_on_the_card(browser: Browser, alice: User, acme: Workspace) -> None:
    connection = builders.make_connection(alice, acme, resource=Resource.API)
    credential = f"Bearer {builders.make_token_of(connection)}"
    for path in ("/api/v1/workspaces/acme", "/api/v1/workspaces/acme/projects"):
        assert Browser().get(path, HTTP_AUTHORIZATION=credential).status_code == 200
    text = text_of(browser.get(PAGE))
    assert "Last used just now view_project" in text
    assert "REST API" in text
    builders.make_call(connection, "projects_list")
    # What the server does about tokens is no call of the app.
    builders.make_call(connection, "", via="oauth", action="issue_token")
    assert "just now projects_list Ends" in text_of(browser.get(PAGE))
    builders.make_call(connection, "projects_delete", reason="role")
    assert "just now projects_delete (refused)" in text_of(browser.get(PAGE))


def test_where_nothing_is_connected_the_page_says_what_to_do(browser: Browser) -> None:
    text = text_of(browser.get(PAGE))
    assert "No app is connected" in text
    assert "http://testserver/mcp" in text


@clause("P-G2.5")
def test_permissions_are_taken_away_one_by_one(browser: Browser, connection: Connection) -> None:
    response = change(browser, connection, "access", scope=["project:read", "audit-log:read"])
    assert (response.status_code, response["Location"]) == (303, f"/connections#connection-{connection.pk}")
    connection.refresh_from_db()
    assert connection.scopes == {"project:read", "audit-log:read", "openid"}
    row = AuditEvent.objects.get(action="narrow_connection")
    assert (row.actor_email, row.connection_id) == ("alice@demo.local", connection.pk)
    assert "image:annotate" in row.detail


@clause("P-G2.5")
def test_a_level_takes_away_all_that_is_above_it(browser: Browser, connection: Connection) -> None:
    change(browser, connection, "access", level="read")
    connection.refresh_from_db()
    assert connection.scopes == scopes_of_level(Level.READ) | {"openid"}


@clause("P-G2.5")
@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"scope": ["project:read", "project:create"]}, "only take away"),
        ({"scope": ["project:read", "\x00"]}, "only take away"),
        ({"scope": ["openid"]}, "only take away"),
        ({}, "at least one"),
        ({"level": "manage"}, "no more than that already"),
        ({"level": "everything"}, "Choose what"),
    ],
)
def test_nothing_can_be_added_and_not_everything_taken(
    browser: Browser, connection: Connection, fields: dict[str, Any], answer: str
) -> None:
    before = connection.scope
    page = change(browser, connection, "access", **fields)
    assert page.status_code == 200
    assert answer in page.content.decode().partition('id="access-error"')[2].partition("</div>")[0]
    # Where another language leads, which no form can be sent to.
    assert 'name="next" value="/connections"' in page.content.decode()
    connection.refresh_from_db()
    assert connection.scope == before
    assert not AuditEvent.objects.filter(action="narrow_connection").exists()


@clause("P-G2.4")
def test_a_live_token_loses_what_was_taken_away(browser: Browser, connection: Connection) -> None:
    token = builders.make_token_of(connection)
    change(browser, connection, "access", level="read")
    principal = find_principal(token, Resource.MCP)
    assert principal is not None
    assert principal.scopes == scopes_of_level(Level.READ) | {"openid"}


def test_bob_is_told_what_his_role_can_not_use(bob: User, acme: Workspace) -> None:
    connection = builders.make_connection(bob, acme, scopes_of_level(Level.MANAGE))
    page = signed_in(bob).get(PAGE)
    [app] = page.context["apps"]
    assert "Create projects" in app.unusable
    assert "Draw and change annotations" not in app.unusable
    assert "Your role Labeler can't do what is marked" in text_of(page)
    # It is the person's to take away all the same: roles change.
    change(signed_in(bob), connection, "access", level="read")
    connection.refresh_from_db()
    assert connection.scopes == scopes_of_level(Level.READ)


@clause("P-G3.4")
def test_the_end_is_moved_closer_and_no_token_outlives_it(journey: Journey) -> None:
    tokens = journey.tokens({"duration": "forever"})
    connection = Connection.objects.get()
    change(journey.browser, connection, "expiry", duration="1")
    connection.refresh_from_db()
    assert connection.expires_at is not None
    assert timedelta(hours=23) < connection.expires_at - timezone.now() <= timedelta(days=1)
    session = Session.objects.get()
    assert session.refresh_tokens.get().expires_at == connection.expires_at
    assert 0 < journey.refresh(tokens["refresh_token"]).json()["authorization_expires_in"] <= 86_400


@clause("P-G3.4")
def test_the_end_is_moved_away_and_the_sessions_last_longer(journey: Journey) -> None:
    journey.tokens({"duration": "1"})
    connection = Connection.objects.get()
    change(journey.browser, connection, "expiry", duration="forever")
    connection.refresh_from_db()
    assert connection.expires_at is None
    lifetime = Session.objects.get().refresh_tokens.get().expires_at - timezone.now()
    assert timedelta(days=29) < lifetime <= timedelta(days=30)
    change(journey.browser, connection, "expiry", duration="90")
    assert AuditEvent.objects.filter(action="change_expiry").count() == 2


@pytest.mark.parametrize("duration", ["", "7", "-1", "9" * 400, "\x00"])
def test_another_length_of_time_is_refused(browser: Browser, connection: Connection, duration: str) -> None:
    assert "Choose for how long" in told(change(browser, connection, "expiry", duration=duration))
    before = connection.expires_at
    connection.refresh_from_db()
    assert connection.expires_at == before


def test_a_connection_and_a_session_are_called_what_the_person_likes(browser: Browser, connection: Connection) -> None:
    builders.make_token_of(connection)
    session = Session.objects.get()
    change(browser, connection, "label", label="  <b>Line\n3</b> ")
    change(browser, connection, f"sessions/{session.pk}/label", label="Old laptop")
    text = browser.get(PAGE).content.decode()
    assert "&lt;b&gt;Line 3&lt;/b&gt;" in text
    assert "Old laptop" in text
    change(browser, connection, "label", label="")
    assert "Test client" in text_of(browser.get(PAGE))
    assert {row.action for row in AuditEvent.objects.all()} >= {"label_connection", "label_session"}


@pytest.mark.parametrize("label", ["x" * 61, "\x00"])
def test_a_label_that_is_none_is_refused(browser: Browser, connection: Connection, label: str) -> None:
    assert "at most 60" in told(change(browser, connection, "label", label=label))


@clause("P-G4.6")
def test_one_session_is_ended_and_the_other_goes_on(browser: Browser, connection: Connection) -> None:
    ended, other = builders.make_token_of(connection), builders.make_token_of(connection)
    session = Session.objects.order_by("pk")[0]
    change(browser, connection, f"sessions/{session.pk}/end")
    assert find_principal(ended, Resource.MCP) is None
    assert find_principal(other, Resource.MCP) is not None
    [app] = browser.get(PAGE).context["apps"]
    assert [shown.pk for shown in app.sessions] == [Session.objects.order_by("pk")[1].pk]
    assert AuditEvent.objects.get(action="end_session").reason == "by_person"


@clause("P-G4.3")
def test_disconnecting_ends_every_session_and_leaves_a_trace(browser: Browser, connection: Connection) -> None:
    tokens = [builders.make_token_of(connection) for _ in range(2)]
    change(browser, connection, "disconnect")
    assert [find_principal(token, Resource.MCP) for token in tokens] == [None, None]
    page = browser.get(PAGE)
    assert page.context["apps"] == []
    assert [(gone.name, gone.why) for gone in page.context["past"]] == [("Test client", "You disconnected it")]


def test_all_apps_are_disconnected_at_once_but_nobody_elses(
    browser: Browser, alice: User, bob: User, acme: Workspace
) -> None:
    hers = [builders.make_token(alice, acme) for _ in range(3)]
    his = builders.make_token(bob, acme)
    response = send(browser, PAGE, f"{PAGE}/disconnect-all")
    assert "3 connections ended." in told(response)
    assert [find_principal(token, Resource.MCP) for token in hers] == [None] * 3
    assert find_principal(his, Resource.MCP) is not None
    assert AuditEvent.objects.filter(action="revoke_connection").count() == 3


def test_a_connection_from_before_the_person_came_back_is_over(browser: Browser, connection: Connection) -> None:
    Membership.objects.filter(user=connection.user).update(joined_at=timezone.now() + timedelta(seconds=1))
    assert browser.get(PAGE).context["apps"] == []
    assert send(browser, "/accounts/email/", f"{PAGE}/{connection.pk}/label", label="x").status_code == 404


def test_an_app_that_staff_blocked_is_shown_as_blocked(browser: Browser, connection: Connection) -> None:
    connection.client.is_disabled = True
    connection.client.save()
    assert "blocked this app" in text_of(browser.get(PAGE))


def test_a_logo_may_be_loaded_from_where_it_stands_and_only_on_this_page(
    browser: Browser, alice: User, acme: Workspace
) -> None:
    logo = {"logo_uri": "https://vendor.test/logo.png"}
    builders.make_connection(alice, acme, client=builders.make_client(is_verified=True, metadata=logo))
    page = browser.get(PAGE)
    assert "https://vendor.test/logo.png" in page.content.decode()
    assert "https://vendor.test" in page["Content-Security-Policy"]
    assert "vendor.test" not in browser.get("/")["Content-Security-Policy"]


def test_a_reuse_is_warned_of_here_and_on_the_start_page(journey: Journey) -> None:
    tokens = journey.tokens()
    journey.refresh(journey.refresh(tokens["refresh_token"]).json()["refresh_token"])
    journey.refresh(tokens["refresh_token"])
    for path in (PAGE, "/"):
        assert f"{journey.client.name} was signed out of Acme Robotics." in text_of(journey.browser.get(path))
    assert f'href="{PAGE}">Look at your' in journey.browser.get("/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_takes_the_same_statements_for_one_app_and_for_thirty(
    browser: Browser, alice: User, acme: Workspace, number: int
) -> None:
    for _ in range(number):
        connection = builders.make_connection(alice, acme, BASELINE)
        for _ in range(2):
            builders.make_token_of(connection)
            builders.make_call(connection)
        builders.make_connection(alice, acme, expires_at=timezone.now() - timedelta(days=1))
    browser.get(PAGE)
    # The session, the person, the cards, their last calls, their sessions, what is over, why, and the warnings.
    with at_most(8):
        page = browser.get(PAGE)
    assert len(page.context["apps"]) == number
    assert all(app.last_call and len(app.sessions) == 2 for app in page.context["apps"])
