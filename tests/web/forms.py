"""How tests fill in forms of pages: with the token of the page before, as browsers do, and followed to what is said."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser

from tests.builders import PASSWORD
from tests.oauth.journeys import field_value


def send(browser: Browser, page: str, action: str, **fields: Any) -> Any:
    """Send a form from `page` to `action`; return the answer, not followed."""
    # Pages that the person may not see give no token away; the start page always does.
    for path in (page, "/"):
        html = browser.get(path).content.decode()
        if "csrfmiddlewaretoken" in html:
            break
    return browser.post(action, {"csrfmiddlewaretoken": field_value(html, "csrfmiddlewaretoken"), **fields})


def said(browser: Browser, response: Any) -> str:
    """Return the page to which an answer leads."""
    assert response.status_code in (302, 303), (response.status_code, response.content[:500])
    return browser.get(response["Location"]).content.decode()


def prove(browser: Browser, path: str) -> Browser:
    """Let the person who opened `path` type their password once more; return the browser."""
    asked = browser.get(path)["Location"]
    send(browser, asked, asked, password=PASSWORD, next=path)
    return browser
