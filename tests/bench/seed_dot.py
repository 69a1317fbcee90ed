"""Fills the plain django-oauth-toolkit database for `make bench`: an Order in, Seeds out (see oauth_paths.py)."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import django
from django.utils import timezone

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models need django.setup()
from oauth2_provider.models import (  # noqa: E402
    AccessToken,
    Application,
    Grant,
    RefreshToken,
    set_token_value,
)

_BATCH = 2000
_SCOPE = "read write"


def seed(order: dict[str, Any]) -> dict[str, Any]:
    """Return what `order` asks for, as it is printed."""
    people = User.objects.bulk_create(User(username=f"person-{number}") for number in range(order["people"]))
    app = Application.objects.create(
        client_type="public", authorization_grant_type="authorization-code", redirect_uris=order["redirect_uri"]
    )
    raw_secret = secrets.token_urlsafe(32)
    # Saving it hashes the secret, by the toolkit's default way.
    service = Application.objects.create(
        client_type="confidential", authorization_grant_type="client-credentials", client_secret=raw_secret
    )
    return {
        "client_id": app.client_id,
        "service_id": service.client_id,
        "service_secret": raw_secret,
        "codes": _codes(order, app, people),
        "refresh_tokens": _refresh_tokens(order["codes"], app, people),
        "access_tokens": [raw for raw, _ in _access_tokens(order["tokens"], app, people)],
    }


def _codes(order: dict[str, Any], app: Any, people: list[User]) -> list[str]:
    codes = [secrets.token_urlsafe(24) for _ in range(order["codes"])]
    grants = (
        Grant(
            code=code,
            application=app,
            user=people[number % len(people)],
            expires=timezone.now() + timedelta(hours=2),
            redirect_uri=order["redirect_uri"],
            scope=_SCOPE,
            code_challenge=order["challenge"],
            code_challenge_method="S256",
        )
        for number, code in enumerate(codes)
    )
    Grant.objects.bulk_create(grants, batch_size=_BATCH)
    return codes


def _access_tokens(count: int, app: Any, people: list[User]) -> list[tuple[str, Any]]:
    """Return raw tokens with their rows."""
    end = timezone.now() + timedelta(hours=2)
    made = []
    for number in range(count):
        raw_token = secrets.token_urlsafe(24)
        row = AccessToken(application=app, user=people[number % len(people)], expires=end, scope=_SCOPE)
        set_token_value(row, raw_token)
        made.append((raw_token, row))
    AccessToken.objects.bulk_create([row for _, row in made], batch_size=_BATCH)
    return made


def _refresh_tokens(count: int, app: Any, people: list[User]) -> list[str]:
    raw_tokens, rows = [], []
    for _, access_token in _access_tokens(count, app, people):
        raw_token = secrets.token_urlsafe(24)
        row = RefreshToken(application=app, user=access_token.user, access_token=access_token)
        set_token_value(row, raw_token)
        raw_tokens.append(raw_token)
        rows.append(row)
    RefreshToken.objects.bulk_create(rows, batch_size=_BATCH)
    return raw_tokens


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(json.load(sys.stdin))) + "\n")
