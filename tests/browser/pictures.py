"""The pictures of the gallery: each state in every colour scheme and width, as high as the page, in few colours."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import cast

from PIL import Image
from playwright.sync_api import Page

from tests.browser.gallery.catalogue import GALLERY
from tests.browser.gallery.stage import Stage, running_gallery_server
from tests.support.browser import running_chromium

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SCHEMES = ("light", "dark")
WIDTHS = (375, 1280)
# The address of somebody who tried `make run`; the server listens elsewhere, and the browser is told so.
URL = "http://localhost:8000"
_MOMENT = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
_HEIGHT = 800
# Of longer pages the beginning tells enough.
_MOST_HEIGHT = 1300
# Of a page of text: the colours of its areas, and between them a few for the edges of letters. Photographs need more.
_COLORS, _COLORS_OF_PHOTOGRAPHS = 16, 64
# The share of a page that makes a colour one of an area, and how far any channel is from those that are kept already.
_AREA, _APART, _APART_AT_EDGES = 0.002, 3, 60


def picture_name(state: str, scheme: str, width: int) -> str:
    """Return the file of a state in a colour scheme and a width."""
    return f"{state}-{scheme}-{width}.png"


def take(page: Page, name: str) -> None:
    """Write the pictures of the page that is open."""
    is_rich = page.locator("main img").count() > 0
    page.evaluate("document.activeElement?.blur()")
    for width, scheme in product(WIDTHS, SCHEMES):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        _fit_window(page, width)
        data = page.screenshot(animations="disabled", caret="hide")
        (IMAGES / picture_name(name, scheme, width)).write_bytes(shrink(data, is_rich=is_rich))


def _fit_window(page: Page, width: int) -> None:
    """Make the window as high as the page, so that what sticks to its edge stands at the edge of the page."""
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": min(height, _MOST_HEIGHT)})


def shrink(data: bytes, *, is_rich: bool) -> bytes:
    """Return a PNG of few colours that looks like `data`; one that `is_rich` shows photographs."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    few = picture.quantize(_COLORS_OF_PHOTOGRAPHS, kmeans=1) if is_rich else _keep_flat_colors(picture)
    stream = io.BytesIO()
    few.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _keep_flat_colors(picture: Image.Image) -> Image.Image:
    """Keep the colours of all areas, and for the edges of letters a few in between."""
    pixels = picture.width * picture.height
    counted = cast(list[tuple[int, tuple[int, int, int]]], picture.getcolors(pixels))
    kept: list[tuple[int, int, int]] = []
    for count, color in sorted(counted, reverse=True):
        apart = _APART if count > _AREA * pixels else _APART_AT_EDGES
        if len(kept) < _COLORS and all(_distance(color, other) > apart for other in kept):
            kept.append(color)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for color in kept for channel in color])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def take_all(names: Collection[str]) -> None:
    """Take the pictures of the states called `names`, or of all."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_gallery_server(Path(directory), _settings()) as (server, known),
    ):
        own, real = (url.partition("//")[2] for url in (URL, server.url))
        with running_chromium(f"--host-resolver-rules=MAP {own} {real}") as browser:
            stage = Stage(browser, URL, server.url, known)
            for state in GALLERY:
                if not names or state.name in names:
                    with stage.opened(state) as page:
                        take(page, state.name)
            stage.close()


def _settings() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.browser.steady_clock",
        # Whole steps of an authenticator app.
        "CLOCK_OFFSET": str(round((_MOMENT.timestamp() - time.time()) / 30) * 30),
        "PUBLIC_URL": URL,
    }
