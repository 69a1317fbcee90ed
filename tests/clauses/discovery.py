"""Promises about what clients find before they ask for anything."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Discovery",
    (
        Clause(
            "P-D1.1",
            "The authorization server is described at every address that real clients try: both well-known names, with "
            "and without a resource's path, with and without a slash at the end.",
            ("RFC8414-3", "RFC8414-5", "MCP-DISCOVERY-authorization-server-metadata-discovery"),
        ),
        Clause(
            "P-D2.1",
            "The MCP server is described at its own well-known address and at the root, by its exact URL.",
            ("RFC9728-3", "RFC9728-3.3"),
        ),
        Clause("P-D2.2", "The REST API is described as a resource of its own.", ("RFC9728-3",)),
        Clause("P-D3.1", "Every grant, endpoint and document that the metadata names exists.", ("RFC8414-2",)),
        Clause(
            "P-D3.2",
            "The metadata offers S256, the response type code, and clients without a secret.",
            ("RFC8414-2", "MCP-SECURITY-authorization-code-protection"),
        ),
        Clause(
            "P-D3.3",
            "Metadata documents of clients are announced exactly where they are accepted.",
            ("CIMD-6", "MCP-CLIENTS-advertising-cimd-support"),
        ),
        Clause("P-D3.4", "The issuer parameter is announced, and a deployment may stop announcing it.", ("RFC9207-3",)),
        Clause(
            "P-D3.5",
            "The server lists every scope, and a resource only those that people start with.",
            ("RFC8414-2", "RFC9728-2", "MCP-AUTH-scope-selection-strategy"),
        ),
        Clause(
            "P-D4.1", "Metadata may be kept for five minutes and is asked for again by its ETag.", ("RFC9110-13.1.2",)
        ),
        Clause(
            "RFC8414-2",
            "The metadata has an issuer without query and fragment, and every member that is required.",
        ),
        Clause("RFC8414-3.2", "The metadata is a JSON object, answered with 200 and its media type."),
        Clause(
            "RFC8414-3.3",
            "The issuer in the metadata is the one from which the address of the metadata was made.",
            divergence="At an address with a resource's path stands the same document, whose issuer is the root: real "
            "clients try these addresses and give up on a 404.",
        ),
        Clause("RFC9728-2", "A resource's metadata has its identifier and names its authorization server."),
        Clause("RFC9728-3.2", "A resource's metadata is a JSON object with its media type, for whoever asks."),
        Clause(
            "RFC9728-3.3",
            "The identifier in a resource's metadata is the one from which the address of the metadata was made.",
            divergence="At the root stands the description of /mcp, since the MCP specification lets clients look "
            "there.",
        ),
        Clause("RFC9728-5.1", "A challenge names the address of the resource's metadata, once."),
        Clause(
            "MCP-SECURITY-authorization-code-protection",
            "Both descriptions of the authorization server name the challenge methods.",
        ),
        Clause(
            "MCP-SECURITY-communication-security",
            "In production every address is https, unless the deployment insists on something else.",
        ),
        Clause("MCP-AUTH-refresh-tokens", "offline_access stands in the server's metadata and in no resource's."),
        Clause(
            "MCP-DISCOVERY-protected-resource-metadata-discovery-requirements",
            "What a challenge names is where the resource's metadata stands.",
        ),
        Clause(
            "MCP-DISCOVERY-authorization-server-location", "The MCP server's metadata names an authorization server."
        ),
        Clause(
            "OIDC-DISCOVERY-3",
            "The metadata has every member that OpenID Connect requires, RS256 among the algorithms.",
        ),
    ),
)
