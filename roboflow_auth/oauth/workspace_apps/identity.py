"""Which app a client is, for the admins of a workspace.

An app that registers dynamically is another client on every computer, and after every fresh install: a decision about
one client ID would be over at the next start of the app. So an app is recognized by words that stay: its place in the
catalogue, where it answers as that one does; the URL of its document; what staff registered; else what it says of
itself, which is its name together with where this answer goes.

That last word is as good as the registration: answers to it reach the same receiver. It says nothing of the other
places that an app registered, which no admin was shown: those are asked about by themselves. A block holds wherever the
app answers. Nobody keeps an app from choosing another name, though, which is why the page says so and offers rules that
let only known apps in.
"""

from __future__ import annotations

import hashlib
import json

from roboflow_auth.oauth.known_clients.lookup import find_by_client_id, find_by_name
from roboflow_auth.oauth.known_clients.names import fold_name
from roboflow_auth.oauth.models import Client, KnownClient
from roboflow_auth.oauth.models.workspace_apps import KEY_HASH_LENGTH
from roboflow_auth.oauth.rules.redirect_uri import DEVICE, is_loopback


def keys_of(client: Client, redirect_uri: str) -> tuple[str, ...]:
    """Return the words by which `client`, whose answer goes to `redirect_uri`, is recognized; the widest comes first.

    The others keep a decision in force when the catalogue loses the entry, or gets one.
    """
    own = _claim(client, redirect_uri) if _says_who_it_is(client) else f"id:{client.client_id}"
    known = _known(client, redirect_uri)
    return (key_of_known(known), own) if known else (own,)


def every_key_of(client: Client, redirect_uri: str | None = None) -> frozenset[str]:
    """Return the words by which `client` is recognized wherever it may answer, `redirect_uri` included if given."""
    places = {*client.redirect_uri_list, *([] if redirect_uri is None else [redirect_uri])}
    return frozenset(key for uri in places or {DEVICE} for key in keys_of(client, uri))


def key_of_known(known: KnownClient) -> str:
    """Return the word for an entry of the catalogue."""
    return f"known:{known.slug}"


def hash_key(key: str) -> str:
    """Return the name of an app in addresses: a key may be as long as a URL."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_HASH_LENGTH]


def _says_who_it_is(client: Client) -> bool:
    # Without a name there is nothing to recognize but the registration itself.
    return not (client.is_staff_registered or client.is_metadata_document) and bool(fold_name(client.name))


def _claim(client: Client, redirect_uri: str) -> str:
    """Return the name as people read it, and where the answer goes; on loopback any path and port is this machine.

    An answer that is fetched, as devices do, goes nowhere, and that is a place of its own.
    """
    place = "loopback" if is_loopback(redirect_uri) else redirect_uri
    return "claim:" + hash_key(json.dumps([fold_name(client.name), place]))


def _known(client: Client, redirect_uri: str) -> KnownClient | None:
    if client.is_staff_registered:
        return None
    if client.is_metadata_document:
        return find_by_client_id(client.client_id)
    known = find_by_name(client.name)
    return known if known is not None and known.may_answer_at(redirect_uri) else None
