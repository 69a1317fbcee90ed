"""The authorization code grant (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3; protocol.md P-T2).

Everything is checked before the code is consumed; then one conditional statement claims it and stores what it buys, so
of any number of concurrent redemptions exactly one wins.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from roboflow_auth.core.compound import change_if_unchanged
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.connections import draft_on_session, with_agreement
from roboflow_auth.oauth.errors import InvalidGrant
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.id_token import make_id_token
from roboflow_auth.oauth.models import AuthorizationCode
from roboflow_auth.oauth.reuse import CODE_REUSE, end_reused_session
from roboflow_auth.oauth.rules.pinned_keys import check_pinned_key
from roboflow_auth.oauth.rules.pkce import check_verifier
from roboflow_auth.oauth.rules.resource import check_same_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.tokens import IssuedTokens, make_tokens

_REFUSED = "The code is invalid, expired, already used, or was issued to another client."


def redeem_code(request: TokenRequest) -> dict[str, Any]:
    """Return the tokens that a code buys. Three statements, six where several writes can't be one.

    Raises `InvalidGrant` for a code that is not this client's to redeem now, `InvalidRequest`, `InvalidTarget` or
    `InvalidScope` for what stands beside it, `TooManyRequests`; none of these consumes the code.
    """
    code = _find_code(request)
    if code.redeemed_at is None:
        # P-L1. Not for a code that was used: no limit may stand before what a reuse sets off.
        check(LimitName.SESSION, str(code.session_id))
    _check_bindings(request, code)
    scopes = narrowed_scopes(frozenset(code.scope.split()), request.parameters.get("scope", ""))
    issued = make_tokens(code.session, scopes & code.session.connection.scopes, dpop_jkt=request.dpop_jkt)
    if not _claim(code, issued):
        # RFC 6749 §4.1.2, OAuth 2.1 §4.1.3: a code used twice burns the tokens it bought.
        end_reused_session(code.session, CODE_REUSE)
        raise InvalidGrant(_REFUSED, detail="code reuse")
    response = issued.as_response(code.session.connection)
    if "openid" in issued.scopes:
        response["id_token"] = _id_token(request, code, issued)
    return response


def _find_code(request: TokenRequest) -> AuthorizationCode:
    raw_code = request.require("code")
    if not is_well_formed(raw_code, SecretKind.AUTHORIZATION_CODE):
        raise InvalidGrant(_REFUSED, detail="malformed code")
    code = _CODE.first(code_hash=hash_secret(raw_code), client_id=request.client.pk)
    if code is None:
        raise InvalidGrant(_REFUSED, detail="unknown code, or another client's")
    return code


def _check_bindings(request: TokenRequest, code: AuthorizationCode) -> None:
    now = timezone.now()
    if code.redeemed_at is None and (code.expires <= now or not code.session.connection.is_live(now)):
        raise InvalidGrant(_REFUSED, detail="expired code, or its connection ended")
    # OAuth 2.1 §10.2: with PKCE the redirect URI need not be repeated, but where it is, it must be the same.
    redirect_uri = request.parameters.get("redirect_uri", "")
    if redirect_uri and redirect_uri != code.redirect_uri:
        raise InvalidGrant("redirect_uri is not the one of the authorization request.")
    check_verifier(request.parameters.get("code_verifier", ""), code.code_challenge)
    # RFC 9449 §10: the authorization request named the key, so a code that was stolen is worth nothing without it.
    if code.dpop_jkt not in ("", request.dpop_jkt):
        raise InvalidGrant("The code is bound to a key, and this request proves none, or another.")
    check_pinned_key(request.client, code.session.connection)
    granted = Resource(code.session.connection.resource)
    check_same_resource(request.client, request.issuer, request.parameters.get("resource", ""), granted)


def _claim(code: AuthorizationCode, issued: IssuedTokens) -> bool:
    """Return whether this request is the one that redeems `code`; then what it bought is stored."""
    if code.redeemed_at is not None:
        return False
    added = [*issued.rows, draft_on_session(code.session, "issue_token")]
    return change_if_unchanged(code, ["redeemed_at"], {"redeemed_at": timezone.now()}, added)


def _id_token(request: TokenRequest, code: AuthorizationCode, issued: IssuedTokens) -> str:
    return make_id_token(
        issuer=request.issuer,
        client_id=request.client.client_id,
        subject=str(code.session.connection.user.subject),
        auth_time=code.auth_time,
        amr=code.amr.split(),
        nonce=code.nonce,
        raw_access_token=issued.raw_access_token,
    )


def _code(*, code_hash: str, client_id: int) -> QuerySet[AuthorizationCode]:
    codes = AuthorizationCode.objects.filter(
        code=code_hash,
        application_id=client_id,
        session__connection__user__is_active=True,
        session__connection__workspace__memberships__user=F("session__connection__user"),
        session__connection__workspace__memberships__joined_at__lte=F("session__connection__created_at"),
    )
    return with_agreement(codes)


_CODE = PreparedQuery(_code, code_hash="code hash", client_id=-1)
