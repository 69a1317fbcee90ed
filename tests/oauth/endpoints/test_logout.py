"""Signing out at a client's wish: what the page that asks shows, and what is not understood."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from tests.clauses import clause
from tests.oauth.journeys import Journey, field_value

BYE = "https://app.example/bye?from=roboflow"


@pytest.fixture
def leaving(journey: Journey) -> Journey:
    """Return Alice's way with a client that registered where she goes after signing out."""
    journey.client.post_logout_redirect_uris = BYE
    journey.client.save()
    return journey


def wish(journey: Journey, **changes: str) -> dict[str, str]:
    """Return the parameters of a client that has no ID token to show."""
    return {"client_id": journey.client.client_id, "post_logout_redirect_uri": BYE, "state": "s", **changes}


def confirm(browser: Browser, page: Any) -> Any:
    """Say yes on the page that asks."""
    form: dict[str, str] = page.context["parameters"]
    token = field_value(page.content.decode(), "csrfmiddlewaretoken")
    return browser.post("/oauth/logout", {**form, "confirmed": "yes", "csrfmiddlewaretoken": token})


def is_signed_in(journey: Journey) -> bool:
    """Return whether the person still is."""
    return "_auth_user_id" in journey.browser.session


def test_the_page_that_asks_names_where_the_browser_goes_and_lets_it_go_there_only(leaving: Journey) -> None:
    page = leaving.browser.get("/oauth/logout", wish(leaving))
    assert page.status_code == 200
    assert "app.example" in page.content.decode()
    assert "form-action 'self' https://app.example;" in f"{page['Content-Security-Policy']};"
    assert is_signed_in(leaving)
    response = confirm(leaving.browser, page)
    assert (response.status_code, response["Location"]) == (303, f"{BYE}&state=s")
    assert not is_signed_in(leaving)


@clause("OIDC-LOGOUT-3")
def test_an_address_that_the_client_did_not_register_is_not_on_the_page(leaving: Journey) -> None:
    page = leaving.browser.get("/oauth/logout", wish(leaving, post_logout_redirect_uri="https://evil.example/"))
    assert "evil.example" not in page["Content-Security-Policy"]
    assert confirm(leaving.browser, page)["Location"] == "/"


@pytest.mark.parametrize("query", ["client_id=a&client_id=b", "state=%00", "state=%ff", "p=1&" * 201 + "p=1"])
def test_a_wish_that_is_not_understood_is_asked_about_and_leads_nowhere(leaving: Journey, query: str) -> None:
    page = leaving.browser.get(f"/oauth/logout?post_logout_redirect_uri={BYE}&{query}")
    assert page.status_code == 200
    assert is_signed_in(leaving)
    assert confirm(leaving.browser, page)["Location"] == "/"


def test_a_repeated_parameter_in_a_form_is_not_understood_either(leaving: Journey) -> None:
    leaving.browser = Browser()
    response = leaving.browser.post("/oauth/logout", {**wish(leaving), "state": ["a", "b"]})
    assert response["Location"] == "/"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(leaving: Journey, method: str) -> None:
    response = leaving.browser.generic(method, "/oauth/logout")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
    assert is_signed_in(leaving)
