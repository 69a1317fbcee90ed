"""What the tests of a workspace's apps do at the admin's desk, over the real pages."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.workspace_apps.identity import hash_key, keys_of
from tests.oauth.journeys import BACKEND, Journey, field_value

LOOPBACK = "http://127.0.0.1/callback"


def at_desk(user: User) -> Browser:
    """Return the browser of an admin."""
    browser = Browser()
    browser.force_login(user, BACKEND)
    return browser


def app_id(client: Client, redirect_uri: str = LOOPBACK) -> str:
    """Return the name by which the pages call the app that `client` is."""
    return hash_key(keys_of(client, redirect_uri)[0])


def decide(
    browser: Browser, decision: str, client: Client, *, redirect_uri: str = LOOPBACK, workspace: str = "acme"
) -> Any:
    """Send a decision about an app."""
    form = {"app": app_id(client, redirect_uri), "decision": decision}
    return browser.post(f"/w/{workspace}/apps/decision", form)


def set_rule(browser: Browser, policy: str, *, keep: bool = False, workspace: str = "acme") -> None:
    """Change the workspace's rule."""
    form = {"policy": policy, **({"keep": "yes"} if keep else {})}
    response = browser.post(f"/w/{workspace}/apps/rule", form)
    assert response.status_code == 303, response.content


def ask_admins(journey: Journey, page: Any, workspace: str = "acme") -> str:
    """Press «Ask an admin» on the consent page, and return the address of the page that waits."""
    html = page.content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    response = journey.browser.post("/oauth/authorize/ask-workspace", {**form, "workspace": workspace})
    assert response.status_code == 303, response.content
    return str(response["Location"])
