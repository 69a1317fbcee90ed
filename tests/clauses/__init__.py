"""Every promise of the server, and the mark that ties a test to the promises it proves.

`python -m tests.clauses` writes docs/protocol.md from them; tests/house/test_clauses.py holds both against the tests.
"""

from __future__ import annotations

from tests.clauses import authorization, clients, connections, discovery, identity, limits, lookups, mcp, tokens
from tests.clauses.clause import DOCUMENTS, REFERENCE, Clause, Section, clause
from tests.clauses.planned import PLANNED

__all__ = ["CLAUSES", "DOCUMENTS", "PLANNED", "REFERENCE", "SECTIONS", "Clause", "Section", "clause"]

SECTIONS = (
    identity.SECTION,
    discovery.SECTION,
    clients.SECTION,
    authorization.SECTION,
    connections.SECTION,
    tokens.SECTION,
    lookups.REVOCATION,
    lookups.OPENID,
    mcp.SECTION,
    limits.BROWSERS,
    limits.LIMITS,
)

CLAUSES = tuple(clause for section in SECTIONS for clause in section.clauses)
