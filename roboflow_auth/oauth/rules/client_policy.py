"""Which clients people may connect at all (protocol.md P-C9; RFC 6749 §2.1 leaves it to the server).

Staff decide about one client by its ID; the deployment's policy decides about those that nobody knows.
"""

from __future__ import annotations

from enum import Enum

from django.conf import settings

from roboflow_auth.oauth.known_clients.lookup import find_by_client_id, find_by_redirect_uri
from roboflow_auth.oauth.models import Approval, Client


class Standing(Enum):
    """Whether people may be asked for a client now, once staff approved it, or not at all."""

    MAY_ASK = "may_ask"
    WAITS = "waits"
    TURNED_AWAY = "turned_away"


_OF_UNKNOWN = {"open": Standing.MAY_ASK, "ask": Standing.WAITS, "known_only": Standing.TURNED_AWAY}


def standing_of(client: Client, redirect_uri: str) -> Standing:
    """Return how `client`, which is not disabled and whose answer goes to `redirect_uri`, stands here."""
    if client.approval == Approval.ASK:
        return Standing.WAITS
    of_unknown = _OF_UNKNOWN[settings.UNKNOWN_CLIENT_POLICY]
    if of_unknown is Standing.MAY_ASK or _is_trusted_by_staff(client) or _is_in_catalogue(client, redirect_uri):
        return Standing.MAY_ASK
    return of_unknown


def may_become_known(client_id: str) -> bool:
    """Return whether the metadata document `client_id`, which nobody here has seen, is worth a fetch.

    Where only known apps may connect, strangers do not make this server send requests.
    """
    return settings.UNKNOWN_CLIENT_POLICY != "known_only" or find_by_client_id(client_id) is not None


def _is_trusted_by_staff(client: Client) -> bool:
    return client.is_staff_registered or client.is_verified or client.approval == Approval.ALLOWED


def _is_in_catalogue(client: Client, redirect_uri: str) -> bool:
    """Return whether the catalogue knows it by what nobody can borrow. A name alone, or loopback, is no proof."""
    is_vendors_document = client.is_metadata_document and find_by_client_id(client.client_id) is not None
    return is_vendors_document or find_by_redirect_uri(redirect_uri) is not None
