"""The clients that people really use: who they are, and where their answers may go (protocol.md P-C8; clients.md).

An entry says which client IDs and redirect URIs belong to a name. `document` is a copy of the vendor's metadata, used
when it can't be fetched: claude.ai answers data centres with 403, and a server without internet can't ask at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from roboflow_auth.oauth.rules.redirect_uri import is_private_scheme, without_loopback_port

_CODE_AND_REFRESH = ("authorization_code", "refresh_token")


@dataclass(frozen=True, slots=True)
class KnownClient:
    """One client: names it registers under (folded), URLs of its metadata documents, its exact redirect URIs.

    A redirect URI that ends in `*` stands for one more path segment, the vendor's id of the connection.
    """

    name: str
    vendor_host: str
    names: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    client_ids: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = field(default=_CODE_AND_REFRESH)

    def owns(self, redirect_uri: str) -> bool:
        """Return whether an answer to `redirect_uri` can reach nobody but this client, as only https can tell.

        RFC 8252 §7.1, §8.6: any app on the device can listen on loopback and claim a private-use scheme.
        """
        return redirect_uri.startswith("https://") and self.may_answer_at(redirect_uri)

    def may_answer_at(self, redirect_uri: str) -> bool:
        """Return whether this client is known to receive answers at `redirect_uri`, alone or not."""
        return any(_matches(pattern, redirect_uri) for pattern in self.redirect_uris)

    def document(self, client_id: str) -> dict[str, Any]:
        """Return the copy of the metadata document `client_id`."""
        return {
            "client_id": client_id,
            "client_name": self.name,
            "client_uri": f"https://{self.vendor_host}",
            "redirect_uris": [uri for uri in self.redirect_uris if not uri.endswith("*")],
            "grant_types": list(self.grant_types),
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }


KNOWN_CLIENTS = (
    KnownClient(
        name="Claude",
        vendor_host="claude.ai",
        names=("claude", "claude.ai", "claude desktop"),
        redirect_uris=("https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"),
        client_ids=("https://claude.ai/oauth/mcp-oauth-client-metadata",),
    ),
    KnownClient(
        name="Claude Code",
        vendor_host="claude.ai",
        names=("claude code",),
        redirect_uris=(
            "http://localhost/callback",
            "http://127.0.0.1/callback",
            "claude://claude.ai/mcp-auth-callback/sdk",
        ),
        client_ids=("https://claude.ai/oauth/claude-code-client-metadata",),
    ),
    KnownClient(
        name="ChatGPT",
        vendor_host="chatgpt.com",
        names=("chatgpt",),
        redirect_uris=(
            "https://chatgpt.com/connector_platform_oauth_redirect",
            "https://chatgpt.com/connector/oauth/*",
        ),
    ),
    KnownClient(
        name="Codex",
        vendor_host="chatgpt.com",
        names=("codex",),
        redirect_uris=("http://127.0.0.1/callback", "http://127.0.0.1/callback/*"),
        client_ids=("https://chatgpt.com/oauth/codex/client.json",),
    ),
    KnownClient(
        name="Cursor",
        vendor_host="cursor.com",
        names=("cursor",),
        redirect_uris=(
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback",
        ),
    ),
    KnownClient(
        name="Visual Studio Code",
        vendor_host="vscode.dev",
        names=("visual studio code", "visual studio code - insiders", "vs code"),
        redirect_uris=(
            "https://vscode.dev/redirect",
            "https://insiders.vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
        ),
        client_ids=("https://vscode.dev/oauth/client-metadata.json",),
    ),
    KnownClient(
        name="opencode",
        vendor_host="opencode.ai",
        names=("opencode",),
        redirect_uris=("http://127.0.0.1:19876/mcp/oauth/callback",),
        client_ids=("https://opencode.ai/oauth/opencode/client.json",),
    ),
    KnownClient(
        name="Antigravity",
        vendor_host="antigravity.google",
        names=("antigravity",),
        redirect_uris=("https://antigravity.google/oauth-callback",),
    ),
    KnownClient(name="Gemini CLI", vendor_host="google.com", names=("gemini cli", "gemini cli mcp client")),
    KnownClient(name="Windsurf", vendor_host="windsurf.com", names=("windsurf",)),
    KnownClient(name="MCP Inspector", vendor_host="modelcontextprotocol.io", names=("mcp inspector",)),
)

_PRIVATE_URIS = frozenset(uri for known in KNOWN_CLIENTS for uri in known.redirect_uris if is_private_scheme(uri))
_BRAND = "roboflow"
_CLAIMS = ("official", "verified")
# Claude Code and others add the name of the server in brackets.
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def find_by_client_id(client_id: str) -> KnownClient | None:
    """Return the known client whose metadata document `client_id` is."""
    return next((known for known in KNOWN_CLIENTS if client_id in known.client_ids), None)


def find_by_redirect_uri(redirect_uri: str) -> KnownClient | None:
    """Return the known client that alone receives answers at `redirect_uri`."""
    return next((known for known in KNOWN_CLIENTS if known.owns(redirect_uri)), None)


def find_by_name(name: str) -> KnownClient | None:
    """Return the known client that `name` calls itself, whatever its case, spaces, look-alikes and added brackets."""
    folded = fold_name(_IN_BRACKETS.sub("", name))
    return next((known for known in KNOWN_CLIENTS if folded in {fold_name(alias) for alias in known.names}), None)


def is_known_private_uri(uri: str) -> bool:
    """Return whether `uri` is a private-use redirect URI of the catalogue; others are registered by staff only."""
    return uri in _PRIVATE_URIS


def is_forbidden_name(name: str) -> bool:
    """Return whether `name` claims to be this product's own, or to have been checked by somebody."""
    folded = fold_name(name)
    return folded.startswith(fold_name(_BRAND)) or any(fold_name(claim) in folded for claim in _CLAIMS)


def fold_name(name: str) -> str:
    """Return what `name` looks like: two names that a person would read alike fold to the same letters and digits.

    Compatibility forms are resolved; accents, invisible characters and spaces are taken out; letters of other alphabets
    and digits count as the Latin letter they resemble, and so do I, l and 1, which look alike among themselves.
    """
    # Letters are looked up in every form: the next step would make others of some that look Latin in this one.
    latin = unicodedata.normalize("NFKD", name.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)
    latin = latin.casefold().translate(_LOOK_ALIKES)
    return "".join(character for character in latin if character.isalnum())


def _matches(pattern: str, redirect_uri: str) -> bool:
    expected, actual = without_loopback_port(pattern), without_loopback_port(redirect_uri)
    if not expected.endswith("/*"):
        return expected == actual
    segment = actual.removeprefix(expected[:-1])
    return segment != actual and segment.replace("-", "").replace("_", "").isalnum()


def _look_alikes(groups: Iterable[tuple[str, str]]) -> dict[int, str]:
    return {ord(twin): letter for letter, twins in groups for twin in twins}


# Capitals stand beside small letters where only the one of them resembles a Latin letter, or each another one.
_LOOK_ALIKES = _look_alikes(
    [
        ("a", "АаΑαᴀ"),
        ("b", "ВвЬьΒβʙ"),
        ("c", "СсϹϲᴄ"),
        ("d", "Ԁԁᴅ"),
        ("e", "ЕеΕεЄєᴇ"),
        ("f", "ƒϜꜰ"),
        ("h", "НһΗʜ"),
        ("j", "Јјᴊ"),
        ("k", "КкΚκᴋ"),
        ("l", "iI1|ІіΙιıӀӏłŁʟɪ"),
        ("m", "МмΜᴍ"),
        ("n", "ΝηɴПп"),
        ("o", "0ОоΟοøØσᴏ"),
        ("p", "РрΡρᴘ"),
        ("r", "гᴦʀ"),
        ("s", "Ѕѕ5ꜱ"),
        ("t", "ТтΤτᴛ"),
        ("u", "υᴜ"),
        ("v", "Ѵѵνᴠ"),
        ("w", "ѡԝωᴡ"),
        ("x", "ХхΧχ"),
        ("y", "УуΥγʏ"),
    ]
)
