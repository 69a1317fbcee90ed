"""docs/protocol.md: every promise, where it comes from, and the tests that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.clauses import CLAUSES, DOCUMENTS, PLANNED, REFERENCE, SECTIONS, Clause, Section
from tests.clauses.proofs import ROOT, Proof, by_clause, find_proofs

PATH = ROOT / "docs" / "protocol.md"

_PREFACE = """\
# What this server promises

Made by `make docs` from `tests/clauses`; change it there. Each line is one promise, the place it comes from, and the
tests that fail when it is broken. A test names its promises with `@clause("P-T3.1")`, and `tests/house/test_clauses.py`
sees to it that there is no promise without a test, and no test of a promise that is not here.

Promises that begin with `P-` are rules of our own; the others are named for the place in a standard that demands them.

Attacks have a table of their own: every one that RFC 9700 §4, RFC 8628 §5 and the security best practices of the Model
Context Protocol name stands in [tests/oauth/attacks](../tests/oauth/attacks/__init__.py) with the test that makes it.
"""


def render() -> str:
    """Return the whole document."""
    proofs = by_clause(find_proofs())
    parts = [
        _PREFACE,
        *(_render_section(section, proofs) for section in SECTIONS),
        _divergences(),
        _planned(),
        _documents(),
    ]
    return "\n".join(parts)


def write(path: Path = PATH) -> None:
    """Write the document."""
    path.write_text(render(), encoding="utf-8")


def _render_section(section: Section, proofs: Mapping[str, list[Proof]]) -> str:
    lines = [f"## {section.title}", "", "| id | promise | source | proved by |", "| --- | --- | --- | --- |"]
    for clause in section.clauses:
        if clause.id not in PLANNED:
            lines.append(_row(_id(clause), clause.promise, _sources(clause), _tests(proofs.get(clause.id, []))))
    return "\n".join([*lines, ""])


def _divergences() -> str:
    lines = ["## Where we knowingly do otherwise", "", "| id | source | what we do, and why |", "| --- | --- | --- |"]
    lines += [_row(f"`{each.id}`", _sources(each), each.divergence) for each in CLAUSES if each.divergence]
    return "\n".join([*lines, ""])


def _planned() -> str:
    lines = ["## Not yet", "", "| id | promise | source | why not |", "| --- | --- | --- | --- |"]
    lines += [
        _row(f"`{each.id}`", each.promise, _sources(each), PLANNED[each.id]) for each in CLAUSES if each.id in PLANNED
    ]
    return "\n".join([*lines, ""])


def _documents() -> str:
    lines = ["## Documents", ""]
    lines += [f"- [{each.name}]({each.url}): {each.title}" for each in DOCUMENTS.values()]
    return "\n".join([*lines, ""])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _id(clause: Clause) -> str:
    return f"`{clause.id}`" + (" ([but](#where-we-knowingly-do-otherwise))" if clause.divergence else "")


def _sources(clause: Clause) -> str:
    return ", ".join(_links(clause)) or "ours"


def _links(clause: Clause) -> Iterator[str]:
    for reference in clause.references:
        found = REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(f"{reference} is no reference.")
        document, section = DOCUMENTS[found["document"]], found["section"]
        label = f"§{section}" if section[0].isdigit() else section.replace("-", " ")
        yield f"[{document.name} {label}]({document.link(section)})"


def _tests(proofs: list[Proof]) -> str:
    return "<br>".join(f"[{each.path.removeprefix('tests/')}::{each.test}](../{each.path})" for each in proofs)
