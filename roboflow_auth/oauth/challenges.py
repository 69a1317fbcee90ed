"""The challenge of a protected resource: Bearer for everybody, and DPoP beside it (RFC 6750 §3, RFC 9449 §7.1)."""

from __future__ import annotations

from collections.abc import Iterable

from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.www_authenticate import bearer_challenge, challenge
from roboflow_auth.oauth.client_keys import SIGNING_ALGORITHMS
from roboflow_auth.oauth.errors import InvalidProof, NonceRequired
from roboflow_auth.oauth.rules.bearer import split_authorization

_OF_PROOFS = (InvalidProof.error, NonceRequired.error)
# More scopes, or one credential less, are asked of the caller in the scheme that was used, not by way of another one.
_ANSWERED_IN_KIND = ("insufficient_scope", "invalid_request")


def resource_challenge(
    issuer: str,
    resource: Resource,
    *,
    scopes: Iterable[str] = (),
    error: str = "",
    description: str = "",
    authorization: str = "",
) -> str:
    """Return the value of WWW-Authenticate that answers the Authorization header `authorization`, if there was one.

    Bearer comes first, and alone has a `resource_metadata` (P-M2): MCP clients look at the first challenge only, or
    for that parameter anywhere. Whoever used DPoP finds the error in that challenge, and all may learn that they could.
    """
    wanted = sorted(scopes)
    told = ("", "") if error in _OF_PROOFS else (error, description)
    bearer = bearer_challenge(issuer, resource, scopes=wanted, error=told[0], description=told[1])
    if split_authorization(authorization)[0] == "dpop":
        return f"{bearer}, {dpop_challenge(error, description, ' '.join(wanted))}"
    return bearer if error in _ANSWERED_IN_KIND else f"{bearer}, {dpop_challenge()}"


def dpop_challenge(error: str = "", description: str = "", scope: str = "") -> str:
    """Return a DPoP challenge; the empty parameters are left out."""
    parameters = {"error": error, "error_description": description, "scope": scope if error else ""}
    return challenge("DPoP", {**parameters, "algs": " ".join(SIGNING_ALGORITHMS)})
