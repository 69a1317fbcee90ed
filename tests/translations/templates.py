"""Texts of templates that nobody marked for translation, and so would stay English on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from tests.translations.extraction import ROOT

# Names of ours, what is called the same in every language, and members of protocols.
ALLOWED = {"Roboflow", "Auth", "Roboflow Auth", "| Roboflow Auth", "· Roboflow", "rfk_…", "code", "status"}
# Attributes that people read or hear.
_READ = re.compile(r'\b(alt|title|placeholder|aria-label|label|summary)="([^"]*)"')
_SCRIPT_OR_COMMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{2,}|[a-z]")
_BODY_CLASS = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
_QUOTED = re.compile(r'"([^"]*)"|\'([^\']*)\'')
_SENTENCE = re.compile(r"[A-Z][a-z]+|[a-z]+ [a-z]+")
# Tags whose strings are texts already marked, or never shown: names of files, of addresses, of blocks.
_SILENT = {"translate", "blocktranslate", "trans", "blocktrans", "url", "static", "load", "extends", "comment"}
# Filters and values in these are texts all the same.
_WITH_VALUES = {"blocktranslate", "blocktrans"}
# Stands for a tag or an expression, so that the texts around it are not joined.
_GAP = "\0"


def template_paths() -> list[Path]:
    """Return every template of pages and mails."""
    paths = [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]
    return sorted(paths)


def unmarked_texts(source: str) -> list[str]:
    """Return what people would read in `source`, a template, that no tag translates."""
    tokens = Lexer(_BODY_CLASS.sub("", source)).tokenize()
    return [*_around_tags(tokens), *(text for token in tokens for text in _inside(token))]


def _around_tags(tokens: list[Token]) -> list[str]:
    text = "".join(_shown(tokens))
    read = [value for _, value in _READ.findall(text)]
    text = re.sub(r"<[^>]*>", _GAP, _SCRIPT_OR_COMMENT.sub(_GAP, text))
    parts = [part.strip() for whole in (text, *read) for part in re.sub(r"&\w+;", _GAP, whole).split(_GAP)]
    return [part for part in parts if _WORD.search(part) and part not in ALLOWED]


def _shown(tokens: list[Token]) -> Iterator[str]:
    is_translated = False
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            is_translated = name.startswith("blocktrans") or (is_translated and not name.startswith("endblocktrans"))
        is_text = token.token_type == TokenType.TEXT and not is_translated
        yield token.contents if is_text else _GAP


def _inside(token: Token) -> Iterator[str]:
    """Yield the strings in a tag or an expression that read like words, and are not marked by `_(…)`."""
    if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
        return
    name = token.contents.split()[0]
    if token.token_type == TokenType.BLOCK and name in _SILENT - _WITH_VALUES:
        return
    for first, second in _QUOTED.findall(re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", token.contents)):
        text = first or second
        if _SENTENCE.search(text) and "/" not in text:
            yield text
