"""What the settings make of a deployment's environment, and what they refuse to start with."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from roboflow_auth.core.caches import redis_location
from tests.clauses import clause

SETTINGS = Path(__file__).resolve().parent.parent / "roboflow_auth" / "settings.py"
PRODUCTION = {
    "DEBUG": "0",
    "PUBLIC_URL": "https://app.example/",
    "SECRET_KEY": "made-up-secret-key-for-tests-only-0123456789abcdef",
    "ALLOW_PLAIN_HTTP": "0",
    "DATABASE_URL": "postgres://app@database.example/app",
    "CIMD_ALLOW_LOOPBACK": "1",
    "CIMD_EXTRA_CA_FILE": "authority.pem",
}


def read(monkeypatch: pytest.MonkeyPatch, **changes: str) -> dict[str, Any]:
    """Return the settings of a production server, with `changes` in its environment."""
    for name, value in {**PRODUCTION, **changes}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize("missing", ["PUBLIC_URL", "SECRET_KEY"])
def test_a_server_does_not_start_without_an_address_and_a_secret(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL and SECRET_KEY"):
        read(monkeypatch, **{missing: ""})


@clause("MCP-SECURITY-communication-security")
def test_an_address_without_tls_has_to_be_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="https://"):
        read(monkeypatch, PUBLIC_URL="http://app.example")
    settings = read(monkeypatch, PUBLIC_URL="http://app.example", ALLOW_PLAIN_HTTP="1")
    assert settings["PUBLIC_URL"] == "http://app.example"


@clause("P-C5.11")
def test_what_only_tests_need_is_off_in_production_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read(monkeypatch)
    assert settings["ALLOWED_HOSTS"] == ["app.example"]
    assert settings["CIMD_ALLOW_LOOPBACK"] is False
    assert settings["CIMD_EXTRA_CA_FILE"] == ""


def test_limits_and_the_cache_they_are_counted_in_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, CACHE_URL="rediscache://cache.example:6379/1", RATE_LIMITS="mcp=5/minute,api=6/minute")
    assert redis_location(settings["CACHES"]["default"]) == "redis://cache.example:6379/1"
    assert [settings["RATE_LIMITS"][name].amount for name in ("mcp", "api", "session")] == [5, 6, 300]
    settings = read(monkeypatch, CACHE_URL="locmemcache://", RATE_LIMITS="")
    assert redis_location(settings["CACHES"]["default"]) == ""
    assert settings["RATE_LIMITS"]["mcp"].amount == 600


def test_each_database_is_opened_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = read(monkeypatch, DATABASE_POOL_SIZE="4")["DATABASES"]["default"]["OPTIONS"]
    assert pooled["pool"]["max_size"] == 4
    filed = read(monkeypatch, DATABASE_URL="sqlite:////tmp/app.sqlite3")["DATABASES"]["default"]["OPTIONS"]
    assert filed["transaction_mode"] == "IMMEDIATE"
