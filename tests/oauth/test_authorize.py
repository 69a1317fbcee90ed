"""The authorization endpoint: which requests reach the person, which go back to the client, which go nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AuthorizationCode, AuthorizationRequest
from tests.clauses import clause
from tests.oauth.journeys import CHALLENGE, ISSUER, Journey, answer_of


@clause("MCP-SECURITY-localhost-redirect-uri-risks")
def test_the_page_shows_who_asks_where_the_answer_goes_and_in_which_workspace(journey: Journey) -> None:
    html = journey.ask().content.decode()
    for shown in (
        "Test client",
        "http://127.0.0.1:5555/callback",
        "Acme Robotics",
        "alice@demo.local",
        "An app on this computer",
    ):
        assert shown in html


@clause("P-A3.5", "P-A10.1")
def test_asking_changes_nothing_that_can_happen_only_once(journey: Journey) -> None:
    first, second = journey.ask(), journey.ask()
    assert answer_of(journey.decide(first))["code"]
    assert answer_of(journey.decide(second))["code"]


@clause("P-A10.1")
def test_a_page_that_the_browser_fetched_ahead_of_time_uses_nothing_up(journey: Journey) -> None:
    ahead = journey.browser.get("/oauth/authorize", journey.query(), headers={"Sec-Purpose": "prefetch;prerender"})
    page = journey.ask()
    assert not AuthorizationCode.objects.exists()
    assert not AuditEvent.objects.filter(action="authorize").exists()
    assert answer_of(journey.decide(page))["code"]
    assert answer_of(journey.decide(ahead))["code"]


@clause("P-A10.1", "P-A10.2")
def test_a_fetch_without_cookies_sees_a_redirect_for_a_known_client_and_400_for_an_unknown_one(
    journey: Journey,
) -> None:
    journey.browser = Browser()
    assert journey.ask().status_code == 302
    assert journey.ask(client_id="unknown").status_code == 400
    assert not AuthorizationRequest.objects.exists()


@clause("P-A2.1", "P-A2.2", "RFC6749-3.1.2", "RFC6749-10.15")
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "\x00"},
        {"client_id": "x" * 5000},
        {"redirect_uri": "http://127.0.0.1:5555/other"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1.evil.example/callback"},
        {"redirect_uri": "http://user@127.0.0.1/callback"},
        {"redirect_uri": "http://127.0.0.1:5555/callback#fragment"},
        {"redirect_uri": "http://127.0.0.1:5555/callback?more=1"},
        {"redirect_uri": "http://localhost:5555/callback"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_an_unknown_client_or_redirect_uri_gets_a_page_and_never_a_redirect(
    journey: Journey, changes: dict[str, Any]
) -> None:
    response = journey.ask(**changes)
    assert response.status_code == 400
    assert "Location" not in response
    assert "Reference" in response.content.decode()


@clause("P-A2.2")
def test_the_page_for_a_wrong_redirect_uri_shows_the_developer_the_difference(journey: Journey) -> None:
    html = journey.ask(redirect_uri="http://127.0.0.1:5555/other").content.decode()
    assert "http://127.0.0.1/callback" in html
    assert "http://127.0.0.1:5555/other" in html


def test_a_disabled_client_gets_a_page(journey: Journey) -> None:
    journey.client.is_disabled = True
    journey.client.save()
    assert journey.ask().status_code == 400


@clause(
    "P-A1.1",
    "P-A1.2",
    "P-A2.3",
    "P-A4.3",
    "RFC6749-4.1.2.1/b",
    "RFC7636-4.4.1",
    "RFC8707-2/a",
    "RFC9207-2/a",
    "OIDC-CORE-6.1",
    "P-L2.1",
    "RFC9700-4.8.2",
    "OIDC-CORE-3.1.2.6",
)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"resource": f"{ISSUER}/mcp#x"}, "invalid_target"),
        ({"resource": f"{ISSUER}/mcp/tools"}, "invalid_target"),
        ({"state": "s" * 4097}, "invalid_request"),
        ({"state": "a\x00b"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
    ],
)
def test_every_other_fault_goes_back_to_the_client_with_state_and_iss(
    journey: Journey, changes: dict[str, Any], error: str
) -> None:
    answer = answer_of(journey.ask(**changes))
    assert answer["error"] == error
    assert answer["iss"] == ISSUER
    if "state" not in changes:
        assert answer["state"] == "opaque-state"


@clause("RFC6749-3.1/b")
def test_a_repeated_parameter_goes_back_to_the_client_as_an_invalid_request(journey: Journey) -> None:
    query = "&".join(f"{name}={value}" for name, value in journey.query(scope="workspace:read").items())
    response = journey.browser.get(f"/oauth/authorize?{query}&scope=project:read")
    assert answer_of(response)["error"] == "invalid_request"


@clause("RFC6749-3.1/b", "RFC6749-10.15")
def test_a_repeated_redirect_uri_goes_nowhere(journey: Journey) -> None:
    query = "&".join(f"{name}={value}" for name, value in journey.query(scope="workspace:read").items())
    response = journey.browser.get(f"/oauth/authorize?{query}&redirect_uri=https://evil.example/")
    assert response.status_code == 400


@clause("P-A4.1", "P-A4.2", "P-A4.4")
@pytest.mark.parametrize(
    "resource",
    [
        None,
        ISSUER,
        f"{ISSUER}/",
        f"{ISSUER}/mcp",
        f"{ISSUER}/mcp/",
        "HTTP://TESTSERVER:80/mcp",
        f"{ISSUER}/mcp {ISSUER}/mcp/",
    ],
)
def test_resources_that_mean_mcp_are_folded_into_one(journey: Journey, resource: str | None) -> None:
    journey.code(resource=resource)
    assert AuthorizationCode.objects.get().session.connection.resource == "mcp"


@clause("P-I2.3", "P-A4.4")
def test_two_resources_that_disagree_are_an_invalid_target(journey: Journey) -> None:
    assert answer_of(journey.ask(resource=f"{ISSUER}/mcp {ISSUER}/api/v1"))["error"] == "invalid_target"


@clause("P-A4.3")
def test_a_client_that_staff_limited_to_one_resource_can_not_ask_for_the_other(journey: Journey) -> None:
    journey.client.resources = ["api"]
    journey.client.save()
    assert answer_of(journey.ask())["error"] == "invalid_target"


@clause("P-A5.1", "P-A5.2")
def test_unknown_scopes_are_dropped_and_none_at_all_means_the_baseline(journey: Journey) -> None:
    journey.code(scope="claudeai workspace:read")
    assert AuthorizationCode.objects.latest("id").scope == "workspace:read"
    journey.code(scope="claudeai")
    assert "project:read" in AuthorizationCode.objects.latest("id").scope
    journey.code(scope=None)
    assert "project:read" in AuthorizationCode.objects.latest("id").scope


@clause("P-A5.3")
def test_a_client_can_not_ask_for_more_than_the_ceiling_that_staff_set(journey: Journey) -> None:
    journey.client.scope_ceiling = "workspace:read project:read"
    journey.client.save()
    journey.code(scope="workspace:read project:create offline_access")
    assert AuthorizationCode.objects.get().scope == "offline_access workspace:read"
    assert answer_of(journey.ask(scope="project:create"))["error"] == "invalid_scope"


@clause("RFC6749-3.1/a", "RFC9700-4.12")
def test_a_request_may_come_as_a_form_and_goes_on_as_a_get(journey: Journey) -> None:
    response = journey.browser.post("/oauth/authorize", journey.query())
    assert response.status_code == 303
    assert journey.browser.get(response["Location"]).status_code == 200


@clause("P-A9.1", "P-A9.2", "P-X1.3")
def test_the_page_may_not_be_framed_stored_or_scripted_and_names_its_one_redirect_target(journey: Journey) -> None:
    page = journey.ask()
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "form-action 'self' http://127.0.0.1:5555" in policy
    assert page["X-Frame-Options"] == "DENY"
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in journey.browser.get(
        "/oauth/authorize", journey.query(), headers={"Origin": "https://evil.example"}
    )


def test_more_parameters_than_anybody_needs_get_a_page(journey: Journey) -> None:
    query = "&".join(f"p{number}=1" for number in range(200))
    assert journey.browser.get(f"/oauth/authorize?{query}").status_code == 400


@clause("RFC6749-3.1.2.3")
def test_the_redirect_uri_may_be_left_out_where_there_is_no_choice(journey: Journey) -> None:
    assert journey.ask(redirect_uri=None, response_type="token")["Location"].startswith("http://127.0.0.1/callback?")
    journey.client.redirect_uris = "http://127.0.0.1/callback http://127.0.0.1/other"
    journey.client.save()
    assert journey.ask(redirect_uri=None).status_code == 400


def test_a_client_without_the_grant_is_not_authorized_to_ask(journey: Journey) -> None:
    journey.client.grant_types = ["refresh_token"]
    journey.client.save()
    assert answer_of(journey.ask())["error"] == "unauthorized_client"


@clause("P-A6.5")
@pytest.mark.parametrize("ui_locales", ["en", "xx-YY en", "nonsense", "../../etc"])
def test_a_wish_for_a_language_is_heard_or_ignored(journey: Journey, ui_locales: str) -> None:
    page = journey.ask(ui_locales=ui_locales)
    assert (page.status_code, '<html lang="en"' in page.content.decode()) == (200, True)


def test_other_methods_are_refused(journey: Journey) -> None:
    assert journey.browser.put("/oauth/authorize").status_code == 405


@clause("P-A9.2")
def test_an_ipv6_loopback_answer_is_let_through_by_its_scheme(journey: Journey) -> None:
    journey.client.redirect_uris = "http://[::1]/callback cursor://anysphere.cursor-mcp/oauth/callback"
    journey.client.save()
    loopback = journey.ask(redirect_uri="http://[::1]:4567/callback")
    assert "form-action 'self' http:;" in loopback["Content-Security-Policy"] + ";"
    private = journey.ask(redirect_uri="cursor://anysphere.cursor-mcp/oauth/callback")
    assert "form-action 'self' cursor:" in private["Content-Security-Policy"]
    journey.redirect_uri = "cursor://anysphere.cursor-mcp/oauth/callback"
    opening = journey.browser.get(journey.decide(private)["Location"])
    assert opening["Refresh"].startswith("0; url=cursor://anysphere.cursor-mcp/oauth/callback?code=rfoc_")


@clause("RFC6749-3.1.2")
def test_the_query_of_a_redirect_uri_stays(journey: Journey) -> None:
    journey.client.redirect_uris = "https://app.example/callback?tenant=1"
    journey.client.save()
    response = journey.ask(redirect_uri="https://app.example/callback?tenant=1", response_type="token")
    assert response["Location"].startswith("https://app.example/callback?tenant=1&error=unsupported_response_type")


@clause("P-L2.1")
def test_a_body_that_is_too_large_gets_a_page(journey: Journey) -> None:
    response = journey.browser.post("/oauth/authorize", {**journey.query(), "junk": "x" * 70_000})
    assert response.status_code == 400
    assert "Reference" in response.content.decode()
