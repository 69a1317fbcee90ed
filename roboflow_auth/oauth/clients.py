"""What people are shown about clients, and where these may answer (protocol.md P-C1, P-C6, P-C8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from roboflow_auth.oauth.client_keys import thumbprints
from roboflow_auth.oauth.known_clients.lookup import (
    find_by_client_id,
    find_by_name,
    find_by_redirect_uri,
    find_resembled,
)
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.redirect_uri import is_device, is_registered, is_well_formed


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


def may_answer_at(client: Client, redirect_uri: str) -> bool:
    """Return whether `redirect_uri` is one of `client`'s: it registered it, or the catalogue knows it as its own.

    The latter is for Codex, which listens at an address of its own for each server that does not announce `iss`.
    """
    if is_registered(client.redirect_uri_list, redirect_uri):
        return True
    known = find_by_client_id(client.client_id) if client.is_metadata_document else None
    return known is not None and is_well_formed(redirect_uri) and known.may_listen_at(redirect_uri)


def show_client(client: Client, redirect_uri: str) -> ClientView:
    """Return what people are shown about `client` when its answer goes to `redirect_uri`."""
    if is_device(redirect_uri) and client.is_public:
        # RFC 8628 §5.6: any device may say that it runs this app, and no redirect URI tells whether it does.
        return ClientView(client.display_name, "unverified", warning=_borrowed_name(client, redirect_uri))
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
    return {
        "name": client.name,
        "redirect_uris": client.redirect_uri_list,
        "auth_method": client.auth_method,
        # A document can change hands. Other keys are replaced by staff, or by the client with its own token.
        "keys": thumbprints(client.public_keys) if client.is_metadata_document else [],
    }


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
    elif shown.get("keys", []) != shown_metadata(client)["keys"]:
        changes.append(_("It proves itself to this server by other keys."))
    return changes


def _borrowed_name(client: Client, redirect_uri: str) -> str:
    known = find_resembled(client.name)
    if known is None or client.client_id in known.client_ids:
        return ""
    is_exact = known == find_by_name(client.name)
    claim = _("It calls itself %(name)s") if is_exact else _("Its name begins like that of %(name)s")
    if known.redirect_uris and not known.may_answer_at(redirect_uri):
        sentence = _("%(claim)s, but its answer does not go where %(name)s receives answers.")
        return sentence % {"claim": claim % {"name": known.name}, "name": known.name}
    if client.is_metadata_document and known.vendor_host and not _is_at(_document_host(client), known.vendor_host):
        sentence = _("%(claim)s, but what it says of itself stands at %(host)s.")
        return sentence % {"claim": claim % {"name": known.name}, "host": _document_host(client)}
    return ""


def _document_host(client: Client) -> str:
    return urlsplit(client.client_id).netloc


def _is_at(host: str, vendor_host: str) -> bool:
    return host == vendor_host or host.endswith(f".{vendor_host}")
