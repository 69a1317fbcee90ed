"""UserInfo (OpenID Connect Core §5.3; RFC 9449 §7 where the token is bound to a key; protocol.md P-O1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from roboflow_auth.core.http import no_store
from roboflow_auth.oauth.challenges import dpop_challenge
from roboflow_auth.oauth.errors import InvalidProof, NonceRequired
from roboflow_auth.oauth.models import AccessToken
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.bearer import read_token
from roboflow_auth.oauth.rules.dpop_nonce import current_nonce
from roboflow_auth.oauth.tokens import effective_scopes, find_access_token


@json_endpoint("GET", "POST")
def userinfo(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """Tell about the person what the token's identity scopes allow: `sub`, and with `profile` and `email` more."""
    try:
        return _answer(request)
    except InvalidProof as error:
        return _refuse_proof(error)


def _answer(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    presented = read_token(request)
    if presented is None:
        return _refuse(401, f"Bearer, {dpop_challenge()}")
    token = find_access_token(presented.raw)
    # RFC 9449 §7.1, §7.2: bound to the key that was proved, or to none where none was.
    if token is None or token.dpop_jkt != presented.dpop_jkt:
        return _refuse(401, f'Bearer error="invalid_token", {dpop_challenge("invalid_token")}', "invalid_token")
    presented.use_up_proof()
    scopes = effective_scopes(frozenset(token.scope.split()), token)
    if "openid" not in scopes:
        # RFC 6750 §3.1.
        return _refuse(403, 'Bearer error="insufficient_scope", scope="openid"', "insufficient_scope")
    return _claims(token, scopes)


def _claims(token: AccessToken, scopes: frozenset[str]) -> dict[str, Any]:
    user = token.session.connection.user
    claims: dict[str, Any] = {"sub": str(user.subject)}
    if "profile" in scopes and user.name:
        claims["name"] = user.name
    if "email" in scopes:
        claims["email"] = user.email
        claims["email_verified"] = user.emailaddress_set.filter(email=user.email, verified=True).exists()
    return claims


def _refuse_proof(error: InvalidProof) -> HttpResponse:
    response = _refuse(401, dpop_challenge(error.error, error.description), error.error)
    if isinstance(error, NonceRequired):
        # RFC 9449 §9.
        response["DPoP-Nonce"] = current_nonce()
    return response


def _refuse(status: int, challenge: str, error: str = "") -> HttpResponse:
    response = no_store(JsonResponse({"error": error} if error else {}, status=status))
    response["WWW-Authenticate"] = challenge
    return response
