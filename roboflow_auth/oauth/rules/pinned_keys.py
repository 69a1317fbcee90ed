"""Connections stay with the keys that the person was shown (protocol.md P-C6).

A metadata document can change hands. Whoever then publishes keys of their own, or none at all, must not be able to use
what people lent to the one before; the next consent page shows what changed, and pins anew.
"""

from __future__ import annotations

from roboflow_auth.oauth.client_keys import thumbprints
from roboflow_auth.oauth.errors import InvalidClient, InvalidGrant
from roboflow_auth.oauth.models import Client, Connection


def check_pinned_key(client: Client, connection: Connection) -> None:
    """Return when `client` proved itself by a key that `connection` knows, or the connection knows none.

    Raises `InvalidGrant`, on which clients ask their person again.
    """
    pinned = connection.shown_metadata.get("keys", [])
    if pinned and client.proved_by not in pinned:
        raise InvalidGrant(
            "The app's keys changed since the person allowed it; it has to ask them again.", detail="key is not pinned"
        )


def check_current_key(client: Client) -> None:
    """Raise `InvalidClient` when `client` proved itself by a key that it does not publish any more.

    Such a key is good for the connections that were made under it; nothing new begins with it.
    """
    if client.proved_by and client.proved_by not in thumbprints(client.public_keys):
        raise InvalidClient("The app signed with a key that it has replaced.")
