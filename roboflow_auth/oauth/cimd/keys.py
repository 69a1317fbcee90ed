"""The keys of a metadata document: fetched with it, and kept for those who were shown them (P-C5, P-C6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oauth2_provider.cimd import CIMDError

from roboflow_auth.core.sentences import sentence
from roboflow_auth.oauth.cimd.fetch import DocumentFetcher
from roboflow_auth.oauth.client_keys import PublicKey, UnusableKeys, read_key_set
from roboflow_auth.oauth.models import AuthMethod, Client

# As many as two whole key sets. A document that goes through more of them has connections nobody signs for any longer.
_MAX_FORMER_KEYS = 20


def fetch_document(client_id: str) -> tuple[dict[str, Any], int]:
    """Return the document at `client_id`, its keys inline, and for how many seconds both may be kept.

    Raises `CIMDError`, also when keys that it refers to can't be had: without them it would pass for a public client.
    """
    fetcher = DocumentFetcher()
    document, seconds = fetcher.fetch(client_id)
    # RFC 7591 §2: one or the other. What stands in the document itself can't be older than it.
    if document.get("jwks") is not None or document.get("jwks_uri") is None or not _may_use_keys(document):
        return document, seconds
    if not isinstance(document["jwks_uri"], str):
        raise CIMDError("the document's jwks_uri is not text")
    key_set, key_seconds = fetcher.fetch(document["jwks_uri"])
    return {**document, "jwks": key_set}, min(seconds, key_seconds)


def fetch_keys(jwks_uri: str) -> list[PublicKey]:
    """Return the keys of the key set at `jwks_uri`. Raises `UnusableKeys`."""
    try:
        return read_key_set(DocumentFetcher().fetch(jwks_uri)[0])
    except CIMDError as error:
        raise UnusableKeys(sentence("The key set can't be fetched: %(error)s.", error=error)) from error


def retired_keys(stored: Client, current_keys: list[PublicKey]) -> list[PublicKey]:
    """Return the keys that `stored` had and that are not among `current_keys`, the last ones first.

    Connections that were made under them stay with them; others are not opened by them.
    """
    known = [*stored.public_keys, *stored.former_keys]
    return [key for key in known if key not in current_keys][:_MAX_FORMER_KEYS]


def _may_use_keys(document: Mapping[str, Any]) -> bool:
    method = document.get("token_endpoint_auth_method")
    listed = document.get("token_endpoint_auth_methods_supported") or [AuthMethod.PRIVATE_KEY_JWT]
    if method is not None:
        return bool(method == AuthMethod.PRIVATE_KEY_JWT)
    return isinstance(listed, list) and AuthMethod.PRIVATE_KEY_JWT in listed
