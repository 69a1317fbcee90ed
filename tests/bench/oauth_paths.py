"""The measured paths of an authorization server: the same requests to every competitor, at the addresses it announces.

Seeds are what a competitor's own models made before the run: codes and tokens that nobody used yet.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.bench.load import Load, form

REDIRECT_URI = "http://127.0.0.1/callback"
VERIFIER = "bench-verifier-bench-verifier-bench-verifier-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PEOPLE = 100
TOKENS = 500
"""Access tokens that take turns where a token may be presented again: introspection and /mcp."""

CODE = "code exchange with PKCE"
REFRESH = "refresh with rotation"
SERVICE = "client_credentials"
INTROSPECTION = "introspection by a secret client"
REGISTRATION = "registration"
METADATA = "metadata"
OAUTH_PATHS = (CODE, REFRESH, SERVICE, INTROSPECTION, REGISTRATION, METADATA)

_TOKEN_MEMBERS = frozenset({"access_token", "token_type", "expires_in", "scope"})
_NEW_CLIENT = {
    "client_name": "Bench",
    "redirect_uris": [REDIRECT_URI],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "application_type": "native",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a competitor's seeding makes, as JSON on its standard input: as many refresh tokens as codes."""

    codes: int
    tokens: int = TOKENS
    people: int = PEOPLE
    challenge: str = CHALLENGE
    redirect_uri: str = REDIRECT_URI


@dataclass(frozen=True, slots=True)
class Seeds:
    """What it made: `client_id` is public, of code and refresh; the other two prove themselves by their secrets.

    `service` may use client_credentials, `inspector` may introspect the access tokens; both are identifier and secret.
    """

    client_id: str
    service: tuple[str, str]
    inspector: tuple[str, str]
    codes: list[str]
    refresh_tokens: list[str]
    access_tokens: list[str]


def seeds_of(printed: str) -> Seeds:
    """Return the seeds that a seeding printed as the last line of its output."""
    members = json.loads(printed.strip().splitlines()[-1])
    inspector = (members.pop("inspector_id", None), members.pop("inspector_secret", None))
    service = (members.pop("service_id"), members.pop("service_secret"))
    return Seeds(service=service, inspector=inspector if inspector[0] else service, **members)


def oauth_loads(metadata_url: str, seeds: Seeds) -> dict[str, Load]:
    """Return the paths of the server at `metadata_url`; client_credentials only where its metadata lists that grant."""
    metadata = httpx.get(metadata_url, timeout=30).raise_for_status().json()
    loads = {
        CODE: _code(metadata, seeds),
        REFRESH: _refresh(metadata, seeds),
        INTROSPECTION: _introspection(metadata, seeds),
        REGISTRATION: _registration(metadata),
        METADATA: Load(metadata_url, 200, frozenset({"issuer", "token_endpoint"}), '"token_endpoint"', method="GET"),
    }
    if "client_credentials" in metadata.get("grant_types_supported", []):
        loads[SERVICE] = _service(metadata, seeds)
    return loads


def _code(metadata: Mapping[str, Any], seeds: Seeds) -> Load:
    parameters = form(
        grant_type="authorization_code",
        client_id=seeds.client_id,
        code="@@",
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    )
    members = _TOKEN_MEMBERS | {"refresh_token"}
    return Load(
        metadata["token_endpoint"], 200, members, '"refresh_token"', fills=seeds.codes, is_once=True, **parameters
    )


def _refresh(metadata: Mapping[str, Any], seeds: Seeds) -> Load:
    parameters = form(grant_type="refresh_token", client_id=seeds.client_id, refresh_token="@@")
    members = _TOKEN_MEMBERS | {"refresh_token"}
    return Load(
        metadata["token_endpoint"], 200, members, '"refresh_token"', fills=seeds.refresh_tokens, is_once=True,
        **parameters,
    )  # fmt: skip


def _service(metadata: Mapping[str, Any], seeds: Seeds) -> Load:
    load = Load(
        metadata["token_endpoint"], 200, _TOKEN_MEMBERS - {"scope"}, '"access_token"',
        **form(grant_type="client_credentials"),
    )  # fmt: skip
    load.headers = {**load.headers, "Authorization": _basic(*seeds.service)}
    return load


def _introspection(metadata: Mapping[str, Any], seeds: Seeds) -> Load:
    load = Load(
        metadata["introspection_endpoint"], 200, frozenset({"active", "exp", "client_id"}), '"active": ?true',
        fills=seeds.access_tokens, **form(token="@@"),
    )  # fmt: skip
    load.headers = {**load.headers, "Authorization": _basic(*seeds.inspector)}
    return load


def _registration(metadata: Mapping[str, Any]) -> Load:
    return Load(
        metadata["registration_endpoint"],
        201,
        frozenset({"client_id", "redirect_uris", "registration_access_token"}),
        '"client_id"',
        headers={"Content-Type": "application/json"},
        body=json.dumps(_NEW_CLIENT),
    )


def _basic(client_id: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"
