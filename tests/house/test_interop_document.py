"""docs/interop.md tells the truth: the tests it names exist, and it names every client and every fixture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.clauses.proofs import ROOT, find_tests
from tests.oauth.cimd.real_documents import REAL_DOCUMENTS
from tests.oauth.registrations import REAL_CLIENTS

DOCUMENT = (ROOT / "docs" / "interop.md").read_text(encoding="utf-8")
NAMED_TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)))
CLIENTS = (
    *("Claude (web, mobile)", "Claude desktop", "Claude Code", "ChatGPT", "Codex", "Cursor", "VS Code", "Gemini CLI"),
    *("opencode", "Windsurf", "Antigravity", "mcporter", "mcpc", "mcp-remote", "MCP Inspector", "Python SDK (`mcp`)"),
    *("TypeScript SDK v1", "TypeScript SDK v2", "fastmcp", "use-mcp"),
)


def rows_of(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without the head of the table."""
    chapter = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def client_rows() -> list[list[str]]:
    """Return one row for each client."""
    return rows_of("Apps for people") + rows_of("Tools and libraries for developers")


@pytest.mark.parametrize(("path", "name"), NAMED_TESTS)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in find_tests(ROOT / Path(path))


def test_every_test_is_named_in_a_way_that_is_checked() -> None:
    assert len(NAMED_TESTS) > 20
    assert DOCUMENT.count("::") == len(re.findall(r"`tests/[\w/]+\.py::\w+`", DOCUMENT))


def test_every_client_has_its_row_and_every_row_a_fixture() -> None:
    rows = client_rows()
    assert tuple(row[0] for row in rows) == CLIENTS
    assert all(len(row) == 7 and re.search(r"(body|document) `\w+`", row[5]) for row in rows)


@pytest.mark.parametrize(
    ("kind", "fixtures"),
    [("body", {real.name for real in REAL_CLIENTS}), ("document", {real.name for real in REAL_DOCUMENTS})],
)
def test_the_fixtures_that_are_named_are_those_that_there_are(kind: str, fixtures: set[str]) -> None:
    named = {name for row in client_rows() for name in re.findall(rf"{kind} `(\w+)`", row[5])}
    assert named == fixtures


def test_every_quirk_and_every_promise_names_its_test() -> None:
    for heading in ("Quirks, and what holds them", "What the fixtures go through", "What holds for all"):
        rows = rows_of(heading)
        assert rows
        assert all(re.fullmatch(r"`tests/[\w/]+\.py::\w+`", row[-1]) for row in rows), heading
