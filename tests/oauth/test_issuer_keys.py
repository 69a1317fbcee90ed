"""Keys of a trusted issuer that its own server publishes: fetched when they are needed, and never more often."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from jwcrypto import jwk

from roboflow_auth.oauth.models import TrustedIssuer
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, public
from tests.oauth.crowd import all_at_once
from tests.oauth.enterprises import Enterprise, make_enterprise, refusal
from tests.support.documents import DocumentServer, Send, answer, make_authority, running_document_server

KEYS = "/keys.json"


@pytest.fixture
def provider(tmp_path: Path, settings: Any) -> Iterator[DocumentServer]:
    """Return the server of an identity provider, trusted and within reach."""
    authority = make_authority(tmp_path)
    settings.CIMD_EXTRA_CA_FILE = str(authority.ca_file)
    settings.CIMD_ALLOW_LOOPBACK = True
    with running_document_server(authority) as running:
        yield running


@pytest.fixture
def hosted(provider: DocumentServer, acme: Workspace) -> Enterprise:
    """Return an enterprise whose provider publishes one key, which was not fetched yet."""
    return make_enterprise(acme, pinned_keys=[], jwks_uri=provider.serve(KEYS, key_set(KEY)))


def key_set(*keys: jwk.JWK, **headers: str) -> Send:
    """Return an answer with the public halves of `keys`."""
    return answer(json.dumps(public(*keys)).encode(), content_type="application/jwk-set+json", headers=headers)


def status(enterprise: Enterprise) -> int:
    """Return what a good assertion is answered with now."""
    return int(enterprise.present(enterprise.assertion()).status_code)


def make_due(by: timedelta = timedelta(seconds=1)) -> None:
    """Let the keys be due since `by`, and every attempt forgotten."""
    TrustedIssuer.objects.update(keys_expire_at=timezone.now() - by)
    cache.clear()


@clause("P-T6.6")
def test_keys_are_fetched_once_and_kept(hosted: Enterprise, provider: DocumentServer) -> None:
    assert [status(hosted) for _ in range(3)] == [200] * 3
    assert provider.requests == [KEYS]


def test_nothing_is_fetched_for_pinned_keys(provider: DocumentServer, acme: Workspace) -> None:
    enterprise = make_enterprise(acme, jwks_uri=provider.serve(KEYS, key_set(OTHER_KEY)))
    assert status(enterprise) == 200
    enterprise.key = OTHER_KEY
    assert refusal(enterprise.present(enterprise.sign(kid="unknown"))) == (400, "invalid_grant")
    assert not provider.requests


@pytest.mark.parametrize(
    "changes",
    [{"aud": "https://other.example"}, {"client_id": "other"}, {"exp": 1}, {"jti": None}, {"iss": "https://x"}],
)
def test_nothing_is_fetched_for_an_assertion_that_is_no_good_anyway(
    hosted: Enterprise, provider: DocumentServer, changes: dict[str, Any]
) -> None:
    assert refusal(hosted.present(hosted.assertion(**changes))) == (400, "invalid_grant")
    assert not provider.requests


@pytest.mark.parametrize("change", ["app", "disabled"])
def test_nothing_is_fetched_for_an_issuer_that_does_not_count_here(
    hosted: Enterprise, provider: DocumentServer, change: str
) -> None:
    if change == "app":
        hosted.issuer.clients.clear()
    else:
        TrustedIssuer.objects.update(is_disabled=True)
    assert status(hosted) == 400
    assert not provider.requests


def test_a_key_with_a_new_label_is_looked_for_once_a_minute(hosted: Enterprise, provider: DocumentServer) -> None:
    assert status(hosted) == 200
    provider.serve(KEYS, key_set(OTHER_KEY))
    hosted.key = jwk.JWK(**{**OTHER_KEY.export(as_dict=True), "kid": "new"})
    provider.serve(KEYS, key_set(hosted.key))
    # One attempt a minute: the first one was just now.
    assert [status(hosted), len(provider.requests)] == [400, 1]
    cache.clear()
    assert [status(hosted), len(provider.requests)] == [200, 2]
    cache.clear()
    assert [status(hosted), len(provider.requests)] == [200, 2]


def test_a_wrong_signature_under_a_known_label_fetches_nothing(hosted: Enterprise, provider: DocumentServer) -> None:
    assert status(hosted) == 200
    cache.clear()
    hosted.key = OTHER_KEY
    assert status(hosted) == 400
    assert provider.requests == [KEYS]


def test_a_key_that_the_issuer_withdrew_is_no_good_when_the_keys_are_due(
    hosted: Enterprise, provider: DocumentServer
) -> None:
    assert status(hosted) == 200
    provider.serve(KEYS, key_set(OTHER_KEY))
    make_due()
    assert status(hosted) == 400


@pytest.mark.parametrize("age, expected", [("max-age=100000", 3600), ("max-age=1", 300), ("no-store", 300)])
def test_keys_are_kept_for_an_hour_at_the_most(
    hosted: Enterprise, provider: DocumentServer, age: str, expected: int
) -> None:
    provider.serve(KEYS, key_set(KEY, Cache_Control=age))
    assert status(hosted) == 200
    expires_at = TrustedIssuer.objects.get().keys_expire_at
    assert expires_at is not None
    assert abs((expires_at - timezone.now()).total_seconds() - expected) < 30


def failing(handler: BaseHTTPRequestHandler) -> None:
    """Answer as a server that has a bad day."""
    answer(b"{}", 500)(handler)


def test_while_the_issuer_is_away_its_last_keys_count_for_a_day(hosted: Enterprise, provider: DocumentServer) -> None:
    assert status(hosted) == 200
    provider.serve(KEYS, failing)
    make_due(timedelta(hours=23))
    assert status(hosted) == 200
    make_due(timedelta(hours=25))
    assert refusal(hosted.present(hosted.assertion())) == (503, "temporarily_unavailable")


@pytest.mark.parametrize(
    "send",
    [
        failing,
        answer(b"{}", 404),
        answer(b"", 302, headers={"Location": "/elsewhere.json"}),
        answer(b"[" * 5000),
        answer(b"not json"),
        answer(b"[]"),
        answer(b'{"keys": []}'),
        answer(b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'),
        answer(b" " * 70_000),
    ],
)
def test_an_answer_that_holds_no_keys_is_nobodys_fault_and_grants_nothing(
    hosted: Enterprise, provider: DocumentServer, send: Send
) -> None:
    provider.serve(KEYS, send)
    provider.serve("/elsewhere.json", key_set(KEY))
    response = hosted.present(hosted.assertion())
    assert refusal(response) == (503, "temporarily_unavailable")
    assert response["Retry-After"]
    assert status(hosted) == 503
    assert provider.requests == [KEYS]


@clause("P-C5.5")
def test_keys_inside_our_own_network_are_not_fetched(
    hosted: Enterprise, provider: DocumentServer, settings: Any
) -> None:
    settings.CIMD_ALLOW_LOOPBACK = False
    assert status(hosted) == 503
    assert not provider.requests


def test_a_large_provider_publishes_certificates_beside_its_keys(hosted: Enterprise, provider: DocumentServer) -> None:
    keys = public(KEY)
    keys["keys"][0]["x5c"] = ["x" * 20_000]
    provider.serve(KEYS, answer(json.dumps(keys).encode()))
    assert status(hosted) == 200
    assert "x5c" not in TrustedIssuer.objects.get().fetched_keys[0]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_crowd_fetches_once(hosted: Enterprise, provider: DocumentServer) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.5)
        key_set(KEY)(handler)

    provider.serve(KEYS, slow)
    assert all_at_once(lambda: status(hosted), 6) == [200] * 6
    assert provider.requests == [KEYS]
