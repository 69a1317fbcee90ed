"""Finding clients, and what people are shown about them (protocol.md P-C1, P-C6, P-C8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from roboflow_auth.oauth.cimd.resolve import is_metadata_document_id, refresh_client
from roboflow_auth.oauth.errors import UnknownClient
from roboflow_auth.oauth.known_clients import find_by_name, find_by_redirect_uri
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.stored_clients import find_client


@dataclass(frozen=True, slots=True)
class ClientView:
    """What people are shown about a client.

    `badge` is `verified` (staff vouch for it, or the answer can only reach the vendor it names), `identified` (by
    `badge_host`, where its metadata stands) or `unverified` (the name is its own claim). A logo comes only with
    `verified`; `warning` is a sentence about a borrowed name.
    """

    name: str
    badge: str
    badge_host: str = ""
    logo_url: str = ""
    warning: str = ""


def resolve_client(client_id: str, address: str) -> Client:
    """Return the client of an authorization request, whose metadata document is fetched or refreshed when it has one.

    `address` is the browser's, for limits on first fetches. Raises `UnknownClient` or `RateLimited`.
    """
    client = find_client(client_id)
    is_disabled = client is not None and client.is_disabled
    if is_metadata_document_id(client_id) and not is_disabled:
        client = refresh_client(client_id, client, address)
    if client is None:
        raise UnknownClient("The client is not known here.")
    if client.is_disabled:
        raise UnknownClient("The client was disabled by the staff of this server.")
    return client


def show_client(client: Client, redirect_uri: str) -> ClientView:
    """Return what people are shown about `client` when its answer goes to `redirect_uri`."""
    if client.is_verified:
        return ClientView(client.display_name, "verified", logo_url=str(client.metadata.get("logo_uri", "")))
    known = find_by_redirect_uri(redirect_uri)
    if known is not None and (client.client_id in known.client_ids or known == find_by_name(client.name)):
        return ClientView(known.name, "verified", known.vendor_host)
    warning = _borrowed_name(client, redirect_uri)
    if client.is_metadata_document and not warning:
        return ClientView(client.display_name, "identified", _document_host(client))
    return ClientView(client.display_name, "unverified", warning=warning)


def shown_metadata(client: Client) -> dict[str, Any]:
    """Return what a connection keeps of the metadata under which the person allowed it (P-C6)."""
    return {"name": client.name, "redirect_uris": client.redirect_uri_list, "auth_method": client.auth_method}


def changes_since(shown: Mapping[str, Any], client: Client) -> list[str]:
    """Return sentences about what changed since a person was `shown` the metadata; nothing when nothing was shown."""
    if not shown:
        return []
    changes = []
    if shown.get("name") != client.name:
        changes.append(_("Its name was “%(name)s”.") % {"name": shown.get("name")})
    added = [uri for uri in client.redirect_uri_list if uri not in shown.get("redirect_uris", [])]
    if added:
        changes.append(_("Its answers may now also go to %(uris)s.") % {"uris": ", ".join(added[:3])})
    if shown.get("auth_method") != client.auth_method:
        changes.append(_("It proves itself to this server in another way."))
    return changes


def _borrowed_name(client: Client, redirect_uri: str) -> str:
    known = find_by_name(client.name)
    if known is None or client.client_id in known.client_ids:
        return ""
    if known.redirect_uris and not known.may_answer_at(redirect_uri):
        sentence = _("It calls itself %(name)s, but its answer does not go where %(name)s receives answers.")
        return sentence % {"name": known.name}
    if client.is_metadata_document and not _is_at(_document_host(client), known.vendor_host):
        sentence = _("It calls itself %(name)s, but what it says of itself stands at %(host)s.")
        return sentence % {"name": known.name, "host": _document_host(client)}
    return ""


def _document_host(client: Client) -> str:
    return urlsplit(client.client_id).netloc


def _is_at(host: str, vendor_host: str) -> bool:
    return host == vendor_host or host.endswith(f".{vendor_host}")
