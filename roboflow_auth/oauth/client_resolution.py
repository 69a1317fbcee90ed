"""From the client ID of an authorization request to its client, whose document is read if it has one (P-C1, P-C5)."""

from __future__ import annotations

from roboflow_auth.oauth.cimd.resolve import is_metadata_document_id, refresh_client
from roboflow_auth.oauth.errors import DeniedClient, UnapprovedClient, UnknownClient
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.client_policy import may_become_known
from roboflow_auth.oauth.stored_clients import find_client


def resolve_client(client_id: str, address: str) -> Client:
    """Return the client of an authorization request, whose metadata document is fetched or refreshed when it has one.

    `address` is the browser's, for limits on first fetches. Raises `UnknownClient`, the kind of it that says why, or
    `RateLimited`.
    """
    client = find_client(client_id)
    is_disabled = client is not None and client.is_disabled
    if is_metadata_document_id(client_id) and not is_disabled:
        if client is None and not may_become_known(client_id):
            raise UnapprovedClient("The client is not among those that may connect here.")
        client = refresh_client(client_id, client, address)
    if client is None:
        raise UnknownClient("The client is not known here.")
    if client.is_disabled:
        raise DeniedClient("The client was disabled by the staff of this server.")
    return client
