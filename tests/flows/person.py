"""A person at a browser: opens the address that a client asks to open, signs in, and answers the consent page."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from playwright.sync_api import Page

from roboflow_auth.access.catalogue import SENSITIVE_SCOPES
from tests.support.browser import allow, choose_workspace, sign_in
from tests.support.servers import Server


@dataclass
class Person:
    """Somebody with an account and a browser of her own; `consents` counts what she allowed."""

    email: str
    page: Page
    consents: int = field(default=0, init=False)

    def allow(self, url: str, *, workspace: str = "", only: Collection[str] = ()) -> None:
        """Open `url`, sign in where that is asked, and allow what is preselected; come back at the client's page.

        `workspace` is the name of the one to choose, where there are several; `only` are the scopes to give, where that
        is less than what was asked for.
        """
        self.page.goto(url)
        if "/accounts/" in self.page.url:
            sign_in(self.page, self.email)
        if workspace:
            choose_workspace(self.page, workspace)
        if only:
            self._give_only(only)
        allow(self.page)
        self.page.wait_for_url(re.compile(r"[?&]code="))
        self.consents += 1

    def _give_only(self, scopes: Collection[str]) -> None:
        self.page.get_by_text("Choose exactly what").click()
        self._tick("scope", scopes)
        if SENSITIVE_SCOPES & set(scopes):
            self.page.get_by_text("Keys, members and audit log").first.click()
            self._tick("scope_sensitive", scopes)

    def _tick(self, name: str, scopes: Collection[str]) -> None:
        for box in self.page.locator(f"input[name={name}]").all():
            box.set_checked(box.get_attribute("value") in scopes)


def open_admin(page: Page, server: Server, email: str, path: str) -> None:
    """Sign in as `email`, and open a page of Django admin."""
    page.goto(f"{server.url}/accounts/login/")
    sign_in(page, email)
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{server.url}/admin/{path}")
