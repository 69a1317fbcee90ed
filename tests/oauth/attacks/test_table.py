"""The table of attacks tells the truth: every test that it names exists, and every attack has one or a reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import tests.oauth.attacks

_ROOT = Path(__file__).resolve().parents[3]
_NAMED = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
_TABLE = str(tests.oauth.attacks.__doc__)


def functions_in(path: Path) -> dict[str, str]:
    """Return the tests of a file, by name, with their docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: ast.get_docstring(node) or "" for node in found if node.name.startswith("test_")}


def test_every_test_that_the_table_names_exists() -> None:
    named = _NAMED.findall(_TABLE)
    assert len(named) > 50
    assert [f"{path}::{name}" for path, name in named if name not in functions_in(_ROOT / path)] == []


def test_every_section_of_rfc_9700_has_a_line_and_every_line_a_test_or_a_reason() -> None:
    lines = [line for line in _TABLE.splitlines() if re.match(r"\S.*\s{2,}\S", line)]
    assert {f"4.{number}" for number in range(1, 18)} <= {line.split()[0] for line in lines}
    assert [line for line in lines if not _NAMED.search(line) and " – " not in line] == []


def test_every_attack_made_here_is_named_in_its_docstring_and_in_the_table() -> None:
    here = Path(__file__).parent
    made = {
        (f"tests/oauth/attacks/{path.name}", name): text
        for path in here.glob("test_*.py")
        if path != Path(__file__)
        for name, text in functions_in(path).items()
    }
    assert [name for (_, name), text in made.items() if not re.match(r"(RFC 9700 §4\.\d+|[A-Z][\w, -]+)", text)] == []
    unnamed = {name for (path, name) in made if (path, name) not in set(_NAMED.findall(_TABLE))}
    assert unnamed == set()
