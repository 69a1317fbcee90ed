"""What a person at the pages does in tests: sends forms as the page has them, and reads what it says afterwards."""

from __future__ import annotations

import html
import re
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.builders import PASSWORD
from tests.oauth.journeys import signed_in

PROOF = "/accounts/reauthenticate/"


def send(browser: Browser, page: str, path: str, **fields: Any) -> Any:
    """Send a form to `path` with the CSRF token of the page at `page`, and return the answer."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).content.decode())
    assert token
    return browser.post(path, {"csrfmiddlewaretoken": token.group(1), **fields})


def told(response: Any) -> str:
    """Return what the page will say after the answer to a form."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def text_of(response: Any) -> str:
    """Return a page's text without its tags, in single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def submit(browser: Browser, path: str, form: dict[str, Any], *, page: str = "/keys") -> Any:
    """Send `form` to `path` as a form of `page` does, with its CSRF token."""
    return send(browser, page, path, **form)


def proved(user: User) -> Browser:
    """Return a browser in which `user` is signed in and has just given the password again."""
    browser = signed_in(user)
    prove(browser, "/keys")
    return browser


def prove(browser: Browser, then: str) -> Any:
    """Give the password on the page that asks for it, and return the answer; `then` is where it leads."""
    return submit(browser, PROOF, {"password": PASSWORD, "next": then}, page=f"{PROOF}?next={then}")
