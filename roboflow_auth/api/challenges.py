"""What the API asks of a caller before it goes on: a credential, another one, or more scopes (RFC 6750 §3)."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.exceptions import APIException

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.principal import Principal
from roboflow_auth.core.errors import MissingScope
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.challenges import resource_challenge
from roboflow_auth.oauth.errors import InvalidProof, NonceRequired
from roboflow_auth.oauth.rules.dpop_nonce import current_nonce


class CredentialRefused(APIException):
    """The request does not say who asks; `code` is the problem's, `error` the challenge's (RFC 6750 §3.1)."""

    status_code = 401
    code = "invalid_token"
    error = "invalid_token"
    title = "Not signed in"
    default_detail = "The credential is not valid here, or no longer."


class NoCredential(CredentialRefused):
    """There is none."""

    code = "unauthorized"
    # RFC 6750 §3.1: no error code for a request that carried no credential.
    error = ""
    default_detail = "Send an access token for this API as a Bearer token, or an API key in x-api-key."


class InvalidCredential(CredentialRefused):
    """It is unknown, expired, revoked, or for another resource."""


class AmbiguousCredential(CredentialRefused):
    """There is more than one."""

    # RFC 6750 §3.1: more than one method of including a token is an invalid request, and that is a 400.
    status_code = 400
    code = error = "invalid_request"
    title = "Invalid request"
    default_detail = "Send exactly one credential."


class RefusedProof(CredentialRefused):
    """It came without the proof of its key, or with none that counts here (RFC 9449 §7.1)."""

    def __init__(self, error: InvalidProof) -> None:
        super().__init__(error.description)
        self.code = self.error = error.error
        self.is_nonce_wanted = isinstance(error, NonceRequired)


def challenge_headers(refused: CredentialRefused, authorization: str) -> dict[str, str]:
    """Return the headers that ask for a credential with the baseline of scopes, in place of `authorization`."""
    description = str(refused.detail) if refused.error else ""
    headers = {"WWW-Authenticate": _challenge(BASELINE, refused.error, description, authorization)}
    if isinstance(refused, RefusedProof) and refused.is_nonce_wanted:
        # RFC 9449 §9.
        headers["DPoP-Nonce"] = current_nonce()
    return headers


def step_up_challenge(principal: Principal, error: MissingScope, authorization: str) -> str:
    """Return the challenge that asks for what `principal` lacks.

    Clients ask for exactly what it names, so what they have already is in it too.
    """
    return _challenge(principal.scopes | error.scopes, error.code, error.description, authorization)


def _challenge(scopes: Iterable[str], error: str, description: str, authorization: str) -> str:
    issuer = current_request().issuer
    return resource_challenge(
        issuer, Resource.API, scopes=scopes, error=error, description=description, authorization=authorization
    )
