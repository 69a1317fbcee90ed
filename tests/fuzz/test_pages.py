"""Pages: authorization requests, the consent form, signing in, and addresses that nobody types."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.rules.redirect_uri import without_loopback_port
from roboflow_auth.workspaces.models import Workspace
from tests.fuzz.desk import Desk, make_desk, send_from
from tests.fuzz.effort import effort
from tests.fuzz.formats import AUTHORIZATION_ERRORS, assert_page, undone
from tests.fuzz.hostile import encoded, forms, odd_headers, texts
from tests.oauth.journeys import field_value

FURTHER = (
    *("response_mode", "prompt", "max_age", "login_hint", "ui_locales", "nonce", "request", "request_uri", "claims"),
    *("approval_prompt", "client_secret", "display", "acr_values", "id_token_hint", "registration"),
)


CALLBACK = "http://127.0.0.1/callback?"


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Desk:
    """Return what there is to attack."""
    return make_desk(alice)


def assert_authorization(answer: Any, desk: Desk) -> None:
    """Fail unless `answer` is a page of ours, or goes to sign-in or to the redirect URI that was registered."""
    assert_page(answer, *desk.secrets)
    if answer.status_code in (302, 303):
        goes_to = answer["Location"]
        # Of a loopback redirect URI the port is free (RFC 8252 §7.3).
        assert goes_to.startswith("/accounts/login/") or without_loopback_port(goes_to).startswith(CALLBACK), goes_to
        error = dict(parse_qsl(urlsplit(goes_to).query)).get("error", "")
        assert not error or error in AUTHORIZATION_ERRORS


@effort
@given(data=st.data())
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_any_authorization_request_is_answered(desk: Desk, is_signed_in: bool, data: st.DataObject) -> None:
    raw = data.draw(forms(desk.journey.query(), FURTHER))
    headers = data.draw(odd_headers()) if not is_signed_in else {}
    browser = desk.journey.browser if is_signed_in else Browser()
    with undone():
        assert_authorization(send_from(browser, "GET", f"/oauth/authorize?{raw}", headers=headers), desk)


@effort
@given(data=st.data())
def test_any_answer_to_the_question_is_answered(desk: Desk, data: st.DataObject) -> None:
    with undone():
        page = desk.journey.ask(prompt="consent").content.decode()
        form = {
            "handle": field_value(page, "handle"),
            "csrfmiddlewaretoken": field_value(page, "csrfmiddlewaretoken"),
            "decision": "allow",
            "duration": "90",
            "workspace": "acme",
            "level": "read",
            "scopes": "project:read",
        }
        raw = data.draw(forms(form, ("scopes", "redirect_uri", "scope", "client_id", "state", "user", "approve")))
        assert_authorization(send_from(desk.journey.browser, "POST", "/oauth/authorize", raw), desk)


@effort
@given(data=st.data())
@pytest.mark.parametrize("path", ["/oauth/authorize/switch-account", "/oauth/authorize/waiting", "/oauth/logout"])
def test_any_handle_or_hint_is_answered(desk: Desk, path: str, data: st.DataObject) -> None:
    valid = {"handle": desk.handle, "id_token_hint": "a.b.c", "post_logout_redirect_uri": "https://a.example/"}
    raw = data.draw(forms(valid, ("state", "client_id", "ui_locales")))
    method = data.draw(st.sampled_from(("GET", "POST", "HEAD", "PUT")))
    with undone():
        answer = send_from(desk.journey.browser, method, f"{path}?{raw}")
        assert answer.status_code < 500
        assert not answer.get("Location", "").startswith("https://a.example")


@effort
@given(data=st.data())
def test_any_sign_in_is_answered(alice: User, data: st.DataObject) -> None:
    browser = Browser()
    token = field_value(browser.get("/accounts/login/").content.decode(), "csrfmiddlewaretoken")
    form = {"csrfmiddlewaretoken": token, "login": alice.email, "password": "wrong", "next": "/oauth/authorize?a=b"}
    raw = data.draw(forms(form, ("next", "remember")))
    with undone():
        answer = send_from(browser, "POST", "/accounts/login/", raw)
        assert answer.status_code < 500
        assert not answer.get("Location", "/").startswith(("//", "http"))


@effort
@given(data=st.data())
def test_any_address_with_any_header_is_answered(db: None, data: st.DataObject) -> None:
    places = st.sampled_from(("/", "/accounts/login/", "/accounts/password/reset/key/", "/static/", "/admin/", "/x"))
    path = data.draw(places) + data.draw(st.one_of(st.just(""), texts.map(encoded)))
    method = data.draw(st.sampled_from(("GET", "POST", "HEAD", "OPTIONS", "BREW")))
    headers = data.draw(odd_headers())
    with undone():
        assert send_from(Browser(), method, path, headers=headers).status_code < 500
