"""Every request: whose Host is ours, the reference id, and the headers of pages."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.test import override_settings

from tests.clauses import clause

pytestmark = pytest.mark.django_db


@clause("P-I3.2")
@override_settings(DEVELOPMENT=False)
@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:81", "localhost", "127.0.0.1", "[", ""]
)
@pytest.mark.parametrize("path", ["/", "/oauth/authorize", "/.well-known/oauth-authorization-server", "/api/v1/me"])
def test_a_foreign_host_is_refused_before_anything_is_built_from_it(host: str, path: str) -> None:
    response = Browser().get(path, headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


@override_settings(DEVELOPMENT=False)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_asked_for_by_address(path: str) -> None:
    assert Browser().get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200


@clause("P-I3.3")
@override_settings(DEVELOPMENT=False)
def test_a_forwarded_host_is_not_believed() -> None:
    response = Browser().get("/.well-known/oauth-authorization-server", headers={"X-Forwarded-Host": "evil.example"})
    assert response.json()["issuer"] == "http://testserver"


@clause("P-I3.1")
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
def test_in_development_every_loopback_spelling_is_ours(host: str) -> None:
    assert Browser().get("/", headers={"Host": host}).status_code == 200


def test_each_request_has_a_reference_id() -> None:
    first, second = Browser().get("/"), Browser().get("/")
    assert first["X-Request-Id"] != second["X-Request-Id"]


@clause("P-A9.1", "RFC6749-10.13")
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nowhere"])
def test_pages_are_not_stored_framed_or_scripted_inline(path: str) -> None:
    response = Browser().get(path)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in response.content.decode()
    assert "style=" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ['"\\000aaaaaaaaaaaa"', "x" * 5000, "é", "' OR 1=1"])
def test_a_session_cookie_that_can_be_nobodys_is_as_good_as_none(cookie: str) -> None:
    browser = Browser()
    answer = browser.get("/", headers={"Cookie": f"sessionid={cookie}"})
    assert answer.status_code == 200
