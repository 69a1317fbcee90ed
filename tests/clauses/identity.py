"""Promises about who the server is: its name, its resources, its secrets."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "Identity of the server",
    (
        Clause(
            "P-I1.1",
            "The issuer is one and the same string in every document, response and token.",
            ("RFC8414-3.3", "RFC9207-2", "OIDC-CORE-2"),
        ),
        Clause(
            "P-I2.1",
            "The MCP server and the REST API are two protected resources with identifiers of their own.",
            ("RFC9728-1.2", "RFC8707-2"),
        ),
        Clause(
            "P-I2.2",
            "An access token for one resource is refused at the other with 401 and invalid_token.",
            ("RFC6750-3.1", "RFC9700-2.3", "MCP-SECURITY-token-audience-binding-and-validation"),
        ),
        Clause("P-I2.3", "No access token is for two resources.", ("RFC9700-2.3",)),
        Clause("P-I3.1", "In development the loopback name that was typed is the name that everything carries."),
        Clause(
            "P-I3.2",
            "In production a request for another host than the public one is refused before anything is built from it.",
            ("RFC9110-7.2",),
        ),
        Clause("P-I3.3", "Forwarded addresses and hosts are believed from named proxies only.", ("RFC9110-7.2",)),
        Clause("P-I4.1", "Every secret has the prefix of its kind, 32 random bytes and a checksum."),
        Clause("P-I4.2", "What is not well-formed is refused without a look into the database."),
        Clause("P-I4.3", "The documented expressions find every secret and nothing else."),
        Clause("P-I5.1", "Codes, access tokens and refresh tokens are stored as hashes only.", ("RFC6749-10.3",)),
        Clause(
            "P-I5.2",
            "Client secrets, registration tokens and API keys are stored as hashes only.",
            ("RFC6749-10.1",),
        ),
        Clause("P-I5.3", "Passwords of people are stored with Argon2id."),
        Clause("P-I5.4", "The private signing key is stored encrypted and never published.", ("OIDC-CORE-10.1.1",)),
    ),
)
