"""The registration endpoint: complete answers, secrets that are told once, and bodies of every kind."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client as Machine

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import Client
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.journeys import ISSUER
from tests.oauth.registrations import (
    CODE_AND_REFRESH,
    LOOPBACK,
    assert_refused,
    register,
    registered,
    registered_journey,
    send,
)
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db


@clause("P-C3.1", "RFC7591-3.2.1", "RFC7592-3")
def test_an_answer_is_complete_and_never_cached() -> None:
    response = register(
        contacts=["dev@example.com"], tos_uri="https://example.com/terms", logo_uri="https://x.example/l"
    )
    members = response.json()
    client = Client.objects.get()
    assert members == {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": "Test client",
        "redirect_uris": [LOOPBACK],
        "grant_types": CODE_AND_REFRESH,
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "contacts": ["dev@example.com"],
        "tos_uri": "https://example.com/terms",
        "logo_uri": "https://x.example/l",
        "registration_access_token": members["registration_access_token"],
        "registration_client_uri": f"{ISSUER}/oauth/register/{client.client_id}",
    }
    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"


@clause("P-C3.2")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", None])
def test_a_client_that_wants_a_secret_or_says_nothing_gets_one_that_does_not_expire(method: str | None) -> None:
    members = registered(token_endpoint_auth_method=method)
    assert members["client_secret"].startswith("rfcs_")
    assert members["client_secret_expires_at"] == 0
    assert members["token_endpoint_auth_method"] == (method or "client_secret_basic")


@clause("P-C3.2", "RFC8252-8.5")
def test_a_public_client_gets_no_secret() -> None:
    assert not registered().keys() & {"client_secret", "client_secret_expires_at"}


@clause("P-I5.2")
def test_secrets_are_stored_as_hashes_only() -> None:
    members = registered(token_endpoint_auth_method="client_secret_basic")
    client = Client.objects.get()
    assert client.client_secret == hash_secret(members["client_secret"])
    assert client.registration_token_hash == hash_secret(members["registration_access_token"])
    stored = str(vars(client)) + str(list(AuditEvent.objects.values()))
    assert members["client_secret"] not in stored
    assert members["registration_access_token"] not in stored


def test_a_secret_is_demanded_at_the_token_endpoint(alice: User, acme: Workspace) -> None:
    members = registered(token_endpoint_auth_method="client_secret_post")
    journey = registered_journey(members, alice, LOOPBACK)
    code = journey.code()
    journey.raw_secret = ""
    assert journey.redeem(code).json()["error"] == "invalid_client"
    journey.raw_secret = members["client_secret"]
    assert journey.redeem(code).status_code == 200


def test_a_registration_is_on_record_with_where_it_came_from() -> None:
    registered()
    assert Client.objects.get().registered_from == "127.0.0.1"
    assert AuditEvent.objects.get().action == "register_client"


def test_registering_takes_one_statement_where_several_writes_can_be_one() -> None:
    registered()
    with at_most(1 if connection.vendor == "postgresql" else 2):
        registered()


@clause("RFC7591-3.1", "P-L2.1", "P-L2.2")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1" * 6000,
        b"\xff\xfe",
        b'{"client_name": "\xff"}',
        b'{"redirect_uris": ["http://127.0.0.1/"], "redirect_uris": ["https://evil.example/"]}',
        b"[" * 30_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"redirect_uris": ["http://127.0.0.1/"], "a": ' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"a": "' + b"x" * 65_536 + b'"}',
    ],
)
def test_a_body_that_is_no_sensible_object_is_refused_in_json(raw: bytes) -> None:
    assert_refused(send(raw), "invalid_client_metadata")


@clause("RFC7591-3.1")
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_refused_in_json(content_type: str) -> None:
    assert_refused(send(json.dumps({"redirect_uris": [LOOPBACK]}).encode(), content_type), "invalid_client_metadata")


def test_a_charset_beside_the_content_type_is_fine() -> None:
    raw = json.dumps({"redirect_uris": [LOOPBACK]}).encode()
    assert send(raw, "application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_json(method: str) -> None:
    response = Machine().generic(method, "/oauth/register")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response.json()["error"] == "invalid_request"


@clause("P-X1.1")
def test_a_browser_app_may_register_from_any_origin() -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    preflight = Machine().options(
        "/oauth/register", headers={**headers, "Access-Control-Request-Headers": "content-type"}
    )
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "content-type" in preflight["Access-Control-Allow-Headers"]
