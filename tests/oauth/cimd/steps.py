"""A client that only has a metadata document: the document, its way, and what befalls it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from tests.oauth.journeys import Journey, signed_in

PATH = "/apps/client.json"


DOCUMENT: dict[str, Any] = {
    "client_name": "Shelf counter",
    "redirect_uris": ["http://127.0.0.1/callback", "https://app.example/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
}


def journey_of(client_id: str, user: User) -> Journey:
    """Return the way of the client whose document is `client_id`."""
    return Journey(Client(client_id=client_id), signed_in(user))


def expire() -> None:
    """Let every stored document be due again, and every failure forgotten."""
    Client.objects.update(cimd_expires_at=timezone.now() - timedelta(seconds=1))
    cache.clear()


def assert_unknown(response: Any) -> None:
    """Fail unless `response` is the page about an unknown client, which redirects nowhere."""
    assert response.status_code == 400
    assert "Location" not in response
    assert "not known here" in response.content.decode()
