"""What one entry of the gallery is: who looks, and how they get there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Page

VISITOR = ""
ALICE, BOB, CAROL = "alice@demo.local", "bob@demo.local", "carol@demo.local"
STAFF, DANA, ERIN = "staff@demo.local", "dana@demo.local", "erin@demo.local"


def client_id_of(app: str) -> str:
    """Return the client ID of one of the gallery's apps, which looks like any other."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, app).hex


@dataclass(frozen=True, slots=True)
class Visit:
    """A person's new page on the way to a state.

    `url` is the site as people type it, `server_url` where the server really listens, and `known` holds what only the
    receivers of mails know, and pages that no request leads to (`seeding.seed`).
    """

    page: Page
    url: str
    server_url: str
    known: Mapping[str, str]

    def open(self, path: str) -> Page:
        """Go to a path of the site."""
        self.page.goto(f"{self.url}{path}")
        return self.page

    def authorize(self, app: str, redirect_uri: str, scope: str) -> Page:
        """Come as an app sends people."""
        query = {
            "response_type": "code",
            "client_id": client_id_of(app),
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": "gallery",
            "resource": f"{self.url}/mcp",
            "code_challenge": "gallery-" + "c" * 35,
            "code_challenge_method": "S256",
        }
        return self.open(f"/oauth/authorize?{urlencode(query)}")


Walk = Callable[[Visit], object]
"""Leads a new page to a state."""


@dataclass(frozen=True, slots=True)
class State:
    """One page in one state. `walk` is a path, or leads there; `name` is that of its pictures."""

    name: str
    title: str
    person: str
    walk: str | Walk
    # Why what holds everywhere is not asked of this page; empty where it is.
    foreign: str = ""

    def reach(self, visit: Visit) -> None:
        """Lead a new page to this state, and wait until all of it is there."""
        if isinstance(self.walk, str):
            visit.open(self.walk)
        else:
            self.walk(visit)
        visit.page.wait_for_load_state("load")


@dataclass(frozen=True, slots=True)
class Section:
    """States that stand together in docs/pages.md."""

    title: str
    text: str
    states: tuple[State, ...] = field(default=())
