"""Promises about clients in a browser, and about limits and hostile input."""

from __future__ import annotations

from tests.clauses.clause import Clause, Section

BROWSERS = Section(
    "Browser access (CORS)",
    (
        Clause(
            "P-X1.1", "Metadata, keys, registration, tokens and revocation are open to every origin, without cookies."
        ),
        Clause("P-X1.2", "The MCP endpoint is open to known origins, its 401 included."),
        Clause("P-X1.3", "No page is open to other origins.", ("OAUTH21-3.1",)),
    ),
)

LIMITS = Section(
    "Limits and abuse",
    (
        Clause("P-L1.1", "Registrations are limited for each address and for all together.", ("RFC7591-5",)),
        Clause("P-L1.2", "First fetches of metadata documents are limited likewise.", ("CIMD-8.6",)),
        Clause("P-L1.3", "Token requests are limited for each client and session, and not for each address."),
        Clause("P-L1.4", "Calls of the MCP server and the REST API are limited for each connection."),
        Clause("P-L1.5", "Guessing passwords is slowed down, even for whoever guesses right.", ("RFC6749-10.10",)),
        Clause("P-L1.6", "A limit is answered with 429 and Retry-After, in the endpoint's own format."),
        Clause("P-L1.7", "All nodes count together."),
        Clause(
            "P-L1.8",
            "Devices are limited for each address and client, and the codes that people type for each person and "
            "address.",
            ("RFC8628-5.1",),
        ),
        Clause("P-L2.1", "Bodies, addresses and values have a greatest length."),
        Clause(
            "P-L2.2",
            "Bytes that are not text, repeated parameters, wrong types and deep JSON are refused in the endpoint's own "
            "format, and are never a fault.",
        ),
    ),
)
