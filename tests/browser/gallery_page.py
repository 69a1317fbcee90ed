"""docs/pages.md, which shows the gallery, each picture as light or dark as the reader's browser is."""

from __future__ import annotations

from pathlib import Path

from tests.browser.gallery.catalogue import SECTIONS
from tests.browser.gallery.state import Section, State
from tests.browser.pictures import picture_name

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pages.md"
_INTRODUCTION = """# Pages

What people see, each page in the states in which they meet it, as light or dark as your browser is.

`make screenshots` takes the pictures of the states that `tests/browser/gallery` names, and writes this file;
`make screenshots NAMES="consent keys"` takes those of two states only. Tests go through the same states: axe finds no
fault, nothing is wider than a window of 320 pixels, and nothing moves for people who asked for less motion.
"""


def write() -> None:
    """Write the file."""
    PAGE.write_text("\n".join([_INTRODUCTION, *map(_section, SECTIONS)]))


def _section(section: Section) -> str:
    states = "\n".join(_state(state) for state in section.states)
    return f"## {section.title}\n\n{section.text}\n\n{states}"


def _state(state: State) -> str:
    wide, narrow = (_picture(state, width) for width in (1280, 375))
    return f"### {state.title}\n\n{wide}\n{narrow}\n"


def _picture(state: State, width: int) -> str:
    light, dark = (f"images/{picture_name(state.name, scheme, width)}" for scheme in ("light", "dark"))
    shown, alternative = (660, state.title) if width > 1000 else (190, f"{state.title}, on a phone")
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" width="{shown}" alt="{alternative}"></picture>'
    )
