"""A real Chromium, and a person who uses it: signs in, reads the consent page, answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.builders import PASSWORD
from tests.support.parts import need

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def running_chromium(*arguments: str) -> Iterator[Browser]:
    """Run the operating system's Chromium without a window, with further `arguments` of its command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=[*_ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, email: str) -> None:
    """Fill in the sign-in form that `page` shows."""
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def choose_workspace(page: Page, name: str) -> None:
    """Choose a workspace on the consent page, and wait for the page that the choice brings."""
    # The script that asks for the page anew is there once all of it is loaded.
    page.get_by_role("radio", name=name).wait_for(state="attached")
    page.wait_for_load_state("load")
    with page.expect_navigation():
        page.get_by_role("radio", name=name).check(force=True)
    expect(page.get_by_role("radio", name=name)).to_be_checked()


def allow(page: Page) -> None:
    """Allow what the consent page has preselected."""
    page.get_by_role("button", name="Allow").click()


@dataclass
class Callback:
    """The receiving end of a loopback redirect URI: keeps the answer, and shows a page as native apps do."""

    port: int = 0
    answers: list[dict[str, str]] = field(default_factory=list)

    @property
    def uri(self) -> str:
        """The redirect URI."""
        return f"http://127.0.0.1:{self.port}/callback"


@contextmanager
def listening_callback() -> Iterator[Callback]:
    """Listen on a free port of this machine for the browser to come back."""
    callback = Callback()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/callback":
                callback.answers.append(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>Back in the app</h1>")

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    callback.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield callback
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
