"""The format of secrets: found by scanners, told from junk without a look-up, compared in constant time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.core.secrets import SecretKind, hash_secret, is_same_secret, is_well_formed, make_secret
from tests.clauses import clause


@clause("P-I4.1")
@pytest.mark.parametrize("kind", list(SecretKind))
def test_a_secret_has_its_prefix_its_length_and_its_checksum(kind: SecretKind) -> None:
    raw = make_secret(kind)
    assert re.fullmatch(rf"{kind.value}[0-9A-Za-z]{{49}}", raw)
    assert is_well_formed(raw, kind)
    assert not any(is_well_formed(raw, other) for other in SecretKind if other is not kind)


def test_no_two_secrets_are_alike() -> None:
    assert len({make_secret(SecretKind.ACCESS_TOKEN) for _ in range(1000)}) == 1000


@clause("P-I4.1")
@given(st.integers(5, 53), st.sampled_from("0aZ_-é "))
def test_one_changed_character_makes_it_junk(position: int, character: str) -> None:
    raw = make_secret(SecretKind.ACCESS_TOKEN)
    changed = raw[:position] + character + raw[position + 1 :]
    assert is_well_formed(changed, SecretKind.ACCESS_TOKEN) == (changed == raw)


@given(st.text())
def test_text_of_any_kind_is_judged_and_never_an_error(text: str) -> None:
    assert not is_well_formed(text, SecretKind.API_KEY)


def test_an_empty_stored_hash_matches_nothing() -> None:
    assert is_same_secret("x", hash_secret("x"))
    assert not is_same_secret("y", hash_secret("x"))
    assert not is_same_secret("", "")
