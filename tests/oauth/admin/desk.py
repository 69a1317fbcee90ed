"""What staff do at their desk: open pages, fill in forms, press buttons."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.oauth.models import (
    Client,
)

SHOWN = ("client", "connection", "session", "accesstoken", "refreshtoken", "authorizationcode", "signingkey")


_SECRET = re.compile(r"rfcs_[0-9A-Za-z]{49}")


def list_of(model: str) -> str:
    """Return where the rows of `model` are listed."""
    return reverse(f"admin:oauth_{model}_changelist")


def page_of(row: Any) -> str:
    """Return where `row` is looked at."""
    return reverse(f"admin:oauth_{row._meta.model_name}_change", args=[row.pk])


def press(browser: Browser, row: Any, choice: str = "") -> Any:
    """Press the button of `row`, or the one of several that stands for `choice`."""
    address = reverse(f"admin:oauth_{row._meta.model_name}_button", args=[row.pk])
    return browser.post(address, {"choice": choice}, follow=True)


def act(browser: Browser, action: str, *rows: Any) -> Any:
    """Do `action` to `rows` from their list, and say yes where it asks."""
    return choose(browser, action, *rows, post="yes")


def choose(browser: Browser, action: str, *rows: Any, **more: str) -> Any:
    """Choose `action` for `rows` of their list."""
    form = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return browser.post(list_of(rows[0]._meta.model_name), form, follow=True)


def form_of(**changes: Any) -> dict[str, Any]:
    """Return the form of a public app, with `changes`; None leaves a field out."""
    form = {
        "name": "Shelf counter",
        "redirect_uris": "https://app.example/cb\r\nhttp://127.0.0.1/cb\r\n",
        "auth_method": "none",
        "public_keys": "",
        "jwks_uri": "",
        "grant_types": ["authorization_code", "refresh_token"],
        "resources": ["mcp", "api"],
        "scope_ceiling": [],
        "serves_resource": "",
        "service_workspace": "",
        "service_role": "",
        "access_token_seconds": "",
        "refresh_token_seconds": "",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def save(browser: Browser, client: Client | None = None, **changes: Any) -> Any:
    """Send the form of a new app, or of `client`."""
    return browser.post(
        page_of(client) if client else reverse("admin:oauth_client_add"), form_of(**changes), follow=True
    )


def secrets_on(response: Any) -> set[str]:
    """Return the client secrets that a page shows."""
    return set(_SECRET.findall(response.content.decode()))


def secret_on(response: Any) -> str:
    """Return the one secret that a page shows."""
    (secret,) = secrets_on(response)
    return secret
