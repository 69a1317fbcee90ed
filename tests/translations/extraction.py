"""What there is to translate: the marked texts of templates and Python, and the texts that registries state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils import translation
from django.utils.translation.template import templatize

from roboflow_auth.access.catalogue import SCOPES
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.access.wording import ACTION_GROUPS, words_of
from roboflow_auth.api.document import openapi_document
from roboflow_auth.api.reference import make_chapters
from roboflow_auth.audit.wording import OTHER_ACTIONS, action_in_english

ROOT = Path(__file__).resolve().parents[2]

# The functions that mark a text, and which of their arguments are texts; `sentence` is that of core.sentences.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "sentence")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
# What only operators see, in a terminal, and the made-up data of the demo.
_NOT_FOR_PAGES = ("management", "demo", "migrations")

Text = str | tuple[str, ...]


def found_texts() -> Iterator[tuple[str, int, Text, str | None]]:
    """Yield every text with its file (from the project's root), line and context, in the order of files."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield from _marked(path, _as_python(path))
    for path in sorted((ROOT / "roboflow_auth").rglob("*.py")):
        if not set(path.parts) & set(_NOT_FOR_PAGES):
            yield from _marked(path, path.read_text())
    yield from _stated()


def extracted() -> Catalog:
    """Return a catalogue of every text, without translations."""
    catalogue = Catalog(charset="utf-8")
    for file, _, text, context in found_texts():
        flags = ["python-format"] if re.search(r"%\(\w+\)[ds]", text if isinstance(text, str) else text[-1]) else []
        catalogue.add(text, locations=[(file, 0)], context=context, flags=flags)
    return catalogue


def _marked(path: Path, source: str) -> Iterator[tuple[str, int, Text, str | None]]:
    file = path.relative_to(ROOT).as_posix()
    for line, text, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield file, line, text, context


def _as_python(path: Path) -> str:
    """Return what Django gives xgettext to read, without the indentation, in which Python would see blocks."""
    python = templatize(path.read_text(), origin=path.name)
    return "\n".join(line.strip() for line in python.splitlines())


def _stated() -> Iterator[tuple[str, int, Text, str | None]]:
    """Yield what registries state. Those of access import no framework, and the API's document is for programs too."""
    for scope in SCOPES.values():
        yield "roboflow_auth/access/catalogue.py", 0, scope.consent, None
    for text in (*ACTION_GROUPS, *map(words_of, Action)):
        yield "roboflow_auth/access/wording.py", 0, text, None
    for action in (*Action, *OTHER_ACTIONS):
        yield "roboflow_auth/audit/wording.py", 0, action_in_english(action), None
    for text in _of_the_api():
        yield "roboflow_auth/api/views", 0, text, None


def _of_the_api() -> Iterator[str]:
    with translation.override("en"):
        chapters = make_chapters(openapi_document("https://auth.example"))
    for chapter in chapters:
        yield chapter.title
        for operation in chapter.operations:
            yield from (operation.title, *operation.paragraphs, operation.result)
            yield from (field.note for field in operation.fields if field.note)
