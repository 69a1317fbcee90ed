"""The refresh token grant (RFC 6749 §6, OAuth 2.1 §4.3; protocol.md P-T3, P-T4).

Each use rotates the token. A client that asks twice, because it runs several times over or because the answer got lost,
is not signed out for it; a thief does not get to stay:

- Within `REFRESH_REPLAY_SECONDS` the same token gets the same answer.
- After that it is rotated anew, as long as its successor was never used. That successor dies unused.
- Once the successor was used, or died, two parties hold tokens of one family, and one of them is not the client: the
  session ends (RFC 9700 §4.14.2), and no other one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from roboflow_auth.core.compound import change_if_unchanged
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.oauth.connections import draft_on_session, record_on_session
from roboflow_auth.oauth.errors import InvalidGrant, TemporarilyUnavailable
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.models import AccessToken, RefreshToken
from roboflow_auth.oauth.replay import open_answer, seal_answer
from roboflow_auth.oauth.reuse import REFRESH_TOKEN_REUSE, end_reused_session
from roboflow_auth.oauth.rules.pinned_keys import check_pinned_key
from roboflow_auth.oauth.rules.resource import check_same_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.tokens import find_refresh_token, is_live_refresh_token, make_tokens

_REFUSED = "The refresh token is invalid, expired, revoked, or was issued to another client."
# Who loses a round finds the winner's answer in the next one; only a client that floods us could lose them all.
_ROUNDS = 4


def refresh(request: TokenRequest) -> dict[str, Any]:
    """Return new tokens for a refresh token, or once more those that it bought a moment ago.

    Three statements, six where several writes can't be one.

    Raises `InvalidGrant` when the token, its session, its connection, the person or the membership is not live, or when
    the token was used by two parties; `InvalidTarget` or `InvalidScope` for what stands beside it; `TooManyRequests`.
    """
    raw_token = request.require("refresh_token")
    for earlier_rounds in range(_ROUNDS):
        token = _find_token(request, raw_token)
        scopes = _scopes_for(request, token)
        if _is_spent(token):
            end_reused_session(token.session, REFRESH_TOKEN_REUSE)
            raise InvalidGrant(_REFUSED, detail="refresh token reuse")
        if not earlier_rounds:
            # P-L1. Only now: no limit may stand before what a reuse sets off.
            check(LimitName.SESSION, str(token.session_id))
        answer = _repeat(request, token, raw_token) or _rotate(request, token, raw_token, scopes)
        if answer is not None:
            return answer
    raise TemporarilyUnavailable("This refresh token is being used many times at once. Try again in a moment.")


def _find_token(request: TokenRequest, raw_token: str) -> RefreshToken:
    token = find_refresh_token(raw_token)
    if token is None or token.application_id != request.client.pk:
        raise InvalidGrant(_REFUSED, detail="unknown refresh token, or another client's")
    # RFC 9449 §5. Before all else, and also for a token that was used: without the key it buys nothing, is not given an
    # answer again, and ends no session.
    if token.dpop_jkt not in ("", request.dpop_jkt):
        raise InvalidGrant(_REFUSED, detail="the refresh token is bound to another key")
    if not is_live_refresh_token(token, timezone.now()):
        raise InvalidGrant(_REFUSED, detail="expired refresh token, or what it hangs off ended")
    check_pinned_key(request.client, token.session.connection)
    return token


def _scopes_for(request: TokenRequest, token: RefreshToken) -> frozenset[str]:
    """Return what the new access token carries: what the session has, or the part of it that the request names."""
    connection = token.session.connection
    granted = Resource(connection.resource)
    check_same_resource(request.client, request.issuer, request.parameters.get("resource", ""), granted)
    allowed = frozenset(token.session.scope.split()) & connection.scopes
    return narrowed_scopes(allowed, request.parameters.get("scope", ""))


def _is_spent(token: RefreshToken) -> bool:
    """Return whether nobody who has a right to `token` would present it again.

    Its successor was used, so the client has that one; or it has none, because it died when its own predecessor was
    used again.
    """
    return token.revoked is not None and (token.successor is None or token.successor.revoked is not None)


def _repeat(request: TokenRequest, token: RefreshToken, raw_token: str) -> dict[str, Any] | None:
    """Return the answer that `token` bought before, as long as it may be given again, for the key it was given to."""
    if token.replay is None or token.replay_until is None or token.replay_until <= timezone.now():
        return None
    answer = open_answer(raw_token, token.pk, bytes(token.replay), dpop_jkt=request.dpop_jkt)
    if answer is not None:
        record_on_session(token.session, "refresh_token", reason="repeated")
    return answer


def _rotate(
    request: TokenRequest, token: RefreshToken, raw_token: str, scopes: frozenset[str]
) -> dict[str, Any] | None:
    """Return the answer with new tokens, or None when somebody else used `token` or its successor in the meantime."""
    if token.successor is None:
        return _replace(request, token, raw_token, scopes, reason="")
    with transaction.atomic():
        answer = None
        if _bury(token.successor):
            answer = _replace(request, token, raw_token, scopes, reason="successor_unused")
        if answer is None:
            transaction.set_rollback(True)
    return answer


def _bury(successor: RefreshToken) -> bool:
    """End a token that was never used, and the access token of the same answer; return whether it was still unused."""
    now = timezone.now()
    # Columns of this row alone, for the reason given where codes are claimed.
    if not RefreshToken.objects.filter(pk=successor.pk, revoked__isnull=True).update(revoked=now):
        return False
    AccessToken.objects.filter(pk=successor.access_token_id).update(revoked_at=now)
    return True


def _replace(
    request: TokenRequest, token: RefreshToken, raw_token: str, scopes: frozenset[str], *, reason: str
) -> dict[str, Any] | None:
    """Return the answer with new tokens, which succeed `token`; None when it is not as it was read any more."""
    issued = make_tokens(token.session, scopes, dpop_jkt=request.dpop_jkt)
    assert issued.refresh_token is not None  # noqa: S101 - the endpoint let the client refresh, so it gets one
    answer = issued.as_response(token.session.connection)
    now = timezone.now()
    changes = {
        "revoked": token.revoked or now,
        "successor": issued.refresh_token,
        "replay": seal_answer(raw_token, token.pk, answer, dpop_jkt=request.dpop_jkt),
        # An answer whose access token has ended helps nobody.
        "replay_until": min(now + timedelta(seconds=settings.REFRESH_REPLAY_SECONDS), issued.access_token.expires),
        # It was used, so it is not idle: a client that never stores its successors goes on with it.
        "expires_at": issued.refresh_token.expires_at,
    }
    added = [*issued.rows, draft_on_session(token.session, "refresh_token", reason=reason)]
    return answer if change_if_unchanged(token, ["revoked", "successor"], changes, added) else None
