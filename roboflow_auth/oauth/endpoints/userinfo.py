"""UserInfo (OpenID Connect Core §5.3; protocol.md P-O1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from roboflow_auth.core.http import no_store
from roboflow_auth.oauth.models import AccessToken
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.bearer import read_bearer
from roboflow_auth.oauth.tokens import effective_scopes, find_access_token


@json_endpoint("GET", "POST")
def userinfo(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """Tell about the person what the token's identity scopes allow: `sub`, and with `profile` and `email` more."""
    raw_token = read_bearer(request)
    if not raw_token:
        return _refuse(401, "Bearer")
    token = find_access_token(raw_token)
    if token is None:
        return _refuse(401, 'Bearer error="invalid_token"', "invalid_token")
    scopes = effective_scopes(frozenset(token.scope.split()), token.session.connection, token.role)
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


def _refuse(status: int, challenge: str, error: str = "") -> HttpResponse:
    response = no_store(JsonResponse({"error": error} if error else {}, status=status))
    response["WWW-Authenticate"] = challenge
    return response
