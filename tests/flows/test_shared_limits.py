"""Two server processes with one Redis: what one has counted, the other knows (P-L1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.clauses import clause
from tests.oauth.registrations import LOOPBACK, metadata
from tests.support.servers import Server, running_servers

pytestmark = pytest.mark.flows


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[list[Server]]:
    """Return two servers with limits that are soon reached."""
    directory: Path = tmp_path_factory.mktemp("shared")
    environment = {"CACHE_URL": redis_url, "RATE_LIMITS": "register_address=3/hour"}
    with running_servers(directory, count=2, settings=environment) as servers:
        yield servers


@clause("P-L1.7")
def test_registrations_are_counted_together(servers: list[Server]) -> None:
    document = metadata("Test client", LOOPBACK)
    answers = [httpx.post(f"{server.url}/oauth/register", json=document) for server in servers * 2]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert int(answers[-1].headers["Retry-After"]) > 60


@clause("P-L1.7")
def test_failed_sign_ins_are_counted_together(servers: list[Server]) -> None:
    statuses = [_sign_in(server, servers[0].url) for server in servers * 6]
    assert statuses == [200] * 10 + [429] * 2


def _sign_in(server: Server, public_url: str) -> int:
    """Return the status of a wrong password at `server`, which answers for `public_url` too."""
    with httpx.Client(base_url=server.url, headers={"Host": urlsplit(public_url).netloc}) as browser:
        page = browser.get("/accounts/login/").text
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"login": "alice@demo.local", "password": "wrong", "csrfmiddlewaretoken": token}
        return browser.post("/accounts/login/", data=form, headers={"Origin": public_url}).status_code
