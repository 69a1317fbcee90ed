"""What holds on every page of the gallery: axe finds no fault, nothing is too wide, nothing moves against one's wish.

Each state is opened once and looked at in several ways, so the tests of one state stand together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.gallery.catalogue import GALLERY
from tests.browser.gallery.inspection import find_edgeless, find_faults, find_movement, unfold, width_of
from tests.browser.gallery.stage import Stage, running_gallery_server
from tests.browser.gallery.state import State
from tests.support.npm import install_packages

pytestmark = pytest.mark.browser

_PACKAGES = Path(__file__).with_name("node") / "package.json"
OUR_OWN = [state for state in GALLERY if not state.foreign]


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> Path:
    """Return the script of axe; installed once for many runs, in pytest's cache."""
    assert request.config.cache is not None
    return install_packages(_PACKAGES, request.config.cache.mkdir("axe")) / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def stage(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return the gallery on a live server."""
    with running_gallery_server(tmp_path_factory.mktemp("gallery")) as (server, known):
        # Passkeys need a name.
        stage = Stage(chromium, server.url.replace("127.0.0.1", "localhost"), server.url, known)
        yield stage
        stage.close()


@pytest.fixture(scope="module", params=OUR_OWN, ids=lambda state: state.name)
def shown(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Page]:
    """Return a page that shows a state of the gallery."""
    state: State = request.param
    with stage.opened(state) as page:
        # Colours that are still on their way to the other scheme are nobody's to judge.
        page.emulate_media(reduced_motion="reduce")
        yield page


def resize(page: Page, width: int) -> None:
    """Give the page a window of this width."""
    page.set_viewport_size({"width": width, "height": 800})


def test_axe_finds_no_fault_in_either_colour_scheme(shown: Page, axe: Path) -> None:
    resize(shown, 1280)
    shown.emulate_media(color_scheme="light")
    faults = find_faults(shown, axe)
    shown.emulate_media(color_scheme="dark")
    faults += find_faults(shown, axe, runOnly={"type": "rule", "values": ["color-contrast", "link-in-text-block"]})
    assert not faults, "\n".join(faults)


def test_axe_finds_no_fault_on_a_phone(shown: Page, axe: Path) -> None:
    resize(shown, 375)
    shown.emulate_media(color_scheme="light")
    faults = find_faults(shown, axe)
    assert not faults, "\n".join(faults)


# 640 pixels are what is left of a window of 1280 at a zoom of 200 % (WCAG 1.4.4), 320 at one of 400 % (1.4.10).
@pytest.mark.parametrize("width", [640, 320])
def test_no_page_scrolls_sideways(shown: Page, width: int) -> None:
    resize(shown, width)
    assert width_of(shown) <= width
    unfold(shown)
    assert width_of(shown) <= width


def test_nothing_moves_for_who_asked_for_less_motion(shown: Page) -> None:
    assert shown.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    assert not find_movement(shown)


def test_buttons_keep_an_edge_in_forced_colours(shown: Page) -> None:
    shown.emulate_media(forced_colors="active")
    assert not find_edgeless(shown)
    shown.emulate_media(forced_colors="none")
