"""The start page, health, and what is answered where nothing is or something broke."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.journeys import signed_in
from tests.support.postgres import free_port

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_where_to_point_an_agent() -> None:
    html = Browser().get("/").content.decode()
    assert "http://testserver/mcp" in html
    assert "Sign in" in html


def test_people_see_their_own_workspaces_and_no_others(alice: User, carol: User, acme: Workspace) -> None:
    assert "Acme Robotics" in signed_in(alice).get("/").content.decode()
    assert "Acme Robotics" not in signed_in(carol).get("/").content.decode()


def test_bob_reads_his_role(bob: User, acme: Workspace) -> None:
    assert "Labeler" in signed_in(bob).get("/").content.decode()


def test_health_says_what_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Browser().get("/healthz").json() == {"status": "ok"}
    assert Browser().get("/readyz").json() == {"status": "ok", "database": "ok", "cache": "ok"}

    def broken(*_: object) -> Any:
        raise DatabaseError("gone")

    monkeypatch.setattr("roboflow_auth.web.views.health.connection.cursor", broken)
    response = Browser().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "unavailable")
    assert Browser().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/nowhere", "text/html"),
        ("/api/v1/nowhere", "application/problem+json"),
        ("/oauth/nowhere", "application/json"),
        ("/.well-known/nowhere", "application/json"),
    ],
)
def test_where_nothing_is_each_surface_says_so_in_its_own_format(path: str, content_type: str) -> None:
    response = Browser().get(path)
    assert response.status_code == 404
    assert response["Content-Type"].startswith(content_type)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html"),
        ("/oauth/jwks", "application/json"),
        ("/.well-known/oauth-authorization-server", "application/json"),
    ],
)
def test_a_fault_of_ours_tells_nothing_but_a_reference(
    path: str, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise ValueError("the secret detail")

    for name in (
        "web.views.home.render",
        "oauth.endpoints.jwks.public_key_set",
        "oauth.endpoints.metadata.public_url_of",
    ):
        monkeypatch.setattr(f"roboflow_auth.{name}", broken)
    response = Browser(raise_request_exception=False).get(path)
    assert response.status_code == 500
    assert response["Content-Type"].startswith(content_type)
    assert response["X-Request-Id"] in response.content.decode()
    assert "secret detail" not in response.content.decode()


def test_a_cache_that_is_away_is_named_and_no_reason_to_start_the_process_anew(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}",
        }
    }
    response = Browser().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "ok", "cache": "unavailable"}
    assert Browser().get("/healthz").status_code == 200
