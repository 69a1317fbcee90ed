"""Text that people and programs hand in: what may be stored, and how long it may be."""

from __future__ import annotations

import unicodedata

from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.sentences import sentence

# Control characters, and lone surrogates: PostgreSQL refuses NUL and what has no UTF-8 form; nobody can see the others.
_UNPRINTABLE = frozenset({"Cc", "Cs"})


def is_printable(text: str) -> bool:
    """Return whether `text` holds no control characters and has a UTF-8 form."""
    return not any(unicodedata.category(character) in _UNPRINTABLE for character in text)


def check_text(text: str, what: str, *, max_length: int, may_be_empty: bool = False) -> str:
    """Return `text` without white space at its ends. `what` names it in the error, as in «The name».

    Raises `InvalidInput` when it is longer than `max_length` characters, unprintable, or empty and may not be.
    """
    trimmed = text.strip() if len(text) <= 2 * max_length else text
    if len(trimmed) > max_length:
        raise InvalidInput(sentence("%(what)s may have %(limit)s characters at the most.", what=what, limit=max_length))
    if not is_printable(trimmed):
        raise InvalidInput(sentence("%(what)s holds characters that can't be printed.", what=what))
    if not trimmed and not may_be_empty:
        raise InvalidInput(sentence("%(what)s is missing.", what=what))
    return trimmed
