"""The Connect page and the guides behind it: every address in them is this server's."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.known_clients.shipping import shipped_list
from roboflow_auth.web.setups import list_setups
from roboflow_auth.web.setups.parts import SERVER_NAME, Setup, Step, cursor_link, vs_code_link
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.journeys import signed_in
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db

MCP_URL = "https://auth.example.com/mcp"
SETUPS = list_setups(MCP_URL)
STEPS = [(setup, step) for setup in SETUPS for step in (*setup.steps, *setup.key_steps)]


def names(setup: Setup | Step) -> str:
    """Return how a test that takes `setup` is called."""
    return setup.slug if isinstance(setup, Setup) else ""


def test_the_link_for_cursor_holds_the_address() -> None:
    link = urlsplit(cursor_link(MCP_URL))
    assert (link.scheme, link.netloc, link.path) == ("cursor", "anysphere.cursor-deeplink", "/mcp/install")
    query = parse_qs(link.query, strict_parsing=True)
    assert query["name"] == [SERVER_NAME]
    assert json.loads(base64.b64decode(query["config"][0], validate=True)) == {"url": MCP_URL}


def test_the_link_for_vs_code_holds_the_address() -> None:
    link = vs_code_link(MCP_URL)
    address, _, entry = link.partition("?")
    assert address == "vscode:mcp/install"
    assert json.loads(unquote(entry)) == {"name": SERVER_NAME, "type": "http", "url": MCP_URL}
    assert re.fullmatch(r"[A-Za-z0-9%._~-]+", entry)


def test_every_known_client_has_a_guide_and_every_guide_its_own_clients() -> None:
    known = {entry["slug"] for entry in shipped_list()[1]}
    covered = [slug for setup in SETUPS for slug in setup.covers]
    assert sorted(covered) == sorted(known)
    assert len({setup.slug for setup in SETUPS}) == len(SETUPS)


@pytest.mark.parametrize("setup", SETUPS, ids=names)
def test_a_guide_names_the_server_by_its_address_and_no_other(setup: Setup) -> None:
    told = "\n".join(step.code for step in setup.steps)
    links = "\n".join(unquote(step.link) for step in setup.steps)
    assert MCP_URL in told + links
    for _setup, step in STEPS:
        assert "127.0.0.1" not in step.code
        for address in re.findall(r"https?://[^\s\"'\\]+", step.code):
            assert address == MCP_URL


@pytest.mark.parametrize("setup", [setup for setup in SETUPS if setup.key_steps], ids=names)
def test_the_way_with_a_key_sends_it_in_the_header_and_never_in_the_address(setup: Setup) -> None:
    told = "\n".join(step.code for step in setup.key_steps)
    assert "x-api-key" in told
    assert "?" not in told
    assert not re.search(r"rfk_[0-9A-Za-z]{49}", told)


@pytest.mark.parametrize(("setup", "step"), STEPS, ids=names)
def test_a_file_is_well_formed(setup: Setup, step: Step) -> None:
    if step.label.endswith(".json"):
        assert MCP_URL in str(json.loads(step.code))
    if step.label.endswith(".toml"):
        assert tomllib.loads(step.code)["mcp_servers"][SERVER_NAME]["url"] == MCP_URL


def test_an_address_with_odd_characters_stays_one_word_in_a_terminal() -> None:
    for setup in list_setups("https://auth.example.com/a b;c/mcp"):
        for step in setup.steps:
            if step.label == "Terminal" and "auth.example.com" in step.code and "--add-mcp" not in step.code:
                assert "'https://auth.example.com/a b;c/mcp'" in step.code


@pytest.mark.parametrize("setup", SETUPS, ids=names)
def test_anybody_reads_the_steps_for_each_app_without_a_script(setup: Setup) -> None:
    response = Browser().get(f"/connect?client={setup.slug}")
    assert response.status_code == 200
    html = unescape(response.content.decode())
    shown = next(one for one in list_setups("http://testserver/mcp") if one.slug == setup.slug)
    for step in (*shown.steps, *shown.key_steps):
        assert step.text in html
        assert step.code in html
        assert step.link in html
    for other in SETUPS:
        assert f'href="?client={other.slug}#steps"' in html
    assert html.count('aria-current="page"') == 1


@pytest.mark.parametrize("query", ["", "client=", "client=nobody", "client=%00", "client=" + "x" * 3000, "client[]=a"])
def test_an_app_that_is_none_shows_the_first(query: str) -> None:
    response = Browser().get(f"/connect?{query}")
    assert response.status_code == 200
    assert f'id="guide-title">{SETUPS[0].name}<' in response.content.decode()


def test_a_server_on_this_computer_says_who_can_not_reach_it() -> None:
    for slug, is_warned in (("claude", True), ("chatgpt", True), ("cursor", False)):
        html = Browser().get(f"/connect?client={slug}", headers={"host": "localhost:8000"}).content.decode()
        assert ("this one runs on your computer" in html) is is_warned
    assert "this one runs on your computer" not in Browser().get("/connect").content.decode()


def test_it_reads_no_more_of_the_database_than_who_is_there(alice: User, acme: Workspace) -> None:
    with at_most(0):
        Browser().get("/connect")
    browser = signed_in(alice)
    with at_most(2):
        browser.get("/connect")


def test_the_start_page_and_the_navigation_lead_there(alice: User, acme: Workspace) -> None:
    assert 'href="/connect"' in Browser().get("/").content.decode()
    html = signed_in(alice).get("/").content.decode()
    assert html.count('href="/connect"') == 2
    assert 'href="/keys"' in html
