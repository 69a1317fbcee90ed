"""Deleting a client with all its access, whoever asks for it (RFC 7592 §2.3, and staff)."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.removal import hold, remove
from roboflow_auth.oauth.errors import InvalidClient, InvalidGrant, OAuthError
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.service_clients import retire_service
from roboflow_auth.oauth.stored_clients import find_caller


def stop_client(client: Client) -> None:
    """Take `client` out of use: from now on it gets nothing, and what it has is worth nothing. Then it is deleted."""
    with transaction.atomic():
        Client.objects.filter(pk=client.pk).update(is_disabled=True)
        retire_service(client)


def delete_own_client(client: Client) -> None:
    """Delete a client that asked for it, and with it every connection, session and token."""
    stop_client(client)
    remove(partial(_delete, client))


def _delete(client: Client) -> None:
    rows = Client.objects.filter(pk=client.pk)
    if hold(rows):
        rows.delete()
        record_event("delete_client", client_id=client.client_id, client_name=client.name)


def refusal_of(client: Client) -> OAuthError:
    """Return what is answered to `client` when what its request hangs off was deleted meanwhile. One statement."""
    stored = find_caller(client.client_id)
    if stored is None or stored.is_disabled:
        return InvalidClient("The client is not known here any more.")
    return InvalidGrant("The grant hangs off something that does not exist any more.")
