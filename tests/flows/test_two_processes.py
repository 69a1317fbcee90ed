"""Two server processes on one PostgreSQL database and one Redis, as behind a load balancer."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page

from tests.clauses import clause
from tests.flows.native_app import NativeApp, bearer
from tests.flows.person import Person, open_admin
from tests.oauth.assertions import KEY
from tests.oauth.proofs import bound, make_proof
from tests.support.browser import Callback
from tests.support.servers import Server, manage, running_servers

pytestmark = [pytest.mark.flows, pytest.mark.browser, pytest.mark.postgres]


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """Return the address of an empty database, next to the one that the tests stand on."""
    name = f"flows_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, database_url: str, redis_url: str) -> Iterator[list[Server]]:
    """Return two servers that share everything but memory."""
    directory: Path = tmp_path_factory.mktemp("two")
    with running_servers(directory, database_url=database_url, count=2, settings={"CACHE_URL": redis_url}) as servers:
        yield servers


@pytest.fixture
def app(servers: list[Server], callback: Callback) -> NativeApp:
    """Return an app that knows the first server; the second one answers for the same address."""
    return NativeApp(servers[0], callback)


def test_a_code_issued_by_one_is_redeemed_at_the_other(
    app: NativeApp, servers: list[Server], alice_at_browser: Person
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    answer = app.redeem(at=servers[1])
    assert answer.status_code == 200, answer.text
    for server in servers:
        assert app.call_tool(bearer(answer.json()["access_token"]), at=server).status_code == 200


@clause("P-T2.1")
def test_a_code_presented_at_both_at_once_is_redeemed_once(
    app: NativeApp, servers: list[Server], alice_at_browser: Person
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(app.redeem, servers * 10))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19


@clause("P-T3.2")
def test_a_refresh_token_presented_at_both_at_once_gets_one_answer(
    app: NativeApp, servers: list[Server], alice_at_browser: Person
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    tokens = app.tokens()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda server: app.refresh(tokens["refresh_token"], at=server), servers * 10))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.text for answer in answers}) == 1
    # Each of the two goes on with the answer that the other one gave.
    for server in servers:
        tokens = app.refresh(answers[0].json()["refresh_token"], at=server).json()
        assert app.call_tool(bearer(tokens["access_token"]), at=server).status_code == 200


@clause("RFC9449-11.1", "P-T6.7")
def test_a_proof_presented_at_both_at_once_counts_once(
    app: NativeApp, servers: list[Server], alice_at_browser: Person
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    answer = app.redeem(headers={"DPoP": make_proof(KEY, "POST", f"{app.server.url}/oauth/token")})
    token = answer.json()["access_token"]
    seen = bound(token, KEY, url=app.server.mcp_url)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda server: app.call_tool(seen, at=server), servers * 10))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    for server in servers:
        assert app.call_tool(bearer(token), at=server).status_code == 401
        assert app.call_tool(bound(token, KEY, url=app.server.mcp_url), at=server).status_code == 200


@clause("P-G2.3")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_revocation_at_one_is_felt_at_the_other_on_the_next_call(
    app: NativeApp, servers: list[Server], alice_at_browser: Person, kind: str
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    tokens = app.tokens()
    credential = bearer(tokens["access_token"])
    # Both have seen the token, so whatever they may remember of it is in their memory now.
    assert [app.call_tool(credential, at=server).status_code for server in servers] == [200, 200]
    app.revoke(tokens[kind], at=servers[1])
    assert [app.call_tool(credential, at=server).status_code for server in servers] == [401, 401]


@clause("P-G2.3")
def test_an_api_key_that_staff_revoked_at_one_is_refused_at_the_other(
    app: NativeApp, servers: list[Server], database_url: str, staff_page: Page
) -> None:
    name = secrets.token_hex(4)
    command = ["create_api_key", "alice@demo.local", "acme", "--name", name]
    credential = {"x-api-key": manage(command, {"DATABASE_URL": database_url}).strip()}
    assert [app.call_tool(credential, at=server).status_code for server in servers] == [200, 200]
    open_admin(staff_page, servers[1], "staff@demo.local", f"api_keys/apikey/?q={name}")
    staff_page.locator("input[name=_selected_action]").check()
    staff_page.locator("select[name=action]").select_option("revoke")
    staff_page.locator("button[name=index]").click()
    staff_page.get_by_role("button", name="Yes, do it").click()
    staff_page.wait_for_load_state()
    assert [app.call_tool(credential, at=server).status_code for server in servers] == [401, 401]
