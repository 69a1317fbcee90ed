"""What text may be stored: in every language, but nothing that a database or a person can't read."""

from __future__ import annotations

import pytest

from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.text import check_text, is_printable


@pytest.mark.parametrize("text", ["Ωμέγα", "电路板", "👩‍🔧 screws", "a\u00a0b", "x" * 20])
def test_text_of_every_language_is_kept_without_white_space_at_its_ends(text: str) -> None:
    assert check_text(f"  {text}\n", "The name", max_length=20) == text


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x1b[31m", "\ud800", "\x7f"])
def test_what_cannot_be_printed_is_refused(text: str) -> None:
    assert not is_printable(text)
    with pytest.raises(InvalidInput, match="printed"):
        check_text(text, "The name", max_length=20)


@pytest.mark.parametrize("text", ["x" * 21, " " * 41, "x" * 1_000_000])
def test_what_is_too_long_is_refused_and_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="The license may have 20 characters"):
        check_text(text, "The license", max_length=20)


def test_what_is_missing_is_refused_unless_it_may_be() -> None:
    with pytest.raises(InvalidInput, match="The name is missing"):
        check_text("  ", "The name", max_length=20)
    assert check_text("  ", "The name", max_length=20, may_be_empty=True) == ""
