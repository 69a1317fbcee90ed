"""Fixtures of the conformance suite: the suite, its way in for each kind of server, and one run over each revision.

A run takes a few seconds and answers for all scenarios of its revision, so each happens once; the tests read the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser

from roboflow_auth.access.catalogue import SCOPES
from tests.conformance.proxy import running_proxy
from tests.conformance.suite import Run, Suite, need_node
from tests.flows.desk import install
from tests.flows.native_app import NativeApp
from tests.flows.person import Person
from tests.support.browser import Callback, listening_callback
from tests.support.postgres import free_port
from tests.support.servers import Server

Judge = Callable[[str], Run]
"""Returns the run over one revision of the protocol."""


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """Return the suite, installed next to the clients of the flows."""
    assert pytestconfig.cache is not None
    clients = install(pytestconfig.cache.mkdir("node"))
    need_node(clients)
    return Suite(clients, tmp_path_factory.mktemp("conformance"))


@pytest.fixture(scope="session")
def alice_at_browser(chromium: Browser) -> Iterator[Person]:
    """Return Alice, who owns Acme, at a browser that stays signed in from one run to the next."""
    context = chromium.new_context()
    yield Person("alice@demo.local", context.new_page())
    context.close()


@pytest.fixture(scope="session")
def token(demo_server: Server, alice_at_browser: Person) -> str:
    """Return an access token that Alice gave with all permissions: no scenario is about a missing one."""
    with listening_callback() as callback:
        app = NativeApp(demo_server, callback, scope=" ".join(SCOPES))
        alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics", only=SCOPES)
        return str(app.tokens()["access_token"])


@pytest.fixture(scope="session")
def judge_server(suite: Suite, demo_server: Server, token: str) -> Iterator[Judge]:
    """Return the runs against /mcp, signed in by the proxy."""
    with running_proxy(demo_server, token) as url:
        yield cache(lambda version: suite.judge_server(f"{url}/mcp", version))


@pytest.fixture(scope="session")
def judge_authorization_server(suite: Suite, demo_server: Server, alice_at_browser: Person) -> Judge:
    """Return the runs against the authorization server, at whose consent page Alice says yes."""

    def visit(url: str) -> None:
        alice_at_browser.allow(url, workspace="Acme Robotics")

    def judge(version: str) -> Run:
        # The suite listens at the redirect URI by itself.
        port = free_port()
        settings = {
            "url": demo_server.url,
            "port": str(port),
            "client-id": NativeApp(demo_server, Callback(port)).register(),
            "resource": demo_server.mcp_url,
        }
        return suite.judge_authorization_server(settings, version, visit)

    return cache(judge)
