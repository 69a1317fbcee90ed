"""The language in which a person is written to, which is the one that they last chose or signed in with."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.utils import translation

from roboflow_auth.accounts.models import User
from roboflow_auth.core.languages import is_spoken


def remember_language(user: User, code: str) -> None:
    """Write to `user` in the language `code` from now on. No statement when it is the one already, or not spoken."""
    if is_spoken(code) and user.language != code:
        user.language = code
        user.save(update_fields=["language"])


def in_language_of(user: User | None) -> AbstractContextManager[None]:
    """Return a context in which texts are in the language of `user`; in the language at hand where that is unknown."""
    known = user.language if user is not None else ""
    return translation.override(known if is_spoken(known) else translation.get_language())
