"""What a clause is, and the documents that clauses refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

REFERENCE = re.compile(r"(?P<document>[A-Z]+[0-9]*(?:-[A-Z]+)?)-(?P<section>[0-9]+(?:\.[0-9]+)*|[a-z][a-z-]*)")
"""A document and a section of it: `RFC6749-4.1.2`, `OIDC-CORE-3.1.2.1`, `MCP-AUTH-roles`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A public document. `url` is the page of it, `anchor` how a section is linked ("" where sections have no name)."""

    name: str
    title: str
    url: str
    anchor: str = ""

    def link(self, section: str) -> str:
        """Return the address of a section."""
        return self.url + self.anchor.format(section=section)


def _rfc(number: int, title: str) -> Document:
    page = f"https://www.rfc-editor.org/rfc/rfc{number}.html"
    return Document(f"RFC {number}", title, page, "#section-{section}")


def _mcp(page: str, name: str, title: str) -> Document:
    return Document(name, title, f"https://modelcontextprotocol.io/specification/2026-07-28/basic/{page}", "#{section}")


DOCUMENTS = {
    "RFC6749": _rfc(6749, "The OAuth 2.0 Authorization Framework"),
    "RFC6750": _rfc(6750, "Bearer Token Usage"),
    "RFC7009": _rfc(7009, "Token Revocation"),
    "RFC7591": _rfc(7591, "Dynamic Client Registration"),
    "RFC7592": _rfc(7592, "Dynamic Client Registration Management"),
    "RFC7636": _rfc(7636, "Proof Key for Code Exchange"),
    "RFC7662": _rfc(7662, "Token Introspection"),
    "RFC8252": _rfc(8252, "OAuth 2.0 for Native Apps"),
    "RFC8414": _rfc(8414, "Authorization Server Metadata"),
    "RFC8628": _rfc(8628, "Device Authorization Grant"),
    "RFC8693": _rfc(8693, "Token Exchange"),
    "RFC8707": _rfc(8707, "Resource Indicators"),
    "RFC9110": _rfc(9110, "HTTP Semantics"),
    "RFC9207": _rfc(9207, "Authorization Server Issuer Identification"),
    "RFC9449": _rfc(9449, "Demonstrating Proof of Possession"),
    "RFC9700": _rfc(9700, "Best Current Practice for OAuth 2.0 Security"),
    "RFC9728": _rfc(9728, "Protected Resource Metadata"),
    "OAUTH21": Document(
        "OAuth 2.1",
        "The OAuth 2.1 Authorization Framework, draft 13",
        "https://www.ietf.org/archive/id/draft-ietf-oauth-v2-1-13.html",
        "#section-{section}",
    ),
    "CIMD": Document(
        "CIMD",
        "OAuth Client ID Metadata Document, draft 02",
        "https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-02.html",
        "#section-{section}",
    ),
    "ID-JAG": Document(
        "ID-JAG",
        "Identity Assertion JWT Authorization Grant, draft 04",
        "https://www.ietf.org/archive/id/draft-ietf-oauth-identity-assertion-authz-grant-04.html",
        "#section-{section}",
    ),
    "MCP-ENTERPRISE": Document(
        "MCP enterprise",
        "MCP extension: Enterprise-Managed Authorization",
        "https://modelcontextprotocol.io/extensions/auth/enterprise-managed-authorization",
    ),
    "OIDC-CORE": Document(
        "OIDC Core", "OpenID Connect Core 1.0", "https://openid.net/specs/openid-connect-core-1_0.html"
    ),
    "OIDC-DISCOVERY": Document(
        "OIDC Discovery", "OpenID Connect Discovery 1.0", "https://openid.net/specs/openid-connect-discovery-1_0.html"
    ),
    "OIDC-LOGOUT": Document(
        "OIDC Logout",
        "OpenID Connect RP-Initiated Logout 1.0",
        "https://openid.net/specs/openid-connect-rpinitiated-1_0.html",
    ),
    "MCP-AUTH": _mcp("authorization", "MCP authorization", "MCP 2026-07-28: Authorization"),
    "MCP-DISCOVERY": _mcp(
        "authorization/authorization-server-discovery",
        "MCP discovery",
        "MCP 2026-07-28: Authorization Server Discovery",
    ),
    "MCP-CLIENTS": _mcp("authorization/client-registration", "MCP registration", "MCP 2026-07-28: Client Registration"),
    "MCP-SECURITY": _mcp(
        "authorization/security-considerations", "MCP security", "MCP 2026-07-28: Authorization Security"
    ),
    "MCP-HTTP": _mcp("transports/streamable-http", "MCP transport", "MCP 2026-07-28: Streamable HTTP"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise in one sentence.

    `id` is a rule of our own (`P-T3.1`), or the place in a standard that demands it (`RFC6749-6`, or `RFC6749-3.2/a`
    and `/b` where one section demands several things). `sources` are the places that a rule of our own comes from.
    `divergence` says where we knowingly do otherwise than the standard, and why.
    """

    id: str
    promise: str
    sources: tuple[str, ...] = ()
    divergence: str = ""

    @property
    def is_ours(self) -> bool:
        """Return whether this is a rule of our own."""
        return self.id.startswith("P-")

    @property
    def references(self) -> tuple[str, ...]:
        """Return the places in public documents that the clause goes back to."""
        return self.sources if self.is_ours else (self.id.partition("/")[0],)


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the promises."""

    title: str
    clauses: tuple[Clause, ...]


def clause(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as the proof of clauses: it fails when one of these promises is broken."""
    return pytest.mark.clause(*ids)
