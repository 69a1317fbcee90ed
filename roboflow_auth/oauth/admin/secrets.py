"""The page on which staff see new client secrets, this once.

A secret travels in the answer to the very request that made it. A message for the next page would lie readable in a
cookie, or in the row of a session, until it is shown (P-I5).
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roboflow_auth.oauth.models import Client

_HELD = "new_client_secrets"


def hold_secret(request: HttpRequest, client: Client, raw_secret: str) -> None:
    """Keep `raw_secret`, if there is one, for the answer to `request`."""
    if raw_secret:
        vars(request).setdefault(_HELD, []).append((client, raw_secret))


def secrets_page(request: HttpRequest, page: admin.ModelAdmin[Any]) -> TemplateResponse | None:
    """Return the page with the secrets that `request` made; None when it made none."""
    held: list[tuple[Client, str]] = vars(request).get(_HELD, [])
    if not held:
        return None
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": ngettext("New secret", "New secrets", len(held)),
        "secrets": [{"client": client, "secret": raw_secret} for client, raw_secret in held],
        "warning": _("Copy it now. It is shown this once, and can't be looked up again."),
    }
    return TemplateResponse(request, "admin/oauth/secrets.html", context)
