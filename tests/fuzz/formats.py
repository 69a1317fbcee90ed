"""What every answer must be, whatever was asked: the endpoint's own format, no fault, and none of the secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import transaction

TOKEN_ERRORS = frozenset(
    {
        *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"),
        *("invalid_scope", "invalid_target"),
    }
)
CLIENT_ERRORS = frozenset({"invalid_request", "invalid_client"})
REGISTRATION_ERRORS = frozenset(
    {"invalid_request", "invalid_client_metadata", "invalid_redirect_uri", "invalid_token", "not_found"}
)
USERINFO_ERRORS = frozenset({"invalid_request", "invalid_token", "insufficient_scope"})
AUTHORIZATION_ERRORS = TOKEN_ERRORS - {"invalid_grant", "unsupported_grant_type", "invalid_client"} | {
    *("unsupported_response_type", "access_denied", "login_required", "consent_required"),
    *("request_not_supported", "request_uri_not_supported"),
}

# RFC 6749 §5.2 and RFC 7591 §3.2.2: ASCII, without quotation marks and backslashes.
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")


@contextmanager
def undone() -> Iterator[None]:
    """Undo what a block did to the database and the cache, so that every example begins with the same codes."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def assert_oauth(answer: Any, errors: frozenset[str], *secrets: str) -> None:
    """Fail unless `answer` is JSON that no cache keeps and, if it is a refusal, one of `errors` without `secrets`."""
    assert answer.status_code < 500, answer.content
    assert "no-store" in answer["Cache-Control"]
    if answer.status_code < 400:
        return
    assert answer["Content-Type"] == "application/json"
    text = answer.content.decode()
    assert not [secret for secret in secrets if secret in text]
    members = json.loads(text)
    if answer.status_code == 401 and not members:
        # RFC 6750 §3.1: a request without a credential is told nothing but the challenge.
        assert answer["WWW-Authenticate"]
        return
    assert members["error"] in errors, members
    assert _DESCRIPTION.fullmatch(members.get("error_description", "")), members


def assert_page(answer: Any, *secrets: str) -> None:
    """Fail unless `answer` is a page or a redirect; a refusal names the reference under which it is in our log."""
    assert answer.status_code < 500, answer.content
    text = answer.content.decode() if not answer.streaming else ""
    if 300 <= answer.status_code < 400 or answer.status_code == 405:
        return
    assert answer["Content-Type"].startswith("text/html"), (answer.status_code, answer["Content-Type"], text[:200])
    assert not [secret for secret in secrets if secret in text]
    if answer.status_code in (400, 404):
        assert answer["X-Request-Id"] in text


def assert_problem(answer: Any, *secrets: str) -> None:
    """Fail unless `answer` is JSON of the API, and if it is a refusal, problem details (RFC 9457)."""
    assert answer.status_code < 500, answer.content
    text = answer.content.decode()
    assert not [secret for secret in secrets if secret in text]
    if answer.status_code < 400:
        return
    assert answer["Content-Type"] == "application/problem+json", text
    members = json.loads(text)
    assert members["status"] == answer.status_code
    assert members.keys() >= {"type", "title", "detail", "instance", "code", "request_id"}
