"""What clients discover (RFC 8414, OpenID Connect Discovery 1.0, RFC 9728; protocol.md P-D1..P-D4).

Metadata says what is true and nothing else: it is built from the registries that the endpoints use, once per process
and spelling of the issuer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse

from roboflow_auth.access.catalogue import BASELINE, SCOPES
from roboflow_auth.core.languages import language_tags
from roboflow_auth.core.machine_endpoints import machine_endpoint
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.oauth.authorization.request import PROMPTS
from roboflow_auth.oauth.client_keys import SIGNING_ALGORITHMS
from roboflow_auth.oauth.grants import GRANTS
from roboflow_auth.oauth.grants.jwt_bearer import GRANT_PROFILE
from roboflow_auth.oauth.keys import SIGNING_ALGORITHM
from roboflow_auth.oauth.models import AuthMethod, Client

MAX_AGE_SECONDS = 300
_CLAIMS = ["sub", "iss", "aud", "exp", "iat", "auth_time", "amr", "nonce", "name", "email", "email_verified"]
# The start page says how an agent is connected, the reference how the API is called.
_DOCUMENTATION = {Resource.MCP: "web:home", Resource.API: "api:docs"}
_RESOURCE_NAMES = {Resource.MCP: "Roboflow MCP server", Resource.API: "Roboflow REST API"}


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A JSON document as it is sent, and the tag by which a client tells that it has it already."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> PublicDocument:
        """Return the document with these members."""
        body = json.dumps(members, indent=1).encode()
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


@machine_endpoint
def authorization_server(request: HttpRequest) -> HttpResponse:
    """Describe the authorization server; the same document answers OpenID Connect Discovery (RFC 8414 §3)."""
    return public_response(
        request, _authorization_server(public_url_of(request), settings.CIMD_ENABLED, settings.OAUTH_ADVERTISE_ISS)
    )


@machine_endpoint
def protected_resource(request: HttpRequest, resource: Resource = Resource.MCP) -> HttpResponse:
    """Describe one of the two protected resources (RFC 9728 §3)."""
    return public_response(request, _protected_resource(public_url_of(request), resource))


def public_response(request: HttpRequest, document: PublicDocument) -> HttpResponse:
    """Return a document that may be kept for five minutes and is asked for again by its ETag (P-D4)."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        response: HttpResponse = JsonResponse({"error": "invalid_request", "error_description": "Use GET."}, status=405)
        response["Allow"] = "GET, HEAD, OPTIONS"
        return response
    asked = request.headers.get("If-None-Match", "")
    # RFC 9110 §13.1.2: a star matches whatever there is.
    is_known = document.etag in asked or asked.strip() == "*"
    response = HttpResponseNotModified() if is_known else HttpResponse(document.body, content_type="application/json")
    response["ETag"] = document.etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response


@lru_cache(maxsize=64)
def _authorization_server(issuer: str, is_cimd_enabled: bool, is_iss_advertised: bool) -> PublicDocument:
    every_method = list(AuthMethod.values)
    # RFC 7662 §2.1: who introspects must prove who it is.
    proving_methods = [method for method in every_method if method != AuthMethod.NONE]
    algorithms = list(SIGNING_ALGORITHMS)
    members = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        **({"device_authorization_endpoint": f"{issuer}/oauth/device_authorization"} if _has_devices() else {}),
        "registration_endpoint": f"{issuer}/oauth/register",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "end_session_endpoint": f"{issuer}/oauth/logout",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        # draft-ietf-oauth-identity-assertion-authz-grant-04 §7.2: which JWTs the jwt-bearer grant takes.
        "authorization_grant_profiles_supported": [GRANT_PROFILE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": every_method,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": every_method,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": proving_methods,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": algorithms,
        "authorization_response_iss_parameter_supported": is_iss_advertised,
        **({"client_id_metadata_document_supported": True} if is_cimd_enabled else {}),
        "protected_resources": [resource_url(issuer, resource) for resource in Resource],
        "prompt_values_supported": sorted(PROMPTS),
        "ui_locales_supported": language_tags(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [SIGNING_ALGORITHM],
        "claims_supported": _CLAIMS,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }
    return PublicDocument.of(members)


def _has_devices() -> bool:
    return Client.GRANT_DEVICE_CODE in GRANTS


@lru_cache(maxsize=64)
def _protected_resource(issuer: str, resource: Resource) -> PublicDocument:
    members = {
        "resource": resource_url(issuer, resource),
        "authorization_servers": [issuer],
        # Only what a client needs to begin with: a list of everything would be asked for in full (P-D3).
        "scopes_supported": list(BASELINE),
        "bearer_methods_supported": ["header"],
        # RFC 9728 §2: whoever asks for tokens that are bound to a key may use them here, and nobody has to.
        "dpop_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
        "resource_name": _RESOURCE_NAMES[resource],
        "resource_documentation": issuer + reverse(_DOCUMENTATION[resource]),
    }
    return PublicDocument.of(members)
