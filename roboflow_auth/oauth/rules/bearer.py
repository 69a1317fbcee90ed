"""Reading a Bearer credential from the Authorization header, the only place it may stand (RFC 6750 §2.1)."""

from __future__ import annotations

from django.http import HttpRequest


def read_bearer(request: HttpRequest) -> str:
    """Return the token of a Bearer header; empty when there is none, another scheme, or an empty credential (P-M1)."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
