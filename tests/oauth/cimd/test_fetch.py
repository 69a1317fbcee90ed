"""Fetching metadata documents: which URLs, which answers, through which doors, and for how long at the most."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.cimd.steps import DOCUMENT, PATH, assert_unknown, journey_of
from tests.oauth.journeys import Journey
from tests.support.documents import (
    DocumentServer,
    answer,
    dripping_listener,
    running_proxy,
)

# What drips does so for much longer than a fetch may take in tests: no slow machine takes one for the other.
DRIPPING_SECONDS = 50


@clause("P-C5.3", "P-C5.4", "CIMD-4/a", "CIMD-4/b", "MCP-CLIENTS-client-id-metadata-documents")
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://other.example/client.json"},
        {"client_id": None},
        {"client_id": ["x"]},
        {"client_secret": "s"},
        {"client_secret": None},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"redirect_uris": []},
        {"redirect_uris": ["javascript:alert(1)", "http://evil.example/"]},
        {"redirect_uris": "http://127.0.0.1/callback"},
        {"client_name": "Roboflow"},
        {"client_name": {"en": "x"}},
        {"grant_types": ["client_credentials"]},
        {"padding": "x" * 5200},
    ],
    ids=str,
)
def test_a_document_that_breaks_the_rules_is_no_client(
    documents: DocumentServer, alice: User, changes: dict[str, Any]
) -> None:
    client_id = documents.serve_document(PATH, {**DOCUMENT, **changes})
    assert_unknown(journey_of(client_id, alice).ask())
    assert not Client.objects.exists()


@clause("P-C5.4", "CIMD-5")
@pytest.mark.parametrize(
    "body, status, content_type, location",
    [
        (b"", 302, "application/json", "/elsewhere.json"),
        (b"", 301, "application/json", "/elsewhere.json"),
        (b"{}", 404, "application/json", ""),
        (b"{}", 500, "application/json", ""),
        (b"{}", 206, "application/json", ""),
        (b"<html>", 200, "text/html", ""),
        (b"{}", 200, "text/plain", ""),
        (b"{", 200, "application/json", ""),
        (b"[]", 200, "application/json", ""),
        (b"\xff\xfe", 200, "application/json", ""),
        (b"[" * 5000, 200, "application/json", ""),
        (b"", 200, "application/json", ""),
    ],
)
def test_an_answer_that_is_no_document_is_no_client(
    documents: DocumentServer, alice: User, body: bytes, status: int, content_type: str, location: str
) -> None:
    documents.serve_document("/elsewhere.json", DOCUMENT)
    headers = {"Location": location} if location else {}
    client_id = documents.serve(PATH, answer(body, status, content_type, headers))
    assert_unknown(journey_of(client_id, alice).ask())
    assert documents.requests == [PATH]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/cimd+json"])
def test_other_spellings_of_json_are_fine(documents: DocumentServer, alice: User, content_type: str) -> None:
    url = f"{documents.origin}{PATH}"
    documents.serve(PATH, answer(json.dumps({"client_id": url, **DOCUMENT}).encode(), 200, content_type))
    assert journey_of(url, alice).ask().status_code == 200


@clause("P-C5.4")
@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_server_that_drips_is_cut_off(documents: DocumentServer, alice: User, where: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        try:
            for _ in range(DRIPPING_SECONDS * 20):
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    client_id = documents.serve(PATH, drip)
    started_at = time.monotonic()
    assert_unknown(journey_of(client_id, alice).ask())
    assert time.monotonic() - started_at < DRIPPING_SECONDS / 2


def test_what_came_until_the_cut_is_not_taken_for_the_whole(documents: DocumentServer, alice: User) -> None:
    def begin_well(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps({"client_id": f"{documents.origin}{PATH}", **DOCUMENT}).encode())
        try:
            for _ in range(100):
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    assert_unknown(journey_of(documents.serve(PATH, begin_well), alice).ask())
    assert not Client.objects.exists()


def test_a_server_that_drips_its_handshake_is_cut_off(documents: DocumentServer, alice: User) -> None:
    started_at = time.monotonic()
    with dripping_listener() as origin:
        assert_unknown(journey_of(f"{origin}{PATH}", alice).ask())
    assert time.monotonic() - started_at < DRIPPING_SECONDS / 2


def test_a_certificate_of_an_unknown_authority_is_refused(journey: Journey, settings: Any) -> None:
    settings.CIMD_EXTRA_CA_FILE = ""
    assert_unknown(journey.ask())


def test_a_certificate_of_another_host_is_refused(documents: DocumentServer, alice: User) -> None:
    documents.serve_document(PATH, DOCUMENT)
    port = urlsplit(documents.origin).port
    assert_unknown(journey_of(f"https://[::1]:{port}{PATH}", alice).ask())
    assert_unknown(journey_of(f"https://wrong.localhost:{port}{PATH}", alice).ask())
    assert documents.requests == []


@clause("P-C5.2", "CIMD-3")
@pytest.mark.parametrize(
    "suffix",
    [
        "",
        "?query=only",
        "/a#fragment",
        "/a#",
        "/a/../b",
        "/a/./b",
        "/..",
        "/a/%2e%2e/b",
        "/a/%2E/b",
        "/a/.%2e",
        "/a b",
        "/a\\b",
        "/ü",
        "/a\x00",
        "/a\n",
        "/" + "a" * 2048,
    ],
)
def test_a_url_that_breaks_the_rules_is_not_fetched(documents: DocumentServer, alice: User, suffix: str) -> None:
    client_id = documents.serve_document(suffix, DOCUMENT)
    assert_unknown(journey_of(client_id, alice).ask())
    assert documents.requests == []


@clause("P-C5.2", "CIMD-3")
@pytest.mark.parametrize(
    "pattern",
    [
        "https://[1:2]/c",
        "https://localhost:99999/c",
        "http://{}/c",
        "HTTPS://{}/c",
        "https://user@{}/c",
        "https://u:p@{}/c",
        "https://@{}/c",
    ],
)
def test_another_scheme_or_a_user_name_is_not_fetched(documents: DocumentServer, alice: User, pattern: str) -> None:
    assert_unknown(journey_of(pattern.format(urlsplit(documents.origin).netloc), alice).ask())
    assert documents.requests == []


@pytest.mark.parametrize("path", ["/", "/a?b=c", "/a..b/c...d", "/" + "a" * 1900])
def test_other_urls_are_fetched(documents: DocumentServer, alice: User, path: str) -> None:
    assert journey_of(documents.serve_document(path, DOCUMENT), alice).ask().status_code == 200
    assert documents.requests == [path]


@clause("P-C5.9")
def test_an_egress_proxy_is_the_way_out_when_there_is_one(
    documents: DocumentServer, alice: User, acme: Workspace, settings: Any
) -> None:
    settings.CIMD_ALLOW_LOOPBACK = False
    client_id = "https://client.example/apps/client.json"
    documents.serve_document(PATH, {**DOCUMENT, "client_id": client_id})
    with running_proxy(urlsplit(documents.origin).port or 0) as (proxy, asked):
        settings.CIMD_EGRESS_PROXY = proxy
        assert journey_of(client_id, alice).tokens()["access_token"]
    assert asked == ["client.example:443"]


def test_a_proxy_that_is_down_is_a_failure_like_any_other(
    documents: DocumentServer, alice: User, settings: Any
) -> None:
    settings.CIMD_EGRESS_PROXY = "http://127.0.0.1:1"
    assert_unknown(journey_of(documents.serve_document(PATH, DOCUMENT), alice).ask())
