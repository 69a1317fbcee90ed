"""The gallery on a live server: one server, one browser, one profile for each person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.gallery.accounts import sign_in_fully
from tests.browser.gallery.state import VISITOR, State, Visit
from tests.support.servers import Server, manage, running_servers

_SEED = "from tests.browser.gallery.seeding import seed; seed()"
_WINDOW = {"width": 1280, "height": 800}


class Stage:
    """Opens states of the gallery. Profiles of people stay, so that they sign in once; visitors have a fresh one."""

    def __init__(self, browser: Browser, url: str, server_url: str, known: Mapping[str, str]) -> None:
        self._browser, self._url, self._server_url, self._known = browser, url, server_url, known
        self._contexts: dict[str, BrowserContext] = {}

    @contextmanager
    def opened(self, state: State) -> Iterator[Page]:
        """Open `state` in a page of its own."""
        context = self._context(state.person)
        page = context.new_page()
        try:
            state.reach(self._visit(page))
            yield page
        finally:
            page.close()
            if state.person == VISITOR:
                context.close()

    def close(self) -> None:
        """Throw the profiles away."""
        for context in self._contexts.values():
            context.close()

    def _context(self, person: str) -> BrowserContext:
        if person in self._contexts:
            return self._contexts[person]
        context = self._browser.new_context(viewport=_WINDOW, locale="en-GB", timezone_id="UTC")  # type: ignore[arg-type]
        if person != VISITOR:
            self._contexts[person] = context
            page = context.new_page()
            sign_in_fully(self._visit(page), person)
            page.close()
        return context

    def _visit(self, page: Page) -> Visit:
        return Visit(page, self._url, self._server_url, self._known)


@contextmanager
def running_gallery_server(
    directory: Path, settings: Mapping[str, str] = {}
) -> Iterator[tuple[Server, dict[str, str]]]:
    """Start a server with the demo's data and the gallery's; yields it, and what the walks need to know."""
    # Not the demo that other tests copy: it was made under their settings, and by their clock.
    database_url = f"sqlite:///{directory / 'db.sqlite3'}"
    with running_servers(directory, database_url=database_url, settings=settings) as (server,):
        environment = {"DATABASE_URL": server.database_url, "MEDIA_ROOT": str(directory / "media"), **settings}
        yield server, json.loads(manage(["shell", "--verbosity", "0", "-c", _SEED], environment))
