"""`python -m tests.clauses` writes docs/protocol.md."""

from __future__ import annotations

from tests.clauses.document import write

if __name__ == "__main__":
    write()
