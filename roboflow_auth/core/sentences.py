"""Sentences that programs get in English, and that a page may say in the person's language.

A service does not know who reads its refusal. REST, MCP and OAuth answers stay English, whatever languages a caller
accepts; what a page shows goes through `core.languages.translated`, which needs the sentence as it stood in the code.
"""

from __future__ import annotations

from collections.abc import Mapping


class Sentence(str):
    """An English text that remembers how it was made: `template`, in which `values` stand for `%(name)s`."""

    template: str
    values: Mapping[str, object]


def sentence(template: str, **values: object) -> Sentence:
    """Return `template` with `values` in it. Extraction finds the templates by the name of this function."""
    made = Sentence(template % values if values else template)
    made.template, made.values = template, values
    return made
