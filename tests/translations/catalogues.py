"""The catalogues as files: brought up to date, and compiled into what Django loads."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.translations.extraction import ROOT, extracted

LOCALES = ROOT / "roboflow_auth" / "locale"


def catalogue_paths() -> list[Path]:
    """Return the catalogue of each language but English, which needs none."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def load(path: Path) -> Catalog:
    """Return the catalogue in the file `path`."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def brought_up_to_date(catalogue: Catalog) -> Catalog:
    """Return `catalogue` with the texts that the code has now. New ones are empty, and nothing is guessed."""
    # The types of Babel do not know the last one.
    bring: Any = catalogue.update
    bring(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def as_text(catalogue: Catalog) -> bytes:
    """Return `catalogue` as a .po file, without line numbers, so that it changes only when texts do."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, include_lineno=False, omit_header=False)
    return buffer.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Return `catalogue` as a .mo file."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> None:
    """Bring every catalogue up to date, compile it, and say what is left to translate."""
    for path in catalogue_paths():
        path.write_bytes(as_text(brought_up_to_date(load(path))))
        catalogue = load(path)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = [message.id for message in catalogue if message.id and not _is_translated(message.string)]
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(missing)} not translated")  # noqa: T201
        for text in missing:
            print(f"  {text!r}")  # noqa: T201


def _is_translated(translation: str | tuple[str, ...] | list[str]) -> bool:
    return all([translation] if isinstance(translation, str) else translation)
