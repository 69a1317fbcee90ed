"""The refresh token grant (RFC 6749 §6, OAuth 2.1 §4.3; protocol.md P-T3, P-T4).

Each use rotates the token. One that was used before ends its session, and only that one: of two parties who hold the
same token one is not the client (RFC 9700 §4.14.2).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from roboflow_auth.audit.models import Outcome
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import end_session, record_on_session
from roboflow_auth.oauth.errors import InvalidGrant
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.models import RefreshToken
from roboflow_auth.oauth.rules.resource import check_same_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.tokens import IssuedTokens, find_refresh_token, is_live_refresh_token, issue_tokens

_REFUSED = "The refresh token is invalid, expired, revoked, or was issued to another client."


def refresh(request: TokenRequest) -> dict[str, Any]:
    """Return new tokens for a refresh token, which is used up by it. Six statements.

    Raises `InvalidGrant` when the token, its session, its connection, the person or the membership is not live, or when
    the token was used before; `InvalidTarget` or `InvalidScope` for what stands beside it.
    """
    token = _find_token(request)
    session = token.session
    granted = Resource(session.connection.resource)
    check_same_resource(request.client, request.issuer, request.parameters.get("resource", ""), granted)
    allowed = frozenset(session.scope.split()) & session.connection.scopes
    scopes = narrowed_scopes(allowed, request.parameters.get("scope", ""))
    issued = None if token.revoked else _rotate(token, scopes)
    if issued is None:
        end_session(session, "refresh_token_reuse", outcome=Outcome.REFUSED)
        raise InvalidGrant(_REFUSED, detail="refresh token reuse")
    return issued.as_response(session.connection)


def _find_token(request: TokenRequest) -> RefreshToken:
    token = find_refresh_token(request.require("refresh_token"))
    if token is None or token.application_id != request.client.pk:
        raise InvalidGrant(_REFUSED, detail="unknown refresh token, or another client's")
    if not is_live_refresh_token(token, timezone.now()):
        raise InvalidGrant(_REFUSED, detail="expired refresh token, or what it hangs off ended")
    return token


def _rotate(token: RefreshToken, scopes: frozenset[str]) -> IssuedTokens | None:
    """Return the new tokens, or None when somebody else used `token` in the meantime."""
    with transaction.atomic():
        issued = issue_tokens(token.session, scopes)
        # Columns of this row alone, for the reason given where codes are claimed.
        unclaimed = RefreshToken.objects.filter(pk=token.pk, revoked__isnull=True)
        claimed = unclaimed.update(revoked=timezone.now(), successor=issued.refresh_token)
        if claimed:
            record_on_session(token.session, "refresh_token")
            return issued
        transaction.set_rollback(True)
    return None
