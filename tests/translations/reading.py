"""Pages as people read them, and what on them is still English."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

from tests.translations.catalogues import catalogue_paths, load

_READ = ("alt", "title", "placeholder", "aria-label", "data-label", "data-copied", "data-select")
# What stands in these is code, or in a language that it names.
_CODE = {"code", "pre", "script", "style", "svg"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Everyday words of English that Portuguese has not.
_ENGLISH = re.compile(r"\b(the|you|your|this|that|with|and|of|is|are|it|sign|app's)\b", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects the texts of a page, with the attributes that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes, and remember whether what follows is for reading."""
        given = dict(attrs)
        is_foreign = tag in _CODE or (tag != "html" and "lang" in given) or "mono" in (given.get("class") or "").split()
        if not is_foreign:
            self.texts.extend(given[name] or "" for name in _READ if name in given)
        if tag not in _VOID:
            self._open.append((tag, is_foreign))

    def handle_endtag(self, tag: str) -> None:
        """Forget the element, and those in it that were not closed."""
        while self._open and self._open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        """Read a text."""
        if not any(is_foreign for _, is_foreign in self._open):
            self.texts.append(data)


def texts_of(html: str) -> list[str]:
    """Return what people read on the page, piece by piece, without code and what is marked as another language."""
    reader = _Reader()
    reader.feed(html)
    return [" ".join(text.split()) for text in reader.texts if text.strip()]


def links_of(html: str) -> list[str]:
    """Return where the links of the page lead, without the parts of pages."""
    return [link.replace("&amp;", "&").partition("#")[0] for link in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', html)]


def english_in(texts: list[str]) -> list[str]:
    """Return those of `texts` that are an English text of ours, or read like English."""
    return [text for text in texts if text in _english_texts() or _ENGLISH.search(text)]


@lru_cache
def _english_texts() -> frozenset[str]:
    """Return the texts of the code that no translation of any text is the same as."""
    messages = [message for message in load(catalogue_paths()[0]) if message.id]
    english = {text for message in messages for text in _forms(message.id)}
    return frozenset(english - {text for message in messages for text in _forms(message.string)})


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
