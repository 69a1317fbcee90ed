"""Promises about the MCP endpoint."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

SECTION = Section(
    "MCP endpoint",
    (
        Clause("P-M1.1", "A call is made with a bearer token or with an API key.", ("RFC6750-2.1",)),
        Clause("P-M1.2", "A credential in the query is none.", ("RFC6750-2.3", "MCP-AUTH-token-requirements")),
        Clause("P-M1.3", "An empty Bearer is no credential."),
        Clause(
            "P-M2.1",
            "Without a credential the answer is 401 with the address of the metadata and the baseline scopes, and "
            "without an error.",
            ("RFC6750-3", "RFC9728-5.1", "MCP-AUTH-scope-selection-strategy"),
        ),
        Clause("P-M2.2", "A credential that is no good adds error=invalid_token.", ("RFC6750-3.1",)),
        Clause(
            "P-M3.1",
            "A call that lacks a scope is answered with 403 and one challenge for what is granted and what is needed.",
            ("RFC6750-3.1", "MCP-AUTH-runtime-insufficient-scope-errors"),
        ),
        Clause("P-M3.2", "What a role does not allow is a tool's error and no challenge."),
        Clause("P-M3.3", "What the caller may not see is not_found, like what does not exist."),
        Clause("P-M4.1", "The list of tools hides what the role can never do."),
        Clause(
            "P-M4.2",
            "What lacks only a scope is listed with the scopes it needs, or hidden where a deployment says so.",
        ),
        Clause("P-M4.3", "From API keys, which can't ask for more, it is hidden."),
        Clause("P-M4.4", "The list has a fixed order and is nobody else's."),
        Clause("P-M5.1", "Clients of 2026-07-28 and of the initialize era are answered."),
        Clause("P-M5.2", "There are no server sessions: every request stands for itself."),
        Clause("P-M5.3", "A known caller's GET is answered with 405."),
        Clause("P-M5.4", "A foreign Origin or Host is refused with 403.", ("MCP-HTTP-security-endpoint",)),
        Clause("P-M5.5", "A body of more than 4 MiB is refused."),
        Clause("P-M6.1", "Every call leaves one audit row, with a digest of its arguments and no values."),
        Clause(
            "P-M7.1",
            "A tool gets to know who asks, and never the token.",
            ("MCP-SECURITY-access-token-privilege-restriction",),
        ),
        Clause("P-M7.2", "The token stands in no log.", ("MCP-SECURITY-token-theft",)),
        Clause("RFC6750-2", "A request with two credentials is an invalid request."),
        Clause("RFC6750-3", "What stands in a challenge can't break out of it."),
        Clause("RFC6750-3.1", "invalid_token is answered with 401, and insufficient_scope with 403."),
        Clause(
            "MCP-SECURITY-token-audience-binding-and-validation",
            "A token that was not issued for this server is refused.",
        ),
        Clause("MCP-AUTH-token-requirements", "A token counts in the Authorization header, in every request."),
        Clause("MCP-AUTH-token-handling", "A token that is invalid or expired is answered with 401."),
        Clause("MCP-HTTP-security-endpoint", "A present and invalid Origin is answered with 403."),
        Clause("MCP-HTTP-sending-messages", "A notification is answered with 202 and no body."),
        Clause("MCP-HTTP-protocol-version-header/a", "A version that is not spoken is answered with 400."),
        Clause("MCP-HTTP-protocol-version-header/b", "A method that does not exist is answered with 404 and -32601."),
        Clause("MCP-HTTP-server-validation", "Headers that do not fit the body are answered with 400."),
    ),
)
