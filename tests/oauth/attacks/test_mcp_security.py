"""The attacks that the MCP security best practices name, as far as other tests don't make them already."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.access.catalogue import BASELINE, SCOPES, SENSITIVE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.attacks.test_redirects import EVIL
from tests.oauth.journeys import Journey, answer_of, field_value, signed_in
from tests.oauth.registrations import LOOPBACK, metadata, registered, registered_journey

HTTPS = "https://app.example/callback"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7|add:7 }}'


def staff_client(name: str, redirect_uris: str = HTTPS, **fields: Any) -> Client:
    """Return a client whose consent may be skipped when it was given before."""
    source = Client.RegistrationSource.MANUAL
    return builders.make_client(name=name, registration_source=source, redirect_uris=redirect_uris, **fields)


def test_consent_to_one_client_is_no_consent_to_another_of_the_same_name(alice: User, acme: Workspace) -> None:
    """Confused deputy: the consent that a person gave to one client is used by another that registered since."""
    honest = Journey(staff_client("Shelf counter"), signed_in(alice), HTTPS)
    honest.tokens()
    assert answer_of(honest.ask())["code"]
    twin = Journey(staff_client("Shelf counter"), honest.browser, HTTPS)
    assert twin.ask().status_code == 200
    stranger = registered_journey(registered(metadata("Shelf counter", EVIL)), alice, EVIL)
    stranger.browser = honest.browser
    assert stranger.ask().status_code == 200
    assert answer_of(stranger.ask(prompt="none"))["error"] == "consent_required"


def test_consent_hangs_on_no_cookie(alice: User, acme: Workspace) -> None:
    """Confused deputy: a cookie that remembers consent is sent along with the attacker's link."""
    journey = Journey(builders.make_client(redirect_uris=HTTPS), signed_in(alice), HTTPS)
    before = set(journey.browser.cookies)
    response = journey.decide(journey.ask())
    assert set(journey.browser.cookies) - before <= {"csrftoken"}
    assert "sessionid" not in response.cookies
    assert journey.ask().status_code == 200


def test_consent_to_one_address_is_no_consent_to_another_of_the_same_client(alice: User, acme: Workspace) -> None:
    """Confused deputy: the client is the same, the redirect URI is the attacker's way in."""
    other = "https://app.example/other"
    client = staff_client("Shelf counter", f"{HTTPS} {other}")
    browser = signed_in(alice)
    Journey(client, browser, HTTPS).tokens()
    assert answer_of(Journey(client, browser, HTTPS).ask())["code"]
    assert Journey(client, browser, other).ask().status_code == 200


def test_what_is_answered_is_what_was_shown(alice: User, acme: Workspace) -> None:
    """Consent phishing: the app changes its name and addresses between the page and the click."""
    members = registered(metadata("Shelf counter", HTTPS))
    journey = registered_journey(members, alice, HTTPS)
    page = journey.ask()
    replace(members, metadata("Crawler", HTTPS, EVIL))
    again = journey.decide(page)
    assert again.status_code == 422
    assert "The app changed in the meantime" in again.content.decode()
    assert "Crawler" in again.content.decode()
    assert not Connection.objects.exists()
    assert answer_of(journey.decide(again))["code"]
    assert Connection.objects.get().shown_metadata["name"] == "Crawler"


def test_an_address_that_was_taken_back_gets_no_answer(alice: User, acme: Workspace) -> None:
    """Confused deputy: an address that the client lost control of must not get the answer to a page that is open."""
    members = registered(metadata("Shelf counter", HTTPS))
    journey = registered_journey(members, alice, HTTPS)
    page = journey.ask()
    replace(members, metadata("Shelf counter", "https://app.example/new"))
    for decision in ("allow", "deny", "workspace"):
        assert journey.decide(page, decision=decision).status_code == 400
    assert not Connection.objects.exists()


def test_an_app_that_moved_elsewhere_is_not_the_one_that_was_connected(alice: User, acme: Workspace) -> None:
    """Consent phishing: a known app is sold or taken over, and its new owner's address is shown as an old friend."""
    members = registered(metadata("Shelf counter", HTTPS))
    journey = registered_journey(members, alice, HTTPS)
    journey.tokens()
    assert "You connected it before" in journey.ask().content.decode()
    replace(members, metadata("Shelf counter", EVIL))
    journey.redirect_uri = EVIL
    assert "First time it asks you" in journey.ask().content.decode()


def replace(members: dict[str, Any], document: dict[str, Any]) -> None:
    """Replace a registration, as its client may at any time."""
    headers = {"Authorization": f"Bearer {members['registration_access_token']}"}
    path = f"/oauth/register/{members['client_id']}"
    assert Browser().put(path, document, "application/json", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "name", [HOSTILE, "a" * 100, "\u202eedualC", "A\u2028B", "=HYPERLINK(1)", "%(name)s {0} {{x}}"]
)
def test_no_name_is_more_than_text_on_a_page(alice: User, acme: Workspace, staff: User, name: str) -> None:
    """Consent phishing: a client's name that is read as markup or script answers the page by itself."""
    journey = registered_journey(registered(metadata(name, HTTPS)), alice, HTTPS)
    stranger = Browser()
    pages = [
        journey.ask(),
        stranger.get(stranger.get("/oauth/authorize", journey.query())["Location"]),
        signed_in(staff).get(f"/admin/oauth/client/{journey.client.pk}/change/"),
    ]
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in html
        assert "onerror=alert(1)>" not in html
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029]", html)
        assert "'unsafe-inline'" not in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    "logo",
    [
        "https://evil.example;script-src * 'unsafe-inline'/x.png",
        "https://evil.example, script-src */x.png",
        "https://evil.example\u3002jp/x.png",
        "https://evil.example'/x.png",
        "https://user@evil.example/x.png",
        'https://evil.example/"onerror="alert(1)',
        "javascript:alert(1)//https://x",
    ],
)
def test_a_logo_that_staff_let_through_changes_no_policy(alice: User, acme: Workspace, logo: str) -> None:
    """OAuth URL validation: an address that a client brings along is written into a header and into a page."""
    journey = registered_journey(registered(metadata("Shelf counter", HTTPS, logo_uri=logo)), alice, HTTPS)
    Client.objects.update(is_verified=True)
    page = journey.ask()
    assert re.search("img-src 'self' data:(;|$)", page["Content-Security-Policy"])
    assert page["Content-Security-Policy"].count("script-src") == 1
    assert "evil.example" not in page.content.decode()


@pytest.mark.parametrize("scope", ["*", "all", "full-access", "admin:*", "project:*", "omni", "PROJECT:READ"])
def test_no_scope_stands_for_many(journey: Journey, scope: str) -> None:
    """Scope minimization: one word that opens everything is asked for by everybody, and stolen once."""
    granted = journey.tokens({"level": highest(journey, scope)}, scope=scope)["scope"]
    assert set(granted.split()) == set(BASELINE)


def highest(journey: Journey, scope: str) -> str:
    """Return the highest level that the page offers for `scope`."""
    page = journey.ask(scope=scope)
    return str(page.context["levels"][-1]["value"])


def test_what_is_dangerous_is_never_ticked_beforehand(journey: Journey) -> None:
    """Scope minimization: a client that asks for everything gets what the person chose, nothing sensitive unasked."""
    granted = set(journey.tokens(scope=" ".join(SCOPES))["scope"].split())
    assert not granted & SENSITIVE_SCOPES
    document = Browser().get("/.well-known/oauth-protected-resource/mcp").json()
    assert set(document["scopes_supported"]) == set(BASELINE)


def test_an_app_on_this_computer_is_asked_about_every_time_and_called_what_it_is(alice: User, acme: Workspace) -> None:
    """Localhost redirect impersonation: anything on the machine can listen where a trusted app listens."""
    source = Client.RegistrationSource.MANUAL
    client = builders.make_client(name="Claude Code", registration_source=source, redirect_uris="http://localhost/cb")
    journey = Journey(client, signed_in(alice), "http://localhost:4711/cb")
    journey.tokens()
    page = journey.ask()
    assert page.status_code == 200
    assert "Any app on this computer could use this name" in page.content.decode()
    assert "http://localhost:4711/cb" in page.content.decode()
    assert answer_of(journey.ask(prompt="none"))["error"] == "consent_required"


@pytest.mark.parametrize(
    "uri",
    [
        "https://localhost:8443/cb",
        "https://127.0.0.1/cb",
        "https://[::1]/cb",
        "https://127.8.8.8/cb",
        "https://2130706433/cb",
        "https://[::ffff:127.0.0.1]/cb",
        "https://app.localhost/cb",
    ],
)
def test_tls_does_not_make_this_computer_somebody(alice: User, acme: Workspace, uri: str) -> None:
    """Localhost redirect impersonation: a certificate for this computer is anybody's to make on it."""
    journey = Journey(staff_client("Shelf counter", uri), signed_in(alice), uri)
    journey.tokens()
    assert journey.ask().status_code == 200


def test_nothing_that_a_client_names_is_fetched(alice: User, acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSRF: addresses in a registration point into the network in which this server runs."""
    looked_up: list[Any] = []

    def look_up(*wanted: Any, **_: Any) -> list[Any]:
        looked_up.append(wanted)
        return []

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    inside = "http://169.254.169.254/latest/meta-data/"
    named = (
        "logo_uri",
        "client_uri",
        "tos_uri",
        "policy_uri",
        "jwks_uri",
        "sector_identifier_uri",
        "initiate_login_uri",
    )
    members = registered(metadata("Shelf counter", LOOPBACK, **dict.fromkeys(named, inside), request_uris=[inside]))
    journey = registered_journey(members, alice, LOOPBACK)
    journey.tokens()
    assert answer_of(journey.ask(request_uri=inside))["error"] == "request_uri_not_supported"
    assert looked_up == []


def test_a_secret_in_an_address_or_form_is_in_no_log(
    journey: Journey, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Token passthrough and leakage: what is logged or audited is read by more people than the database."""
    caplog.set_level("DEBUG")
    client_secret = registered(token_endpoint_auth_method="client_secret_post")["client_secret"]
    code = journey.code()
    tokens = journey.redeem(code).json()
    journey.redeem(code)
    journey.post("/oauth/token", grant_type="nonsense", client_secret=client_secret)
    handle = field_value(journey.ask(state="the-state-of-somebody").content.decode(), "handle")
    journey.browser.get("/nowhere", {"access_token": tokens["access_token"]})
    journey.post("/oauth/revoke", token=tokens["refresh_token"])
    written = caplog.text + str(list(AuditEvent.objects.values()))
    for secret in (
        code,
        tokens["access_token"],
        tokens["refresh_token"],
        client_secret,
        handle,
        "the-state-of-somebody",
    ):
        assert secret not in written
