"""Which clients people may connect: staff's decision about one client, and the deployment's about unknown ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.known_clients.lookup import forget_catalogue
from roboflow_auth.oauth.models import Approval, ApprovalRequest, AuthorizationRequest, Client
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of
from tests.oauth.registrations import REAL_CLIENTS, registered, registered_journey
from tests.oauth.test_client_configuration import manage_own

CODEX_ID = "https://chatgpt.com/oauth/codex/client.json"
CLAUDE_CODE_ID = "https://claude.ai/oauth/claude-code-client-metadata"
CLAUDE_CALLBACK = "https://claude.ai/api/mcp/auth_callback"
EVIL = "https://evil.example/callback"


@pytest.fixture
def known_only(settings: Any) -> None:
    """Turn unknown clients away."""
    settings.UNKNOWN_CLIENT_POLICY = "known_only"


@pytest.fixture
def asking(settings: Any) -> None:
    """Let unknown clients wait for staff."""
    settings.UNKNOWN_CLIENT_POLICY = "ask"


@clause("P-C9.1")
@pytest.mark.usefixtures("known_only")
@pytest.mark.parametrize("whose", ["journey", "bobs_journey", "carols_journey"])
def test_an_unknown_client_gets_a_page_that_names_it_and_never_a_redirect(
    request: pytest.FixtureRequest, whose: str
) -> None:
    journey: Journey = request.getfixturevalue(whose)
    for browser in (journey.browser, Browser()):
        journey.browser = browser
        response = journey.ask()
        assert response.status_code == 403
        assert "Location" not in response
        html = response.content.decode()
        assert "Test client" in html
        assert journey.client.client_id in html
        assert response["X-Request-ID"] in html
    assert not ApprovalRequest.objects.exists()
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.usefixtures("known_only")
def test_prompt_none_is_answered_by_a_redirect_whoever_is_signed_in(journey: Journey) -> None:
    for browser in (journey.browser, Browser()):
        journey.browser = browser
        assert answer_of(journey.ask(prompt="none"))["error"] == "access_denied"


@clause("P-C9.1")
@pytest.mark.usefixtures("known_only")
@pytest.mark.parametrize(
    "fields",
    [
        {"registration_source": Client.RegistrationSource.MANUAL},
        {"is_verified": True},
        {"approval": Approval.ALLOWED},
        {"redirect_uris": CLAUDE_CALLBACK},
        {"client_id": CLAUDE_CODE_ID, "registration_source": "cimd", "redirect_uris": "http://localhost/callback"},
    ],
)
def test_who_is_known_by_staff_or_by_what_nobody_can_borrow_gets_in(journey: Journey, fields: dict[str, Any]) -> None:
    journey.client = builders.make_client(**fields)
    journey.redirect_uri = journey.client.redirect_uri_list[0]
    assert journey.tokens()["access_token"]


@pytest.mark.usefixtures("known_only")
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Claude", "redirect_uris": EVIL},
        {"name": "Claude Code", "redirect_uris": "http://localhost/callback"},
        {"name": "Cursor", "redirect_uris": "cursor://anysphere.cursor-mcp/oauth/callback"},
        {"name": "ChatGPT", "redirect_uris": "https://chatgpt.com.evil.example/connector/oauth/a"},
        {"name": "ChatGPT", "redirect_uris": "https://chatgpt.com/connector/oauth/a/b"},
        {"client_id": CODEX_ID + "?", "registration_source": "cimd"},
        {"client_id": "https://evil.example/oauth/codex/client.json", "registration_source": "cimd"},
    ],
)
def test_a_borrowed_name_or_a_place_that_anybody_can_listen_at_is_no_proof(
    journey: Journey, fields: dict[str, Any], settings: Any
) -> None:
    settings.CIMD_ENABLED = True
    journey.client = builders.make_client(**{"cimd_expires_at": "2100-01-01T00:00Z", **fields})
    journey.redirect_uri = journey.client.redirect_uri_list[0]
    assert journey.ask().status_code == 403


@pytest.mark.usefixtures("known_only")
def test_a_client_with_several_redirect_uris_is_known_only_at_the_vendors(journey: Journey) -> None:
    journey.client = builders.make_client(name="Claude", redirect_uris=f"{EVIL} {CLAUDE_CALLBACK}")
    journey.redirect_uri = EVIL
    assert journey.ask().status_code == 403
    journey.redirect_uri = CLAUDE_CALLBACK
    assert journey.ask().status_code == 200


@clause("P-C9.1")
@pytest.mark.usefixtures("known_only")
@pytest.mark.parametrize(
    "name, status", [("claude_desktop", 200), ("chatgpt", 200), ("claude_code", 403), ("mcp_remote", 403)]
)
def test_real_clients_that_register_by_themselves_meet_the_policy(
    alice: User, acme: Workspace, name: str, status: int
) -> None:
    (real,) = [real for real in REAL_CLIENTS if real.name == name]
    members = registered(real.body)
    assert registered_journey(members, alice, members["redirect_uris"][0]).ask().status_code == status


def test_codex_gets_in_without_internet_and_at_an_address_of_its_own(settings: Any, journey: Journey) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    settings.OAUTH_ADVERTISE_ISS = False
    for redirect_uri in ("http://127.0.0.1:40404/callback", "http://127.0.0.1:40405/callback/a1B2c3D4e5F6"):
        theirs = Journey(Client(client_id=CODEX_ID), journey.browser, redirect_uri)
        assert theirs.tokens()["access_token"]


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:1/callback/a/b",
        "http://127.0.0.1:1/callback/",
        "http://127.0.0.1:1/callback/..",
        "http://127.0.0.1:1/callback/%2e%2e",
        "http://127.0.0.1:1/callback/a?b=c",
        "http://127.0.0.1:1/callback/a#b",
        "http://127.0.0.1:1/callback/é",
        "http://127.0.0.1:1/callback/*",
        "http://user@127.0.0.1:1/callback/a",
        "http://localhost:1/callback/a",
        "https://127.0.0.1:1/callback/a",
        "http://127.0.0.1.evil.example/callback/a",
    ],
)
def test_only_one_plain_segment_may_follow(journey: Journey, redirect_uri: str) -> None:
    theirs = Journey(Client(client_id=CODEX_ID), journey.browser, redirect_uri)
    response = theirs.ask()
    assert response.status_code == 400
    assert "Location" not in response


def test_what_the_catalogue_knows_of_codex_is_not_another_clients(journey: Journey) -> None:
    journey.client = builders.make_client(name="Codex", redirect_uris="http://127.0.0.1/callback")
    journey.redirect_uri = "http://127.0.0.1:1/callback/a1B2"
    assert journey.ask().status_code == 400


@pytest.mark.usefixtures("asking")
def test_prompt_none_does_not_wait(journey: Journey) -> None:
    assert answer_of(journey.ask(prompt="none"))["error"] == "interaction_required"
    assert not ApprovalRequest.objects.exists()
    journey.browser = Browser()
    assert answer_of(journey.ask(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("policy", ["open", "ask", "known_only"])
def test_staff_may_want_to_be_asked_about_one_client_whatever_the_policy(
    settings: Any, journey: Journey, policy: str
) -> None:
    settings.UNKNOWN_CLIENT_POLICY = policy
    Client.objects.update(approval=Approval.ASK, is_verified=True)
    assert journey.ask()["Location"].startswith("/oauth/authorize/waiting?")


def test_who_came_in_before_the_policy_keeps_its_tokens_but_asks_for_new_ones_in_vain(
    settings: Any, journey: Journey
) -> None:
    tokens = journey.tokens()
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
    assert journey.ask().status_code == 403


def test_a_page_that_was_open_before_the_policy_is_no_way_round_it(settings: Any, journey: Journey) -> None:
    page = journey.ask()
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    response = journey.decide(page)
    assert (response.status_code, "Location" in response) == (400, False)
    settings.UNKNOWN_CLIENT_POLICY = "open"
    assert answer_of(journey.decide(page))["code"]


@pytest.mark.usefixtures("known_only")
@pytest.mark.parametrize("changes", [{"client_name": "Other"}, {"redirect_uris": [EVIL]}])
def test_an_approval_is_of_what_staff_saw(alice: User, acme: Workspace, changes: dict[str, Any]) -> None:
    members = registered()
    Client.objects.filter(client_id=members["client_id"]).update(approval=Approval.ALLOWED)
    for change, status in ({}, 200), (changes, 403):
        replaced = {name: members[name] for name in ("client_name", "redirect_uris", "token_endpoint_auth_method")}
        assert manage_own("PUT", members, {**replaced, **change}).status_code == 200
        redirect_uri = {**replaced, **change}["redirect_uris"][0]
        assert registered_journey(members, alice, redirect_uri).ask().status_code == status


def test_tokens_are_issued_without_a_look_at_the_catalogue(settings: Any, journey: Journey) -> None:
    tokens = journey.tokens()
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    forget_catalogue()
    with CaptureQueriesContext(connection) as queries:
        assert journey.refresh(tokens["refresh_token"]).status_code == 200
        assert journey.refresh("rfor_x").status_code == 400
    assert not [query for query in queries.captured_queries if "knownclient" in query["sql"]]
    with CaptureQueriesContext(connection) as queries:
        assert journey.ask().status_code == 403
    assert [query for query in queries.captured_queries if "knownclient" in query["sql"]]
