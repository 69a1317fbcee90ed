"""Counting: in this process, in Redis, and without a Redis that should be there."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.rate_limits import LimitName, address_key, check, forget_counts, limits_config
from tests.builders import PASSWORD
from tests.oauth.registrations import register
from tests.support.limits import set_limits, stand_on
from tests.support.postgres import free_port


@pytest.fixture
def _on_redis(settings: Any, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    stand_on(settings, redis_url)


@pytest.fixture
def _redis_is_away(settings: Any) -> None:
    stand_on(settings, f"redis://127.0.0.1:{free_port()}/0")


def assert_two_pass_and_no_third(key: str) -> None:
    check(LimitName.MCP, key)
    check(LimitName.MCP, key)
    with pytest.raises(TooManyRequests) as refused:
        check(LimitName.MCP, key)
    assert 0 < refused.value.retry_after_seconds <= 60


def test_each_limit_counts_each_key_by_itself(settings: Any) -> None:
    set_limits(settings, mcp="2/minute", api="2/minute")
    assert_two_pass_and_no_third("connection:1")
    assert_two_pass_and_no_third("connection:2")
    check(LimitName.API, "connection:1")


@pytest.mark.usefixtures("_on_redis")
def test_redis_counts_like_memory_and_for_processes_that_come_later(settings: Any) -> None:
    set_limits(settings, mcp="2/minute", api="2/minute")
    assert_two_pass_and_no_third("connection:1")
    assert_two_pass_and_no_third("connection:2")
    check(LimitName.API, "connection:1")
    forget_counts()
    with pytest.raises(TooManyRequests):
        check(LimitName.MCP, "connection:1")


@pytest.mark.usefixtures("_on_redis")
def test_redis_is_asked_once_for_each_hit_and_holds_no_address(settings: Any, redis_url: str) -> None:
    set_limits(settings, register_address="9/minute")
    check(LimitName.REGISTER_ADDRESS, "203.0.113.9")
    with redis.Redis.from_url(redis_url) as client:
        client.config_resetstat()
        check(LimitName.REGISTER_ADDRESS, "203.0.113.9")
        # What a script does inside Redis is counted too, and is no round trip.
        asked = client.info("commandstats").keys() - {"cmdstat_config|resetstat", "cmdstat_incrby"}
        assert asked == {"cmdstat_evalsha"}
        assert client.info("commandstats")["cmdstat_evalsha"]["calls"] == 1
        assert not [key for key in client.scan_iter() if b"203.0.113.9" in key]


@pytest.mark.parametrize("fixture", ["_on_redis", ""])
def test_the_count_begins_anew_when_its_window_ends(
    request: pytest.FixtureRequest, settings: Any, fixture: str
) -> None:
    if fixture:
        request.getfixturevalue(fixture)
    set_limits(settings, mcp="1/second")
    check(LimitName.MCP)
    with pytest.raises(TooManyRequests) as refused:
        check(LimitName.MCP)
    assert refused.value.retry_after_seconds == 1
    time.sleep(1.05)
    check(LimitName.MCP)


@pytest.mark.usefixtures("_redis_is_away")
def test_while_redis_is_away_each_process_counts_for_itself(settings: Any) -> None:
    set_limits(settings, mcp="2/minute")
    assert_two_pass_and_no_third("connection:1")


@pytest.mark.django_db
@pytest.mark.usefixtures("_redis_is_away")
def test_while_redis_is_away_apps_register_and_people_sign_in(alice: User) -> None:
    assert register().status_code == 201
    browser = Browser()
    assert browser.post("/accounts/login/", {"login": alice.email, "password": "wrong"}).status_code == 200
    assert browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}).status_code == 302
    assert browser.get("/readyz").json()["cache"] == "unavailable"


@pytest.mark.usefixtures("_on_redis")
def test_a_redis_that_is_there_is_used_as_a_cache() -> None:
    assert cache.add("lock", 1, 60)
    assert not cache.add("lock", 1, 60)
    assert cache.get("lock") == 1
    assert cache.delete("lock")
    assert cache.get("lock", "nothing") == "nothing"
    assert Browser().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::ffff", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_whoever_has_many_addresses_counts_once(address: str, key: str) -> None:
    assert address_key(address) == key


def test_a_deployment_changes_limits_by_name() -> None:
    limits = limits_config({"mcp": "5/10 seconds"})
    assert limits.keys() == set(LimitName)
    assert (limits[LimitName.MCP].amount, limits[LimitName.MCP].get_expiry()) == (5, 10)
    assert limits[LimitName.API].amount > 5


@pytest.mark.parametrize("changes", [{"mpc": "5/minute"}, {"mcp": "often"}])
def test_a_limit_that_means_nothing_is_no_way_to_start(changes: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="RATE_LIMITS"):
        limits_config(changes)
