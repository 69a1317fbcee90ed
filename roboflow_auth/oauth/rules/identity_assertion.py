"""Identity assertions of an enterprise, ID-JAG (RFC 7523 §3, RFC 8725; protocol.md P-T6).

draft-ietf-oauth-identity-assertion-authz-grant-04 §3.1 says what stands in one and §4.4.1 how it is checked. All that
can be said without the issuer's keys is checked first, so that nobody can make this server fetch keys for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.errors import InvalidGrant
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.signed_jwt import (
    SKEW_SECONDS,
    SignedJwt,
    UnusableJwt,
    check_header,
    kept_until,
    read_date,
    read_expiry,
    read_jti,
    read_jwt,
)

_TYPES = frozenset({"oauth-id-jag+jwt"})
# Issuers give them minutes. An assertion is good for one use, so an hour leaves room and nothing more.
_MAX_SECONDS = 3600
_MAX_ISSUER = 512
_MAX_TENANT = 255
_MAX_CLAIM = 2048
# By which member of `cnf` an assertion names the key that has to be proved (RFC 9449 §6.1).
_KEY = "jkt"


@dataclass(frozen=True, slots=True)
class IdentityAssertion:
    """What an assertion says. Nothing of it is true before a key of its issuer was found to have signed `jwt`.

    `tenant` is empty for an issuer that has none. `resources` are space separated, as a request names them, and may be
    empty. `scope` is None where it says nothing.
    """

    jwt: SignedJwt
    issuer: str
    tenant: str
    jti: str
    kept_until: datetime
    resources: str
    scope: str | None

    def subject(self, claim: str) -> str:
        """Return the claim that says who the person is. Raises `InvalidGrant` when it says nothing."""
        try:
            return self.jwt.text(claim, _MAX_CLAIM)
        except UnusableJwt as error:
            raise InvalidGrant(str(error)) from error


def read_identity_assertion(raw: str, client: Client, issuer: str, dpop_jkt: str) -> IdentityAssertion:
    """Return what `raw` says, if `client` may present it to this server, which is `issuer`, now.

    `dpop_jkt` is the key that the request proved, empty for none.

    Raises `InvalidGrant` (RFC 7523 §3.1). No statement.
    """
    try:
        jwt = read_jwt(raw)
        check_header(jwt, _TYPES)
        _check_addressee(jwt, client, issuer)
        _check_binding(jwt.claims, dpop_jkt)
        expires_at = _check_age(jwt.claims)
        jwt.text("sub", _MAX_CLAIM)
        return IdentityAssertion(
            jwt,
            jwt.text("iss", _MAX_ISSUER),
            jwt.text("tenant", _MAX_TENANT) if "tenant" in jwt.claims else "",
            read_jti(jwt),
            kept_until(expires_at),
            _read_resources(jwt.claims),
            jwt.text("scope", _MAX_CLAIM) if "scope" in jwt.claims else None,
        )
    except UnusableJwt as error:
        raise InvalidGrant(str(error)) from error


def _check_addressee(jwt: SignedJwt, client: Client, issuer: str) -> None:
    audience = jwt.claims.get("aud")
    # §4.4.1: this server and nobody else, so that no other server's assertion can be injected here.
    if audience not in (issuer, [issuer]):
        raise UnusableJwt(f"The aud of the assertion must be {issuer} and nothing else.")
    # §4.4.1: a stolen assertion is worth nothing to another client.
    if jwt.claims.get("client_id") != client.client_id:
        raise UnusableJwt("The assertion was issued for another client.")


def _check_binding(claims: Mapping[str, Any], dpop_jkt: str) -> None:
    """Raise `UnusableJwt` when the assertion is bound to what the request did not prove, or narrowed by the unknown."""
    if "cnf" in claims and (not dpop_jkt or claims["cnf"] != {_KEY: dpop_jkt}):
        raise UnusableJwt("The assertion is bound to a key that this request did not prove.")
    if "authorization_details" in claims:
        # RFC 9396 says by them what scopes can't. To overlook them would give more than was signed.
        raise UnusableJwt("This server does not know authorization_details.")


def _check_age(claims: Mapping[str, Any]) -> float:
    """Return when the assertion expires. Raises `UnusableJwt` when it is not good now, or good for too long."""
    expires_at = read_expiry(claims, _MAX_SECONDS)
    # §3.1: iat is required. One that was made long ago and is good for long is refused by this, not by exp.
    if expires_at - read_date(claims, "iat") > _MAX_SECONDS + SKEW_SECONDS:
        raise UnusableJwt(f"The assertion may be good for {_MAX_SECONDS} seconds at the most.")
    return expires_at


def _read_resources(claims: Mapping[str, Any]) -> str:
    named = claims.get("resource", [])
    listed = named if isinstance(named, list) else [named]
    if not all(isinstance(uri, str) and uri and " " not in uri and is_printable(uri) for uri in listed):
        raise UnusableJwt("The resource of the assertion must be one URI, or a list of them.")
    return " ".join(listed)
