"""Discovery: every place in which clients look, one truth everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings

from roboflow_auth.access.catalogue import BASELINE, SCOPES
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.www_authenticate import bearer_challenge
from roboflow_auth.oauth.grants import GRANTS
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, answer_of

SERVER_METADATA = [
    f"{prefix}/.well-known/{name}{suffix}{slash}"
    for name in ("oauth-authorization-server", "openid-configuration")
    for prefix, suffix in (("", ""), ("", "/mcp"), ("", "/api/v1"), ("/mcp", ""))
    for slash in ("", "/")
]
MCP_METADATA = [
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp/",
    "/mcp/.well-known/oauth-protected-resource",
]


def fetch(path: str, **headers: str) -> Any:
    """Return the answer to a GET of `path`."""
    return Browser().get(path, headers=headers)


@clause(
    "P-I1.1", "P-D1.1", "P-D3.2", "RFC8414-3.3", "MCP-SECURITY-authorization-code-protection", "P-D3.4", "RFC9207-3"
)
@pytest.mark.parametrize("path", SERVER_METADATA)
def test_the_server_is_described_wherever_clients_look(path: str) -> None:
    described = fetch(path).json()
    assert described["issuer"] == ISSUER
    assert described["authorization_response_iss_parameter_supported"] is True
    assert described["code_challenge_methods_supported"] == ["S256"]
    assert described["response_types_supported"] == ["code"]
    assert "none" in described["token_endpoint_auth_methods_supported"]


@clause(
    "P-I1.1",
    "P-I2.1",
    "P-D2.1",
    "RFC9728-2",
    "RFC9728-3.2",
    "RFC9728-3.3",
    "MCP-DISCOVERY-authorization-server-location",
)
@pytest.mark.parametrize("path", MCP_METADATA)
def test_the_mcp_resource_is_described_by_its_exact_url(path: str) -> None:
    described = fetch(path).json()
    assert described["resource"] == f"{ISSUER}/mcp"
    assert described["authorization_servers"] == [ISSUER]
    assert described["bearer_methods_supported"] == ["header"]


@clause("P-I2.1", "P-D2.2")
def test_the_api_is_a_resource_of_its_own() -> None:
    assert fetch("/.well-known/oauth-protected-resource/api/v1").json()["resource"] == f"{ISSUER}/api/v1"


@pytest.mark.parametrize("path", [MCP_METADATA[0], "/.well-known/oauth-protected-resource/api/v1"])
def test_a_resource_names_a_page_about_it_that_exists(path: str, db: None) -> None:
    page = Browser().get(fetch(path).json()["resource_documentation"].removeprefix(ISSUER))
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_other_well_known_paths_are_not_found_in_json() -> None:
    response = fetch("/.well-known/oauth-protected-resource/elsewhere")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"


@clause("P-D3.5", "MCP-AUTH-refresh-tokens")
def test_the_server_lists_every_scope_and_the_resources_only_the_baseline() -> None:
    assert fetch(SERVER_METADATA[0]).json()["scopes_supported"] == list(SCOPES)
    for path in (MCP_METADATA[0], "/.well-known/oauth-protected-resource/api/v1"):
        assert fetch(path).json()["scopes_supported"] == list(BASELINE)


@clause("P-D3.1")
def test_grants_are_those_of_the_token_endpoint() -> None:
    assert fetch(SERVER_METADATA[0]).json()["grant_types_supported"] == list(GRANTS)


@clause("P-D3.3", "RFC8414-2", "RFC8414-3.2", "OIDC-DISCOVERY-3")
def test_every_member_that_the_standards_require_is_there() -> None:
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"):
        response = fetch(path)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        described = response.json()
        for member in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            assert described[member].startswith(f"{ISSUER}/")
        assert not set("?#") & set(described["issuer"])
        assert described["subject_types_supported"] == ["public"]
        assert described["id_token_signing_alg_values_supported"] == ["RS256"]
        assert "openid" in described["scopes_supported"]
        assert described["client_id_metadata_document_supported"] is True


@clause("P-D3.4", "RFC9207-3")
def test_a_deployment_may_stop_announcing_iss_and_sends_it_all_the_same(journey: Journey, settings: Any) -> None:
    settings.OAUTH_ADVERTISE_ISS = False
    described = fetch(SERVER_METADATA[0]).json()
    assert not described["authorization_response_iss_parameter_supported"]
    assert answer_of(journey.decide(journey.ask()))["iss"] == ISSUER


@clause("P-D3.1")
def test_every_endpoint_that_is_named_exists(db: None) -> None:
    described = fetch(SERVER_METADATA[0]).json()
    named = {value for key, value in described.items() if key.endswith("_endpoint") or key == "jwks_uri"}
    assert len(named) == 9
    for address in named:
        assert Browser().options(address.removeprefix(ISSUER)).status_code != 404


@clause("P-I3.1")
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9999", "[::1]:8000"])
def test_in_development_the_loopback_spelling_that_was_typed_is_the_identity(host: str) -> None:
    described = Browser().get("/.well-known/oauth-authorization-server", headers={"Host": host}).json()
    assert described["issuer"] == f"http://{host}"
    assert described["token_endpoint"] == f"http://{host}/oauth/token"


@clause("P-I3.2")
@override_settings(DEVELOPMENT=False)
@pytest.mark.parametrize("host", ["localhost:8000", "evil.example", "testserver.evil.example", "testserver:81"])
def test_in_production_another_host_is_refused(host: str) -> None:
    assert Browser().get("/.well-known/oauth-authorization-server", headers={"Host": host}).status_code == 400


@clause("P-D3.3", "P-C5.10")
@override_settings(CIMD_ENABLED=False)
def test_metadata_documents_are_not_announced_when_they_are_off() -> None:
    assert "client_id_metadata_document_supported" not in fetch(SERVER_METADATA[0]).json()


@clause("P-D4.1")
def test_it_may_be_cached_and_is_asked_for_again_by_its_etag() -> None:
    first = fetch(MCP_METADATA[0])
    assert first["Cache-Control"] == "public, max-age=300"
    again = fetch(MCP_METADATA[0], **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for seen in (f'"other", W/{first["ETag"]}', "*"):
        assert fetch(MCP_METADATA[0], **{"If-None-Match": seen}).status_code == 304
    assert fetch(MCP_METADATA[0], **{"If-None-Match": '"other"'}).status_code == 200
    assert Browser().head(MCP_METADATA[0])["ETag"] == first["ETag"]


@clause("RFC9449-5.1")
def test_the_server_and_both_resources_say_which_proofs_they_take() -> None:
    algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
    assert fetch(SERVER_METADATA[0]).json()["dpop_signing_alg_values_supported"] == algorithms
    for resource in ("/mcp", "/api/v1"):
        described = fetch(f"/.well-known/oauth-protected-resource{resource}").json()
        assert described["dpop_signing_alg_values_supported"] == algorithms
        assert described["dpop_bound_access_tokens_required"] is False


@clause("P-X1.1")
@pytest.mark.parametrize(
    "path",
    [
        *(SERVER_METADATA[0], MCP_METADATA[2], "/oauth/jwks", "/oauth/token", "/oauth/register", "/oauth/revoke"),
        "/oauth/userinfo",
    ],
)
def test_a_browser_app_may_read_it_from_any_origin(path: str, db: None) -> None:
    preflight = Browser().options(
        path,
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "mcp-protocol-version, content-type, dpop",
        },
    )
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "mcp-protocol-version" in preflight["Access-Control-Allow-Headers"]
    assert "dpop" in preflight["Access-Control-Allow-Headers"]
    answer = fetch(path, Origin="https://app.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "DPoP-Nonce" in answer["Access-Control-Expose-Headers"]


@clause("P-X1.3")
@pytest.mark.parametrize("path", ["/oauth/authorize", "/accounts/login/", "/"])
def test_pages_may_not_be_read_from_other_origins(path: str, db: None) -> None:
    assert "Access-Control-Allow-Origin" not in fetch(path, Origin="https://app.example")


@pytest.mark.parametrize("path", [SERVER_METADATA[0], MCP_METADATA[2], "/oauth/jwks"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_json(path: str, method: str, db: None) -> None:
    # As outside of tests: no page about a missing CSRF token.
    response = Browser(enforce_csrf_checks=True).generic(method, path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["error"] == "invalid_request"


@clause("RFC9728-5.1", "MCP-DISCOVERY-protected-resource-metadata-discovery-requirements")
def test_a_challenge_names_the_metadata_that_exists() -> None:
    challenge = bearer_challenge(ISSUER, Resource.MCP)
    assert challenge.count("resource_metadata=") == 1
    assert fetch(challenge.split('"')[1].removeprefix(ISSUER)).status_code == 200
