"""Which credentials are read, and whom they stand for (P-M1, P-M2, P-I2, P-G2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, make_secret
from roboflow_auth.oauth.models import AccessToken, Client, Connection, Session
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.mcp_server.client import McpClient

PLAIN_CHALLENGE = (
    'Bearer resource_metadata="http://testserver/.well-known/oauth-protected-resource/mcp", '
    f'scope="{" ".join(sorted(BASELINE))}"'
)
DPOP_OFFER = ', DPoP algs="RS256 PS256 ES256 ES384 EdDSA Ed25519"'
INVALID_TOKEN = PLAIN_CHALLENGE + ', error="invalid_token"'


def assert_refused(mcp: McpClient, **credential: Any) -> None:
    answer = mcp.rpc("tools/list", **credential)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith(INVALID_TOKEN)
    assert answer.json()["error"] == "invalid_token"


@clause("P-M1.3", "P-M2.1", "RFC6750-3.1", "RFC9728-5.1")
@pytest.mark.parametrize("headers", [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": "Basic YWxpY2U6eA=="},
    {"Authorization": ""},
    {"x-api-key": ""},
    {"x-api-key": "  "},
])  # fmt: skip
def test_a_request_without_credential_is_challenged_without_an_error(mcp: McpClient, headers: dict[str, str]) -> None:
    answer = mcp.rpc("tools/list", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == PLAIN_CHALLENGE + DPOP_OFFER
    assert answer.json() == {"error": "unauthorized", "error_description": "Sign in to use this server."}


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "OPTIONS"])
def test_every_method_is_challenged(mcp: McpClient, method: str) -> None:
    answer = mcp.send(method)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == PLAIN_CHALLENGE + DPOP_OFFER
    assert (answer.content == b"") is (method == "HEAD")


@clause("P-M1.1", "MCP-AUTH-token-requirements")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.django_db(transaction=True)
def test_the_scheme_is_read_without_regard_to_case(mcp: McpClient, alice_token: str, scheme: str) -> None:
    assert mcp.rpc("tools/list", headers={"Authorization": f"{scheme} {alice_token}"}).status_code == 200


@clause("P-M2.2")
@pytest.mark.parametrize("token", ["junk", "rfoa_short", "a b c"])
def test_what_cannot_be_a_token_is_an_invalid_token(mcp: McpClient, token: str) -> None:
    assert_refused(mcp, token=token)


@pytest.mark.parametrize("kind", [SecretKind.REFRESH_TOKEN, SecretKind.API_KEY])
def test_another_kind_of_secret_is_no_access_token(mcp: McpClient, kind: SecretKind) -> None:
    assert_refused(mcp, token=make_secret(kind))


@clause("P-M1.2")
def test_a_credential_in_the_query_is_none(mcp: McpClient) -> None:
    raw = make_secret(SecretKind.ACCESS_TOKEN)
    answer = mcp.rpc("tools/list", path=f"/mcp?access_token={raw}&api_key={raw}")
    assert answer.headers["www-authenticate"] == PLAIN_CHALLENGE + DPOP_OFFER


@clause("P-M2.2", "RFC6750-3.1")
@pytest.mark.django_db(transaction=True)
def test_an_unknown_token_and_an_unknown_key_are_refused(mcp: McpClient) -> None:
    assert_refused(mcp, token=make_secret(SecretKind.ACCESS_TOKEN))
    assert_refused(mcp, key=make_secret(SecretKind.API_KEY))


@clause("P-I2.2", "P-M2.2", "MCP-SECURITY-token-audience-binding-and-validation")
@pytest.mark.django_db(transaction=True)
def test_a_token_for_the_api_is_no_token_here(mcp: McpClient, alice: User, acme: Workspace) -> None:
    assert_refused(mcp, token=builders.make_token(alice, acme, resource=Resource.API))


@clause("P-G2.2", "P-M2.2", "MCP-AUTH-token-handling")
@pytest.mark.django_db(transaction=True)
def test_whatever_ends_access_ends_it_at_once(mcp: McpClient, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme)
    now = timezone.now()
    endings: list[tuple[type[object], dict[str, object], dict[str, object]]] = [
        (AccessToken, {"expires": now - timedelta(seconds=1)}, {"expires": now + timedelta(hours=1)}),
        (AccessToken, {"revoked_at": now}, {"revoked_at": None}),
        (Session, {"ended_at": now}, {"ended_at": None}),
        (Connection, {"revoked_at": now}, {"revoked_at": None}),
        (Connection, {"expires_at": now - timedelta(seconds=1)}, {"expires_at": None}),
        (Client, {"is_disabled": True}, {"is_disabled": False}),
        (User, {"is_active": False}, {"is_active": True}),
    ]
    for model, ending, undoing in endings:
        rows = model._default_manager.all()  # type: ignore[attr-defined]
        assert mcp.rpc("tools/list", token=token).status_code == 200, ending
        rows.update(**ending)
        assert_refused(mcp, token=token)
        rows.update(**undoing)
    Membership.objects.filter(user=alice).delete()
    assert_refused(mcp, token=token)


@clause("P-M1.1")
@pytest.mark.django_db(transaction=True)
def test_an_api_key_is_a_credential_until_it_is_revoked(mcp: McpClient, alice: User, acme: Workspace) -> None:
    key = builders.make_api_key(alice, acme, ["workspace:read"])
    assert mcp.result("workspace_get", key=key)["granted_scopes"] == ["workspace:read"]
    ApiKey.objects.update(revoked_at=timezone.now())
    assert_refused(mcp, key=key)


@clause("RFC6750-2")
@pytest.mark.django_db(transaction=True)
def test_more_than_one_credential_is_an_invalid_request(mcp: McpClient, alice: User, acme: Workspace) -> None:
    token, key = builders.make_token(alice, acme), builders.make_api_key(alice, acme)
    bearer = ("Authorization", f"Bearer {token}")
    for headers in ([bearer, bearer], [bearer, ("x-api-key", key)], [("x-api-key", key), ("x-api-key", key)]):
        answer = mcp.send(headers=headers)
        assert answer.status_code == 400
        assert answer.headers["www-authenticate"] == PLAIN_CHALLENGE + ', error="invalid_request"'
        assert answer.json()["error"] == "invalid_request"
    assert mcp.rpc("tools/list", key=key, headers={"Authorization": "Bearer"}).status_code == 200


@clause("P-G1.2")
@pytest.mark.django_db(transaction=True)
def test_people_act_only_in_the_workspace_of_the_connection(
    mcp: McpClient, alice_token: str, bob_token: str, carol_token: str
) -> None:
    callers = [mcp.result("workspace_get", token=token) for token in (alice_token, bob_token, carol_token)]
    assert [(caller["workspace"], caller["role"]) for caller in callers] == [
        ("acme", "owner"), ("acme", "labeler"), ("carol", "owner"),
    ]  # fmt: skip
