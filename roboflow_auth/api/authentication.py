"""Who calls the API: a Bearer token for the API (RFC 6750), or one of the product's own keys in `x-api-key`.

A credential in the query or in a body is none (RFC 6750 §5.3).
"""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from roboflow_auth.access.principal import Principal
from roboflow_auth.api.challenges import AmbiguousCredential, InvalidCredential
from roboflow_auth.api_keys.principals import find_principal as find_principal_of_key
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.principals import find_principal as find_principal_of_token


class CredentialAuthentication(BaseAuthentication):
    """Finds the Principal that the one credential of a request speaks for at this resource, in one look-up."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """Return the principal, or None without a credential; an empty Bearer and an empty key are none.

        Raises `InvalidCredential` for one that is not live here, `AmbiguousCredential` for several. The credential
        itself is not handed on (P-M7).
        """
        raw_token = _bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
        raw_key = request.META.get("HTTP_X_API_KEY", "").strip()
        if raw_token and raw_key:
            # RFC 6750 §2: clients must not use more than one method; to choose one of two callers would be to guess.
            raise AmbiguousCredential
        if not (raw_token or raw_key):
            return None
        # P-I2: a token for /mcp is no token here.
        found = find_principal_of_key(raw_key) if raw_key else find_principal_of_token(raw_token, Resource.API)
        if found is None:
            raise InvalidCredential
        return found, None


def _bearer_token(authorization: str) -> str:
    # RFC 9110 §11.1: the scheme is compared without regard to case.
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
