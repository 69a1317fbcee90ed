"""The reference for people: complete, public, and without anything inline."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders

from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.accounts.models import User
from roboflow_auth.api.problem_codes import PROBLEM_CODES
from roboflow_auth.api.urls import urlpatterns
from tests.api.client import NEW_PROJECT, ROOT, ApiClient

URL = f"{ROOT}/docs"


@pytest.fixture
def page(nobody: ApiClient) -> str:
    """Return the page as anybody gets it."""
    answer = nobody.send("GET", URL)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    return str(answer.content.decode())


def articles(page: str) -> list[str]:
    """Return the part of each operation."""
    return re.findall(r"<article.*?</article>", page, re.DOTALL)


def test_every_operation_is_there_once_with_its_path_and_scope(page: str) -> None:
    views = [(route, route.callback.cls) for route in urlpatterns if hasattr(route.callback, "cls")]
    operations = [(route, method, action) for route, view in views for method, action in view.actions.items()]
    assert len(articles(page)) == len(operations)
    for route, method, action in operations:
        path = ROOT + str(route.pattern).replace("<str:", "{").replace(">", "}")
        wanted = (f">{method}<", f"<code>{path}</code>", f"<code>{SCOPE_OF_ACTION[action]}</code>")
        assert sum(all(part in article for part in wanted) for article in articles(page)) == 1, (method, path)


def test_every_operation_has_a_call_to_copy(page: str) -> None:
    for article in articles(page):
        assert "curl" in article
        assert "http://testserver/api/v1/" in article
        assert "Authorization: Bearer" in article


def test_what_the_page_says_to_send_creates_a_project(page: str, as_alice: ApiClient) -> None:
    [article] = [article for article in articles(page) if ">POST<" in article and "project:create" in article]
    for name in NEW_PROJECT:
        assert f"<code>{name}</code>" in article
    assert "multi-label-classification" in article


def test_a_problems_type_leads_to_its_explanation(page: str, as_alice: ApiClient) -> None:
    for code in PROBLEM_CODES:
        assert page.count(f'id="{code.code}"') == 1
    problem = as_alice.problem("GET", f"{ROOT}/workspaces/absent", status=404)
    address, _, anchor = problem["type"].partition("#")
    assert address == f"http://testserver{URL}"
    assert f'id="{anchor}"' in page


def test_links_within_the_page_lead_somewhere_and_ids_are_unique(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_nothing_on_the_page_is_inline(nobody: ApiClient, page: str) -> None:
    assert not re.search(r"<script|<style| style=| on[a-z]+=", page)
    policy = nobody.send("GET", URL)["Content-Security-Policy"]
    assert "unsafe" not in policy
    for stylesheet in re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page):
        assert finders.find(stylesheet)


def test_signed_in_people_see_it_too(alice: User, nobody: ApiClient, page: str) -> None:
    nobody._browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = nobody.send("GET", URL)
    assert alice.email in answer.content.decode()
    assert len(articles(answer.content.decode())) == len(articles(page))


def test_it_is_read_and_nothing_else(nobody: ApiClient) -> None:
    for path in (URL, f"{ROOT}/schema"):
        assert nobody.send("POST", path).status_code == 405
