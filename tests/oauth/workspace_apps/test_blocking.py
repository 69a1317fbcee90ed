"""A block ends what is connected in the workspace, for everybody, and lets nothing in until it is taken back."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.known_clients.lookup import forget_catalogue
from roboflow_auth.oauth.models import AuthMethod, Client, Connection, KnownClient, WorkspaceApp
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.service_clients import arrange_service
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of, make_secret_client, signed_in
from tests.oauth.workspace_apps.desk import at_desk, decide

pytestmark = pytest.mark.django_db


def is_live(tokens: dict[str, str]) -> bool:
    """Return whether the access token does anything."""
    return find_principal(tokens["access_token"], Resource.MCP) is not None


@pytest.fixture
def desk(alice: User) -> Browser:
    """Return the browser of Alice, who owns Acme."""
    return at_desk(alice)


@clause("P-G4.7")
def test_every_members_connection_ends_and_the_app_goes_on_elsewhere(
    desk: Browser, journey: Journey, bob: User, alice: User
) -> None:
    home = builders.make_workspace(alice, "alice")
    mine = journey.tokens({"workspace": "acme", "level": "read"})
    bobs = Journey(journey.client, signed_in(bob)).tokens()
    elsewhere = journey.tokens({"workspace": home.slug, "level": "read"}, prompt="consent")
    assert is_live(mine)
    assert is_live(bobs)
    assert decide(desk, "block", journey.client).status_code == 303
    assert not is_live(mine)
    assert not is_live(bobs)
    assert is_live(elsewhere)


@clause("P-G4.8")
def test_neither_a_code_nor_a_refresh_token_outlives_the_block(desk: Browser, journey: Journey) -> None:
    tokens = journey.tokens()
    code = journey.code(prompt="consent")
    decide(desk, "block", journey.client)
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_answer_that_a_refresh_repeats_does_not_outlive_it_either(desk: Browser, journey: Journey) -> None:
    first = journey.tokens()["refresh_token"]
    assert journey.refresh(first).status_code == 200
    decide(desk, "block", journey.client)
    assert journey.refresh(first).json()["error"] == "invalid_grant"


@clause("P-G4.8")
def test_the_consent_page_says_so_and_an_answer_is_refused(desk: Browser, journey: Journey, bob: User) -> None:
    Journey(journey.client, signed_in(bob)).tokens()
    page = journey.ask()
    decide(desk, "block", journey.client)
    refused = journey.decide(page)
    assert (refused.status_code, "Location" in refused) == (422, False)
    assert "admins of Acme Robotics blocked Test client" in refused.content.decode()
    again = journey.ask()
    assert "admins of Acme Robotics blocked Test client" in again.content.decode()
    assert not Connection.objects.filter(revoked_at=None).exists()


def test_an_app_that_registers_anew_is_the_same_app(desk: Browser, journey: Journey, bob: User) -> None:
    reinstalled = Journey(builders.make_client(redirect_uris="http://localhost/other-path"), signed_in(bob))
    reinstalled.redirect_uri = "http://localhost:6060/other-path"
    tokens = reinstalled.tokens()
    journey.tokens()
    decide(desk, "block", journey.client)
    assert not is_live(tokens)
    assert "blocked Test client" in reinstalled.ask().content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Another name"},
        {"redirect_uris": "https://elsewhere.example/cb"},
        {"registration_source": Client.RegistrationSource.MANUAL},
    ],
)
def test_an_app_that_says_something_else_of_itself_is_another_app(
    desk: Browser, journey: Journey, fields: dict[str, str]
) -> None:
    decide_about = builders.make_client()
    Journey(decide_about, journey.browser).tokens()
    decide(desk, "block", decide_about)
    other = Journey(builders.make_client(**fields), journey.browser)
    other.redirect_uri = fields.get("redirect_uris", other.redirect_uri)
    assert other.tokens()["access_token"]


def test_apps_without_a_name_are_told_apart(desk: Browser, journey: Journey) -> None:
    journey.client = builders.make_client(name="")
    journey.tokens()
    decide(desk, "block", journey.client)
    assert Journey(builders.make_client(name=""), journey.browser).tokens()["access_token"]


def test_both_ways_to_register_of_a_well_known_app_are_one_app(
    desk: Browser, journey: Journey, acme: Workspace, bob: User
) -> None:
    by_document = builders.make_client(
        client_id="https://claude.ai/oauth/claude-code-client-metadata",
        name="Claude Code",
        registration_source=Client.RegistrationSource.CIMD,
    )
    bobs = builders.make_token_of(builders.make_connection(bob, acme, client=by_document))
    journey.client = builders.make_client(name="Claude Code")
    journey.tokens()
    decide(desk, "block", journey.client)
    assert find_principal(bobs, Resource.MCP) is None


def test_a_borrowed_name_is_not_the_app_it_borrows_from(desk: Browser, journey: Journey) -> None:
    evil = builders.make_client(name="Claude Code", redirect_uris="https://evil.example/cb")
    evil_way = Journey(evil, journey.browser, redirect_uri="https://evil.example/cb")
    evil_way.tokens()
    decide(desk, "block", evil, redirect_uri="https://evil.example/cb")
    assert Journey(builders.make_client(name="Claude Code"), journey.browser).tokens()["access_token"]
    assert "blocked" in evil_way.ask().content.decode()


def test_what_ended_stays_over_after_the_block_is_lifted(desk: Browser, journey: Journey) -> None:
    tokens = journey.tokens()
    decide(desk, "block", journey.client)
    decide(desk, "forget", journey.client)
    assert not WorkspaceApp.objects.exists()
    assert not is_live(tokens)
    assert journey.refresh(tokens["refresh_token"]).status_code == 400
    assert is_live(journey.tokens())


@clause("P-G4.8")
def test_a_silent_request_gets_no_code(desk: Browser, acme: Workspace, alice: User) -> None:
    client = builders.make_client(
        registration_source=Client.RegistrationSource.MANUAL, redirect_uris="https://app.example/cb"
    )
    way = Journey(client, signed_in(alice), redirect_uri="https://app.example/cb")
    way.tokens()
    assert "code" in answer_of(way.ask(prompt="none"))
    decide(desk, "block", client, redirect_uri="https://app.example/cb")
    assert answer_of(way.ask(prompt="none"))["error"] == "consent_required"


@clause("P-G4.8")
def test_a_service_of_the_blocked_app_gets_no_token_and_staff_can_not_bring_it_back(
    desk: Browser, acme: Workspace
) -> None:
    client, secret = make_secret_client(AuthMethod.BASIC)
    fields = {"grant_types": ["client_credentials"], "service_workspace": acme, "service_role": "viewer"}
    Client.objects.filter(pk=client.pk).update(registration_source=Client.RegistrationSource.MANUAL, **fields)
    client = Client.objects.get(pk=client.pk)
    arrange_service(client)
    service = Journey(client, Browser(), raw_secret=secret)
    tokens = service.token(grant_type="client_credentials").json()
    assert is_live(tokens)
    decide(desk, "block", client, redirect_uri="")
    assert not is_live(tokens)
    assert service.token(grant_type="client_credentials").json()["error"] == "unauthorized_client"
    arrange_service(client)
    assert service.token(grant_type="client_credentials").json()["error"] == "unauthorized_client"


def test_the_log_names_the_admin_the_app_and_every_member(desk: Browser, journey: Journey, bob: User) -> None:
    journey.tokens()
    Journey(journey.client, signed_in(bob)).tokens()
    decide(desk, "block", journey.client)
    block = AuditEvent.objects.get(action="block_app")
    assert (block.actor_email, block.workspace, block.target) == ("alice@demo.local", "acme", "Test client")
    ended = AuditEvent.objects.filter(action="revoke_connection", reason="app_blocked_in_workspace")
    assert {(row.actor_email, row.target) for row in ended} == {
        ("alice@demo.local", "alice@demo.local"),
        ("alice@demo.local", "bob@demo.local"),
    }


def test_one_members_connection_can_be_ended_alone(desk: Browser, journey: Journey, bob: User) -> None:
    mine = journey.tokens()
    bobs_way = Journey(journey.client, signed_in(bob))
    bobs = bobs_way.tokens()
    from_page = desk.get("/w/acme/apps").context["connected"][0]["app"]
    his = next(c for c in from_page.live if c.user_id == bob.pk)
    desk.post(f"/w/acme/apps/{from_page.id}/disconnect", {"connection": his.pk})
    assert (is_live(mine), is_live(bobs)) == (True, False)
    assert is_live(bobs_way.tokens())


def test_a_decision_stays_in_force_when_the_catalogue_loses_the_entry(desk: Browser, journey: Journey) -> None:
    journey.client = builders.make_client(name="Cursor", redirect_uris="http://localhost:8787/callback")
    journey.redirect_uri = "http://localhost:8787/callback"
    journey.tokens()
    decide(desk, "block", journey.client, redirect_uri="http://localhost/callback")
    KnownClient.objects.filter(slug="cursor").update(is_enabled=False)
    forget_catalogue()
    assert "blocked Cursor" in journey.ask().content.decode()
