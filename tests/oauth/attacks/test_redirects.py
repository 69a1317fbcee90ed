"""Attacks on the way back to the client: redirects, addresses, frames (RFC 9700 §4.1 to §4.4, §4.11, §4.12, §4.16)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.builders import PASSWORD
from tests.oauth.journeys import ISSUER, Journey, answer_of, field_value, login_target, signed_in

EVIL = "https://evil.example/collect"


@pytest.fixture
def evil(alice: User, acme: Workspace) -> Journey:
    """Return the way of a client that anybody could register, to a site of its own, with Alice signed in."""
    return Journey(builders.make_client(name="Harmless", redirect_uris=EVIL), signed_in(alice), EVIL)


def pages(journey: Journey) -> dict[str, Any]:
    """Return the pages at which an address may hold a code, a state, a handle or a reset key, by what they are."""
    stranger = Browser()
    login = journey.browser.get("/oauth/authorize", journey.query(prompt="login"))["Location"]
    return {
        "consent": journey.ask(),
        "refusal": journey.ask(redirect_uri="https://elsewhere.example/"),
        "expired": journey.browser.get("/oauth/authorize/switch-account?handle=forged"),
        "sign-in": stranger.get(stranger.get("/oauth/authorize", journey.query())["Location"]),
        "sign-in again": journey.browser.get(login),
        "sign-up": stranger.get("/accounts/signup/"),
        "reset key": stranger.get("/accounts/password/reset/key/1-abc/"),
        "logout": journey.browser.get("/oauth/logout?state=opaque-state"),
        "not found": stranger.get("/nowhere"),
        "admin": stranger.get("/admin/login/", follow=True),
    }


def test_no_page_tells_another_site_its_address(journey: Journey) -> None:
    """RFC 9700 §4.2: codes, states and handles in an address leak by the Referer header of what the page loads."""
    for what, page in pages(journey).items():
        assert page["Referrer-Policy"] in ("no-referrer", "same-origin"), what
        addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page.content.decode())
        assert [address for address in addresses if not re.match(r"[/#?](?!/)", address)] == [], what


def test_an_answer_does_not_tell_the_client_where_it_came_from(journey: Journey) -> None:
    """RFC 9700 §4.2: the redirect back must not carry the authorization request, with its state, as a Referer."""
    assert journey.decide(journey.ask())["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("response_type", ["token", "id_token", "code token", "code id_token", "none"])
@pytest.mark.parametrize("mode", ["query", "fragment"])
def test_nothing_but_a_code_ever_stands_in_an_address(journey: Journey, response_type: str, mode: str) -> None:
    """RFC 9700 §4.3.2: an access token in a URL stays in the browser's history (and in logs)."""
    answer = answer_of(journey.ask(response_type=response_type, response_mode=mode))
    assert answer.keys() == {"error", "error_description", "state", "iss"}
    page = journey.ask(response_type="code")
    assert answer_of(journey.decide(page)).keys() == {"code", "state", "iss"}


def test_no_page_with_a_code_or_handle_is_kept_by_the_browser(journey: Journey) -> None:
    """RFC 9700 §4.3.1: what the browser keeps of the authorization can be read by who uses it next."""
    for what, page in pages(journey).items():
        assert "no-store" in page["Cache-Control"], what
    assert journey.decide(journey.ask())["Cache-Control"] == "no-store"


def test_every_answer_names_this_server_so_that_no_other_can_be_mixed_up_with_it(journey: Journey) -> None:
    """RFC 9700 §4.4: a client of two servers that mixes them up sends one server's code to the other."""
    issuer = Browser().get("/.well-known/oauth-authorization-server").json()["issuer"]
    answers = [
        journey.decide(journey.ask()),
        journey.decide(journey.ask(), decision="deny"),
        journey.ask(code_challenge=None),
        journey.ask(prompt="none"),
    ]
    for answer in answers:
        found = [value for name, value in parse_qsl(urlsplit(answer["Location"]).query) if name == "iss"]
        assert found == [issuer] == [ISSUER]


@pytest.mark.parametrize("fault", [{"response_type": "token"}, {"code_challenge": None}, {"scope": "\x00"}])
def test_a_link_does_not_send_a_stranger_to_the_site_of_whoever_wrote_it(
    evil: Journey, fault: dict[str, str | None]
) -> None:
    """RFC 9700 §4.11.2: a link to this server that answers at once is an open redirector with a good name."""
    evil.browser, person = Browser(), evil.browser
    response = evil.ask(**fault)
    assert response["Location"].startswith("/accounts/login/?")
    # Whoever signed in is a person, and the app is told.
    evil.browser = person
    assert evil.browser.get(login_target(response))["Location"].startswith(f"{EVIL}?error=")


def test_a_silent_request_is_answered_silently_even_when_it_is_wrong(evil: Journey) -> None:
    """RFC 9700 §4.11.2: signing in first is asked of everything but silent authentication."""
    evil.browser = Browser()
    assert answer_of(evil.ask(prompt="none", code_challenge=None))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "target", [EVIL, "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "\thttps://e.x"]
)
def test_signing_in_and_out_leads_to_no_other_site(journey: Journey, alice: User, target: str) -> None:
    """RFC 9700 §4.11: an address to go on to afterwards is taken from the request, so it has to be one of ours."""
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(f"/accounts/login/?{urlencode({'next': target})}").content.decode()
    form = {"login": alice.email, "password": PASSWORD, "next": target}
    response = browser.post(
        "/accounts/login/", {**form, "csrfmiddlewaretoken": field_value(page, "csrfmiddlewaretoken")}
    )
    assert (response.status_code, response["Location"]) == (302, "/")
    wish = {"post_logout_redirect_uri": target, "client_id": journey.client.client_id}
    assert Browser().get("/oauth/logout", wish)["Location"] == "/"


def test_no_redirect_makes_the_browser_send_a_form_again(journey: Journey, alice: User) -> None:
    """RFC 9700 §4.12: after a 307 the browser would post the person's password or consent to the client."""
    browser = Browser()
    target = browser.get("/oauth/authorize", journey.query())["Location"]
    signed = browser.post(target, {"login": alice.email, "password": PASSWORD})
    again = journey.browser.post("/oauth/authorize", journey.query())
    signed_out = Browser().post("/oauth/logout")
    assert [signed.status_code, again.status_code, signed_out.status_code] == [302, 303, 303]
    assert journey.decide(journey.ask()).status_code == 303
    assert journey.decide(journey.ask(), decision="deny").status_code == 303


def test_no_page_can_be_framed(journey: Journey) -> None:
    """RFC 9700 §4.16: a page in an invisible frame gets clicks that were meant for something else."""
    for what, page in pages(journey).items():
        assert page["X-Frame-Options"] == "DENY", what
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"], what


@pytest.mark.parametrize("mode", ["web_message", "form_post", "web_message.jwt"])
def test_no_answer_is_posted_to_a_window(journey: Journey, mode: str) -> None:
    """RFC 9700 §4.17: answers by postMessage reach whoever holds the window; here there are none."""
    assert answer_of(journey.ask(response_mode=mode))["error"] == "invalid_request"
    assert journey.ask()["Cross-Origin-Opener-Policy"] == "same-origin"
