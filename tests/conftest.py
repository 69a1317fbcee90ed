"""Fixtures of every test: the cast, a network that ends at this machine, the database's file, a server, a browser.

The cast: Alice owns Acme (and a workspace of her own), Bob labels in Acme, Carol is a stranger with her own workspace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.asgi import application
from roboflow_auth.core.mail import wait_until_sent
from roboflow_auth.core.rate_limits import forget_counts
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.mcp_server.client import McpClient, running
from tests.support import network
from tests.support.audit_guard import lift_guard_against_emptying
from tests.support.browser import Callback, listening_callback, running_chromium
from tests.support.redis import running_redis
from tests.support.servers import Server, running_servers

_CASES = 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--statements-only`."""
    parser.addoption(
        "--statements-only",
        action="store_true",
        help="run tests that ask the database, with one case each: what is left to do once another database ran all",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that hold on the other database only, and put those with a browser last."""
    if config.getoption("--statements-only"):
        asking = list(_asking_the_database(items))
        config.hook.pytest_deselected(items=list(set(items).difference(asking)))
        items[:] = asking
    items.sort(key=_turn)
    vendor = "sqlite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgres"
    for item in items:
        for other in {"sqlite", "postgres"} - {vendor}:
            if item.get_closest_marker(other):
                item.add_marker(pytest.mark.skip(reason=f"holds on {other} only"))


def _asking_the_database(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that do; of those with many cases, which differ in what is asked of us, one."""
    cases: Counter[tuple[Path, str]] = Counter()
    for item in items:
        assert isinstance(item, pytest.Function)
        if item.get_closest_marker("django_db") or {"db", "transactional_db", "django_db_setup"} & {*item.fixturenames}:
            test = (item.path, item.originalname)
            cases[test] += 1
            if cases[test] <= _CASES:
                yield item


def _turn(item: pytest.Item) -> int:
    # Playwright keeps an event loop in the thread that drives the browser, where tests that are coroutines need theirs.
    # Of those with a browser, the file that takes longest begins: the workers are to end at the same time.
    if item.get_closest_marker("browser") is None:
        return 0
    return 1 if item.path.name == "test_every_page.py" else 2


@pytest.fixture(scope="session", autouse=True)
def _network_is_off() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.shut(monkeypatch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_when_asked_for() -> Iterator[None]:
    # Each client of a test has middleware of its own, and each would list all static files first.
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Stand SQLite tests on a file: in memory, threads would share one cache and lock each other out of tables."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests empty the audit log, which the database refuses everywhere else."""
    with django_db_blocker.unblock():
        lift_guard_against_emptying()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Redis server that lives as long as the session; its keys are the tests' to clear."""
    directory: Path = tmp_path_factory.mktemp("redis")
    with running_redis(directory) as url:
        yield url


@pytest.fixture(autouse=True)
def _cache_is_empty() -> None:
    cache.clear()
    forget_counts()


@pytest.fixture(autouse=True)
def _mail_is_sent() -> Iterator[None]:
    """Let no mail of one test arrive in the next one."""
    yield
    wait_until_sent()


@pytest.fixture
def alice(db: None) -> User:
    """Return Alice, who owns Acme."""
    return builders.make_user("alice@demo.local", "Alice Moreau")


@pytest.fixture
def bob(db: None) -> User:
    """Return Bob, who labels in Acme."""
    return builders.make_user("bob@demo.local", "Bob Okafor")


@pytest.fixture
def carol(db: None) -> User:
    """Return Carol, who has a workspace of her own and nothing to do with Acme."""
    carol = builders.make_user("carol@demo.local", "Carol Lindt")
    builders.make_workspace(carol, "carol")
    return carol


@pytest.fixture
def staff(db: None) -> User:
    """Return a member of staff, who may do everything in Django admin and belongs to no workspace."""
    return builders.make_user("staff@demo.local", "Sam Staff", is_staff=True, is_superuser=True)


@pytest.fixture
def acme(alice: User, bob: User) -> Workspace:
    """Return Acme, with Alice as its owner and Bob as a labeler."""
    workspace = builders.make_workspace(alice, "acme", "Acme Robotics")
    builders.make_member(workspace, bob, RoleName.LABELER)
    return workspace


@pytest.fixture(scope="session")
def mcp(django_db_setup: None) -> Iterator[McpClient]:
    """Return a client of the application, whose event loop runs in a thread of its own as under a server."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(application)):
        yield McpClient(portal, application)


@pytest.fixture
def alice_token(alice: User, acme: Workspace) -> str:
    """Return a token with every workspace scope of Alice, who owns Acme."""
    return builders.make_token(alice, acme, WORKSPACE_SCOPES)


@pytest.fixture
def bob_token(bob: User, acme: Workspace) -> str:
    """Return a token with every workspace scope of Bob, who labels in Acme."""
    return builders.make_token(bob, acme, WORKSPACE_SCOPES)


@pytest.fixture
def carol_token(carol: User) -> str:
    """Return a token with every workspace scope of Carol, for the workspace that is her own."""
    return builders.make_token(carol, Workspace.objects.get(slug="carol"), WORKSPACE_SCOPES)


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a live server with the demo's data, on a SQLite file of its own, as `make run` starts it."""
    directory = tmp_path_factory.mktemp("server")
    with running_servers(directory) as servers:
        yield servers[0]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return a page of a fresh profile; whatever the content security policy blocks fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert not violations, violations


@pytest.fixture
def callback() -> Iterator[Callback]:
    """Return a native app's receiving end."""
    with listening_callback() as callback:
        yield callback
