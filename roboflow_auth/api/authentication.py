"""Who calls the API: a token for it (RFC 6750, RFC 9449), or one of the product's own keys in `x-api-key`.

A credential in the query or in a body is none (RFC 6750 §5.3).
"""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from roboflow_auth.access.principal import Principal
from roboflow_auth.api.challenges import AmbiguousCredential, InvalidCredential, RefusedProof
from roboflow_auth.api_keys.principals import find_principal as find_principal_of_key
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.errors import InvalidProof
from roboflow_auth.oauth.principals import find_principal as find_principal_of_token
from roboflow_auth.oauth.rules.bearer import TOKEN_SCHEMES, read_token, split_authorization


class CredentialAuthentication(BaseAuthentication):
    """Finds the Principal that the one credential of a request speaks for at this resource, in one look-up."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """Return the principal, or None without a credential; an empty Bearer or DPoP and an empty key are none.

        Raises `InvalidCredential` for one that is not live here, `RefusedProof` for one without the proof it needs,
        `AmbiguousCredential` for several. The credential itself is not handed on (P-M7).
        """
        scheme, credential = split_authorization(request.META.get("HTTP_AUTHORIZATION", ""))
        has_token = bool(credential) and scheme in TOKEN_SCHEMES
        raw_key = request.META.get("HTTP_X_API_KEY", "").strip()
        if has_token and raw_key:
            # RFC 6750 §2: clients must not use more than one method; to choose one of two callers would be to guess.
            raise AmbiguousCredential
        if not (has_token or raw_key):
            return None
        found = find_principal_of_key(raw_key) if raw_key else _find_principal(request)
        if found is None:
            raise InvalidCredential
        return found, None


def _find_principal(request: Request) -> Principal | None:
    try:
        presented = read_token(request._request)
        if presented is None:
            return None
        # P-I2: a token for /mcp is no token here.
        found = find_principal_of_token(presented.raw, Resource.API, dpop_jkt=presented.dpop_jkt)
        if found is not None:
            presented.use_up_proof()
    except InvalidProof as error:
        raise RefusedProof(error) from error
    return found
