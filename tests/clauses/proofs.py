"""Which tests prove which clauses: read from the tests' syntax trees, without importing one of them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"


@dataclass(frozen=True, order=True, slots=True)
class Proof:
    """A test, by its file within the repository and its name, and the id of a clause that it proves."""

    path: str
    test: str
    clause_id: str


def find_proofs() -> list[Proof]:
    """Return every proof there is, in the order of paths and then of the file."""
    return [proof for path in sorted(TESTS.rglob("*.py")) for proof in _proofs_in(path)]


def by_clause(proofs: list[Proof]) -> Mapping[str, list[Proof]]:
    """Return the proofs of each clause."""
    found: dict[str, list[Proof]] = defaultdict(list)
    for proof in proofs:
        found[proof.clause_id].append(proof)
    return found


def find_stray_marks() -> list[str]:
    """Return where `@clause` stands on something that pytest does not collect, or without plain ids."""
    return [stray for path in sorted(TESTS.rglob("*.py")) for stray in _stray_marks_in(path)]


def find_tests(path: Path) -> set[str]:
    """Return the names of the tests in a file."""
    return {test.name for test in _tests_in(ast.parse(path.read_text()))}


def _proofs_in(path: Path) -> Iterator[Proof]:
    if not path.name.startswith("test_"):
        return
    for test in _tests_in(ast.parse(path.read_text())):
        for mark in test.decorator_list:
            for clause_id in _ids(mark):
                yield Proof(path.relative_to(ROOT).as_posix(), test.name, clause_id)


def _stray_marks_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    tests = _tests_in(tree) if path.name.startswith("test_") else []
    marks = {id(mark) for test in tests for mark in test.decorator_list if _ids(mark)}
    for node in ast.walk(tree):
        if _is_mark(node) and id(node) not in marks:
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _tests_in(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [function for function in functions if function.name.startswith("test_")]


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "clause"


def _ids(mark: ast.AST) -> list[str]:
    """Return the ids in a mark; none for what is no mark, or has something else than plain strings in it."""
    if not isinstance(mark, ast.Call) or not _is_mark(mark) or mark.keywords:
        return []
    ids = [argument.value for argument in mark.args if isinstance(argument, ast.Constant)]
    return [str(value) for value in ids] if len(ids) == len(mark.args) else []
