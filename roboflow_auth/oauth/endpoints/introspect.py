"""Token introspection (RFC 7662; protocol.md P-R2).

Three parties may ask: the resource server that a token is for, the client it was issued to, and whoever holds the token
itself. Everyone else reads `active: false`, as for a token that never was.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from roboflow_auth.core.http import read_form
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.secrets import SecretKind
from roboflow_auth.oauth.connections import join_scopes
from roboflow_auth.oauth.errors import InvalidClient, InvalidRequest
from roboflow_auth.oauth.lineage import act_claim
from roboflow_auth.oauth.models import AccessToken, RefreshToken
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.bearer import PresentedToken, read_token
from roboflow_auth.oauth.rules.client_auth import identify_client
from roboflow_auth.oauth.rules.token_ownership import may_handle
from roboflow_auth.oauth.tokens import (
    effective_scopes,
    find_access_token,
    find_refresh_token,
    is_live_refresh_token,
    token_type,
)

_INACTIVE: dict[str, Any] = {"active": False}


@json_endpoint("POST")
def introspect(request: HttpRequest) -> dict[str, Any]:
    """Tell what a token is worth now. Two statements at the most, and one more for a DPoP proof."""
    parameters = read_form(request)
    raw_token = parameters.get("token", "")
    presented = read_token(request)
    client = None if presented else identify_client(request, parameters)
    # A client ID is no proof, so a public client is not an authenticated caller (RFC 7662 §2.1).
    if client is not None and client.is_public:
        raise InvalidClient("A public client may ask about a token only with that token as its Bearer credential.")
    if not raw_token:
        raise InvalidRequest("token is missing.")
    token = _find(raw_token)
    if token is None or not (may_handle(client, token) if client else _is_itself(presented, raw_token, token)):
        return _INACTIVE
    if presented is not None:
        presented.use_up_proof()
        # P-L1: a count of its own, so that asking does not use up the session's refreshes.
        check(LimitName.SESSION, f"introspect {token.session_id}")
    return _describe(token, public_url_of(request))


def _find(raw_token: str) -> AccessToken | RefreshToken | None:
    if not raw_token.startswith(SecretKind.REFRESH_TOKEN):
        return find_access_token(raw_token)
    token = find_refresh_token(raw_token)
    is_live = token is not None and token.revoked is None and is_live_refresh_token(token, timezone.now())
    return token if is_live else None


def _is_itself(presented: PresentedToken | None, raw_token: str, token: AccessToken | RefreshToken) -> bool:
    # RFC 9449 §7: whoever holds a token that is bound to a key, and not the key, may not even ask.
    return presented is not None and (presented.raw, presented.dpop_jkt) == (raw_token, token.dpop_jkt)


def _describe(token: AccessToken | RefreshToken, issuer: str) -> dict[str, Any]:
    connection = token.session.connection
    is_access = isinstance(token, AccessToken)
    actors = token.actors or [] if is_access else []
    scopes = frozenset((token.scope if is_access else token.session.scope).split())
    described: dict[str, Any] = {
        "active": True,
        "iss": issuer,
        "aud": resource_url(issuer, Resource(connection.resource)),
        "sub": str(connection.user.subject),
        # RFC 7662 §2.2: who requested this very token, which an exchange may have changed.
        "client_id": actors[0]["client_id"] if actors else connection.client.client_id,
        "scope": join_scopes(effective_scopes(scopes, token)),
        "exp": int((token.expires if is_access else token.expires_at).timestamp()),
        "iat": int(token.created.timestamp()),
        "token_type": token_type(token) if is_access else "refresh_token",
        "workspace": connection.workspace.slug,
    }
    if actors:
        described["act"] = act_claim(actors)
    if token.dpop_jkt:
        # RFC 9449 §6.2.
        described["cnf"] = {"jkt": token.dpop_jkt}
    if connection.expires_at is not None:
        described["authorization_expires_at"] = int(connection.expires_at.timestamp())
    return described
