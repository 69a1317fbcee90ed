"""The catalogue of OAuth errors: code, status, public description, and the clause each comes from.

The description goes to the client; `detail` goes to the log and the audit row, never to the wire.
"""

from __future__ import annotations

from typing import ClassVar


class OAuthError(Exception):
    """An error of an OAuth endpoint, answered in that endpoint's own format."""

    error: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400

    def __init__(self, description: str = "", *, detail: str = "") -> None:
        super().__init__(description or self.error)
        self.description = description
        self.detail = detail


class InvalidRequest(OAuthError):
    """RFC 6749 §4.1.2.1, §5.2: a parameter is missing, repeated or malformed."""

    error = "invalid_request"


class InvalidClient(OAuthError):
    """RFC 6749 §5.2: the client is unknown, disabled, or did not authenticate."""

    error = "invalid_client"
    status = 401


class UnknownClient(InvalidClient):
    """The client of an authorization request is not known, was disabled, or its metadata can't be read (P-A2)."""


class DeniedClient(UnknownClient):
    """The client of an authorization request was disabled by staff (P-A2, P-C9)."""


class UnapprovedClient(UnknownClient):
    """The client of an authorization request is not known here, and its metadata is not even read (P-C9)."""


class InvalidGrant(OAuthError):
    """RFC 6749 §5.2: the code or refresh token is invalid, expired, revoked, or another client's."""

    error = "invalid_grant"


class InvalidProof(OAuthError):
    """RFC 9449 §5, §7.1: the DPoP proof is missing, malformed, for something else, or was used before."""

    error = "invalid_dpop_proof"


class NonceRequired(InvalidProof):
    """RFC 9449 §8, §9: the proof needs a nonce, which comes with the answer in `DPoP-Nonce`."""

    error = "use_dpop_nonce"


class UnauthorizedClient(OAuthError):
    """RFC 6749 §4.1.2.1, §5.2: the client did not register this grant or response type."""

    error = "unauthorized_client"


class UnsupportedGrantType(OAuthError):
    """RFC 6749 §5.2."""

    error = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    """RFC 6749 §4.1.2.1: only `code` exists here."""

    error = "unsupported_response_type"


class InvalidScope(OAuthError):
    """RFC 6749 §4.1.2.1, §5.2: nothing usable is left of the scopes that were asked for."""

    error = "invalid_scope"


class InvalidTarget(OAuthError):
    """RFC 8707 §2: the resource is not one of ours."""

    error = "invalid_target"


class AccessDenied(OAuthError):
    """RFC 6749 §4.1.2.1: the person said no, or this server does."""

    error = "access_denied"


class AuthorizationPending(OAuthError):
    """RFC 8628 §3.5: the person has not answered yet."""

    error = "authorization_pending"


class SlowDown(OAuthError):
    """RFC 8628 §3.5: the person has not answered yet, and the device asks too often."""

    error = "slow_down"


class ExpiredToken(OAuthError):
    """RFC 8628 §3.5: the device code has expired; the device begins anew."""

    error = "expired_token"


class LoginRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: `prompt=none`, and nobody is signed in."""

    error = "login_required"


class ConsentRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: `prompt=none`, and the person has to be asked."""

    error = "consent_required"


class InteractionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: `prompt=none`, and staff have to approve the app first (P-C9)."""

    error = "interaction_required"


class RequestNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: request objects are not supported."""

    error = "request_not_supported"


class RequestUriNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: request objects by reference are not supported."""

    error = "request_uri_not_supported"


class TemporarilyUnavailable(OAuthError):
    """P-T1: the store did not answer; try again."""

    error = "temporarily_unavailable"
    status = 503
    retry_after_seconds = 2


class RateLimited(TemporarilyUnavailable):
    """P-L1: a limit is reached; the answer is a 429 with Retry-After (RFC 6585 §4).

    The code is the registered one for an overload (RFC 6749 §4.1.2.1): clients keep their tokens at it, while one that
    they don't know makes some of them ask the person to sign in anew.
    """

    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class InvalidRedirectUri(OAuthError):
    """RFC 7591 §3.2.2."""

    error = "invalid_redirect_uri"


class InvalidClientMetadata(OAuthError):
    """RFC 7591 §3.2.2."""

    error = "invalid_client_metadata"


class InvalidToken(OAuthError):
    """RFC 6750 §3.1: the bearer token of userinfo or of a registration is not live."""

    error = "invalid_token"
    status = 401
