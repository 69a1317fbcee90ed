"""Which scopes a request asks for (protocol.md P-A5; RFC 6749 §3.3)."""

from __future__ import annotations

from roboflow_auth.access.catalogue import BASELINE, IDENTITY_SCOPES, OFFLINE_ACCESS, known_scopes
from roboflow_auth.oauth.errors import InvalidScope
from roboflow_auth.oauth.models import Client


def requested_scopes(client: Client, scope: str) -> frozenset[str]:
    """Return the scopes that `client` asks for by the parameter `scope`: known ones, under its ceiling.

    Unknown ones are dropped (real clients send scopes of other servers); none at all means the baseline. Raises
    `InvalidScope` when the client's ceiling leaves nothing that a workspace or a sign-in could use.
    """
    asked = known_scopes(scope.split())
    # A request for nothing but «stay connected» names no access, so it asks for the baseline too.
    if not asked - {OFFLINE_ACCESS}:
        asked |= frozenset(BASELINE)
    ceiling = known_scopes(client.scope_ceiling.split())
    allowed = asked & (ceiling | {OFFLINE_ACCESS}) if ceiling else asked
    if not allowed - {OFFLINE_ACCESS}:
        raise InvalidScope("This app may not ask for any of these scopes.")
    return allowed


def narrowed_scopes(granted: frozenset[str], scope: str) -> frozenset[str]:
    """Return what a token request keeps of the scopes `granted` to it; an empty parameter keeps all.

    Asking for more than was granted gets what was granted: people untick scopes at consent, and clients that repeat
    their first request must not be signed out for it. Raises `InvalidScope` when nothing is left.
    """
    if not scope:
        return granted
    kept = granted & frozenset(scope.split())
    if not kept - IDENTITY_SCOPES and granted - IDENTITY_SCOPES:
        raise InvalidScope("None of these scopes was granted.")
    return kept
