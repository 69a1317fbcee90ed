"""A person in a browser who proved a moment ago who they are."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.builders import PASSWORD
from tests.oauth.journeys import field_value, signed_in

PROOF = "/accounts/reauthenticate/"


def send(browser: Browser, path: str, form: dict[str, Any], *, page: str = "/keys") -> Any:
    """Send `form` to `path` as a form of `page` does, with its CSRF token."""
    html = browser.get(page).content.decode()
    return browser.post(path, {"csrfmiddlewaretoken": field_value(html, "csrfmiddlewaretoken"), **form})


def proved(user: User) -> Browser:
    """Return a browser in which `user` is signed in and has just given the password again."""
    browser = signed_in(user)
    prove(browser, "/keys")
    return browser


def prove(browser: Browser, then: str) -> Any:
    """Give the password on the page that asks for it, and return the answer; `then` is where it leads."""
    return send(browser, PROOF, {"password": PASSWORD, "next": then}, page=f"{PROOF}?next={then}")
