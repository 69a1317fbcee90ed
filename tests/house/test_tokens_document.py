"""docs/tokens.md tells scanners the truth: its expressions and its checksum fit what the server makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from roboflow_auth.core.secrets import SecretKind, make_secret
from tests.clauses import clause

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "tokens.md").read_text()
(ANY_KIND,) = re.findall(r"```regex\n(.+)\n```", DOCUMENT)
BY_KIND = re.findall(r"\| `[a-z-]+` \| `(\\b.+?\\b)` \|", DOCUMENT)


def is_ours(secret: str) -> bool:
    """Return what the program in the document says of `secret`."""
    (program,) = re.findall(r"```python\n(.+?)```", DOCUMENT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102
    return bool(names["is_ours"](secret))


@clause("P-I4.3")
@pytest.mark.parametrize("kind", list(SecretKind))
def test_every_secret_is_found_by_the_common_expression_and_by_just_one_other(kind: SecretKind) -> None:
    raw = make_secret(kind)
    for text in (raw, f'token="{raw}"', f"https://x.example/?t={raw}&u=1", f"({raw})."):
        assert re.findall(ANY_KIND, text) == [raw]
        assert [re.findall(expression, text) for expression in BY_KIND].count([raw]) == 1


def test_there_is_one_expression_for_each_kind() -> None:
    assert len(BY_KIND) == len(SecretKind)
    assert all(f"| `{kind.value}` + 49 |" in DOCUMENT for kind in SecretKind)


@clause("P-I4.3")
@pytest.mark.parametrize("text", ["rfoa_short", "rfox_" + "a" * 49, "xrfoa_" + "a" * 49, "rfoa_" + "a" * 50])
def test_other_text_is_not_reported(text: str) -> None:
    assert not re.findall(ANY_KIND, text)


@clause("P-I4.1")
@pytest.mark.parametrize("kind", list(SecretKind))
def test_the_checksum_is_the_one_that_the_document_computes(kind: SecretKind) -> None:
    raw = make_secret(kind)
    assert is_ours(raw)
    assert not is_ours(raw[:-1] + ("0" if raw[-1] != "0" else "1"))
