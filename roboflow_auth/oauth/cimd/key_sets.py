"""Fetching the key set of an identity provider, behind the same guard as metadata documents (protocol.md P-C5, P-T6).

Staff named the address, but what answers there is somebody else's. Providers publish certificates beside their keys, so
a set may be longer than a metadata document.
"""

from __future__ import annotations

import http.client
import json
from typing import Any

from oauth2_provider.cimd import CIMDError, _effective_max_age

from roboflow_auth.core.sentences import sentence
from roboflow_auth.oauth.cimd.fetch import DocumentFetcher
from roboflow_auth.oauth.client_keys import PublicKey, UnusableKeys, read_key_set

_MAX_BYTES = 64 * 1024
# A key that its provider withdrew is believed for that long at the most, whatever its headers say.
_MAX_SECONDS = 3600


class _KeySetFetcher(DocumentFetcher):
    """Fetches one key set in five seconds, without redirects."""

    def _read_document(self, response: http.client.HTTPResponse) -> tuple[dict[str, Any], int]:
        if response.status != 200:
            raise CIMDError(f"the answer is HTTP {response.status}")
        body = response.read(_MAX_BYTES + 1)
        if len(body) > _MAX_BYTES:
            raise CIMDError("the key set is too long")
        return json.loads(body), _effective_max_age(response.headers.get("Cache-Control"))


def fetch_issuer_keys(jwks_uri: str) -> tuple[list[PublicKey], int]:
    """Return the keys at `jwks_uri` and for how many seconds they are good. Raises `UnusableKeys`."""
    try:
        key_set, seconds = _KeySetFetcher().fetch(jwks_uri)
    except CIMDError as error:
        raise UnusableKeys(sentence("The key set can't be fetched: %(error)s.", error=error)) from error
    return read_key_set(key_set), min(seconds, _MAX_SECONDS)
