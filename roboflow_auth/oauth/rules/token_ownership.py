"""Whose business a token is, besides its holder's (RFC 7662 §2.1, RFC 8693 §2.1; protocol.md P-R2, P-T6)."""

from __future__ import annotations

from roboflow_auth.oauth.models import AccessToken, Client, RefreshToken


def may_handle(client: Client, token: AccessToken | RefreshToken) -> bool:
    """Return whether `token`, with its connection loaded, was issued to `client`, or is for the resource it serves.

    `client` must have proved who it is. Refresh tokens are nobody's business but the client's.
    """
    if token.application_id == client.pk:
        return True
    return isinstance(token, AccessToken) and client.serves_resource == token.session.connection.resource
