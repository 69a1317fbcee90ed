"""Clients with a metadata document: how they get in, and how their documents are kept fresh."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.cimd.steps import DOCUMENT, PATH, assert_unknown, expire, journey_of
from tests.oauth.journeys import Journey, answer_of, signed_in
from tests.support.documents import (
    DocumentServer,
    answer,
)


@clause("P-C1.2")
def test_a_client_that_only_has_a_document_gets_tokens(journey: Journey, documents: DocumentServer) -> None:
    tokens = journey.tokens()
    principal = find_principal(tokens["access_token"], Resource.MCP)
    assert principal is not None
    assert principal.client is not None
    assert principal.client.client_id == journey.client.client_id
    assert documents.requests == [PATH]
    client = Client.objects.get()
    assert (client.name, client.is_public, client.registration_source) == ("Shelf counter", True, "cimd")
    assert AuditEvent.objects.filter(action="register_client", client_id=client.client_id).exists()


@pytest.mark.parametrize("name, workspace", [("bob", "acme"), ("carol", "carol")])
def test_bob_and_carol_connect_it_to_their_own_workspaces(
    request: pytest.FixtureRequest, journey: Journey, name: str, workspace: str
) -> None:
    others = journey_of(journey.client.client_id, request.getfixturevalue(name))
    principal = find_principal(others.tokens()["access_token"], Resource.MCP)
    assert principal is not None
    assert principal.workspace == workspace


def test_the_page_says_at_which_host_the_document_stands(journey: Journey) -> None:
    page = journey.ask()
    assert page.context["client"]["badge"] == "identified"
    assert page.context["client"]["badge_host"] == urlsplit(journey.client.client_id).netloc
    assert urlsplit(journey.client.client_id).netloc in page.content.decode()


@clause("P-C5.1")
def test_it_is_fetched_once_and_for_authorization_only(journey: Journey, documents: DocumentServer) -> None:
    tokens = journey.tokens()
    documents.answers.clear()
    expire()
    fresh = journey.refresh(tokens["refresh_token"]).json()
    assert journey.post("/oauth/revoke", token=fresh["refresh_token"]).status_code == 200
    assert journey.token(grant_type="authorization_code", code="x").json()["error"] == "invalid_grant"
    assert documents.requests == [PATH]


@clause("P-C5.6")
@pytest.mark.parametrize(
    "cache_control, seconds",
    [
        ("max-age=1800", 1800),
        ("public, max-age = 1800", 1800),
        ("max-age=1", 300),
        ("no-store", 300),
        ("no-cache", 300),
        ("max-age=99999999", 86400),
        ("max-age=junk", 86400),
        ("", 86400),
    ],
)
def test_it_is_kept_as_long_as_its_headers_say_within_limits(
    journey: Journey, documents: DocumentServer, cache_control: str, seconds: int
) -> None:
    documents.serve_document(PATH, DOCUMENT, Cache_Control=cache_control)
    journey.ask()
    journey.ask()
    assert documents.requests == [PATH]
    expires_at = Client.objects.get().cimd_expires_at
    assert abs((expires_at - timezone.now()).total_seconds() - seconds) < 10
    expire()
    journey.ask()
    assert documents.requests == [PATH, PATH]


@clause("P-C5.8", "CIMD-5.1")
def test_a_failure_keeps_the_last_good_copy_and_is_not_repeated_for_a_minute(
    journey: Journey, documents: DocumentServer
) -> None:
    journey.ask()
    expire()
    documents.serve(PATH, answer(b"", 500))
    for _ in range(3):
        assert journey.ask().status_code == 200
    assert documents.requests == [PATH, PATH]
    documents.serve_document(PATH, {**DOCUMENT, "client_name": "Later"})
    cache.clear()
    journey.ask()
    assert Client.objects.get().name == "Later"


@clause("P-C5.8")
def test_a_document_that_can_not_be_used_is_backed_off_from_too(documents: DocumentServer, alice: User) -> None:
    client_id = documents.serve_document(PATH, {**DOCUMENT, "client_id": "https://other.example/c"})
    for _ in range(3):
        assert_unknown(journey_of(client_id, alice).ask())
    assert documents.requests == [PATH]


@clause("P-C6.2")
def test_a_change_is_shown_at_the_next_consent_and_ends_nothing(journey: Journey, documents: DocumentServer) -> None:
    tokens = journey.tokens()
    changed = {
        "client_name": "Shelf counter 2",
        "redirect_uris": [*DOCUMENT["redirect_uris"], "https://new.example/cb"],
    }
    documents.serve_document(PATH, {**DOCUMENT, **changed})
    expire()
    page = journey.ask(prompt="consent")
    assert len(page.context["client"]["changes"]) == 2
    html = page.content.decode()
    assert "Shelf counter" in html
    assert "https://new.example/cb" in html
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
    journey.decide(page)
    assert Connection.objects.count() == 1
    assert journey.ask(prompt="consent").context["client"]["changes"] == []


@clause("P-C6.1", "CIMD-8.1")
def test_a_redirect_uri_that_was_taken_out_of_the_document_gets_no_answers(
    journey: Journey, documents: DocumentServer
) -> None:
    journey.tokens()
    documents.serve_document(PATH, {**DOCUMENT, "redirect_uris": ["https://app.example/callback"]})
    expire()
    assert journey.ask().status_code == 400


def test_staff_decisions_outlive_a_refresh(journey: Journey, documents: DocumentServer) -> None:
    journey.ask()
    Client.objects.update(is_verified=True, scope_ceiling="project:read")
    expire()
    journey.ask()
    client = Client.objects.get()
    assert (client.is_verified, client.scope_ceiling) == (True, "project:read")
    documents.serve_document(PATH, {**DOCUMENT, "client_name": "Somebody else"})
    expire()
    journey.ask()
    assert not Client.objects.get().is_verified


def test_a_client_that_staff_disabled_stays_out_and_is_not_fetched(journey: Journey, documents: DocumentServer) -> None:
    journey.ask()
    Client.objects.update(is_disabled=True)
    expire()
    response = journey.ask()
    assert response.status_code == 400
    assert "turned this app away" in response.content.decode()
    assert documents.requests == [PATH]


def test_what_staff_registered_under_a_url_is_theirs_and_never_fetched(
    documents: DocumentServer, alice: User, acme: Workspace
) -> None:
    client_id = documents.serve_document(PATH, {**DOCUMENT, "client_name": "Taken over"})
    builders.make_client(client_id=client_id, registration_source=Client.RegistrationSource.MANUAL)
    assert journey_of(client_id, alice).ask().context["client"]["name"] == "Test client"
    assert documents.requests == []


@clause("P-C5.10", "P-D3.3")
def test_switched_off_it_is_an_unknown_client(journey: Journey, documents: DocumentServer, settings: Any) -> None:
    journey.ask()
    settings.CIMD_ENABLED = False
    assert_unknown(journey.ask())
    assert documents.requests == [PATH]
    metadata = Browser().get("/.well-known/oauth-authorization-server").json()
    assert not metadata.get("client_id_metadata_document_supported")


@clause("P-C1.4")
@pytest.mark.parametrize(
    "client_id, name, redirect_uri",
    [
        ("https://claude.ai/oauth/claude-code-client-metadata", "Claude Code", "http://localhost:54545/callback"),
        ("https://chatgpt.com/oauth/codex/client.json", "Codex", "http://127.0.0.1:40404/callback"),
        ("https://claude.ai/oauth/mcp-oauth-client-metadata", "Claude", "https://claude.ai/api/mcp/auth_callback"),
        ("https://vscode.dev/oauth/client-metadata.json", "Visual Studio Code", "http://127.0.0.1:33418/"),
        ("https://opencode.ai/oauth/opencode/client.json", "opencode", "http://127.0.0.1:19876/mcp/oauth/callback"),
    ],
)
def test_a_known_client_gets_in_by_the_pinned_copy_where_nothing_can_be_fetched(
    alice: User, acme: Workspace, client_id: str, name: str, redirect_uri: str
) -> None:
    journey = Journey(Client(client_id=client_id), signed_in(alice), redirect_uri)
    page = journey.ask()
    assert page.context["client"]["name"] == name
    assert page.context["client"]["warning"] == ""
    assert journey.redeem(answer_of(journey.decide(page))["code"]).status_code == 200
    assert Client.objects.get().is_metadata_document
