"""The limits of the OAuth endpoints (P-L1): each answers in its own format, and nobody else feels it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.rate_limits import forget_counts
from roboflow_auth.oauth.models import Client, Session
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, basic, make_secret_client, post_form, signed_in
from tests.oauth.registrations import LOOPBACK, metadata, register
from tests.support.limits import set_limits, wait_of

pytestmark = pytest.mark.django_db


def assert_limited(response: Any) -> None:
    """Fail unless `response` is a refusal by a limit in the format of RFC 6749 §5.2 and RFC 7591 §3.2.2."""
    wait = wait_of(response)
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "error": "temporarily_unavailable",
        "error_description": f"Too many requests. Try again in {wait} s.",
    }


def register_from(address: str, **headers: str) -> Any:
    body = metadata("Test client", LOOPBACK)
    return Browser().post(
        "/oauth/register", body, content_type="application/json", REMOTE_ADDR=address, headers=headers
    )


@clause("P-L1.1", "P-L1.6")
def test_an_address_registers_so_many_clients_and_others_go_on(settings: Any) -> None:
    set_limits(settings, register_address="2/minute")
    assert [register_from("203.0.113.9").status_code for _ in range(2)] == [201, 201]
    assert_limited(register_from("203.0.113.9"))
    assert register_from("203.0.113.10").status_code == 201
    assert Client.objects.count() == 3


def test_nobody_gets_another_address_by_claiming_one(settings: Any) -> None:
    set_limits(settings, register_address="1/minute")
    assert register_from("203.0.113.9").status_code == 201
    assert_limited(register_from("203.0.113.9", **{"X-Forwarded-For": "198.51.100.1"}))
    with override_settings(TRUSTED_PROXIES=["203.0.113.9"]):
        assert register_from("203.0.113.9", **{"X-Forwarded-For": "198.51.100.1"}).status_code == 201
        assert_limited(register_from("203.0.113.9", **{"X-Forwarded-For": "192.0.2.7, 198.51.100.1"}))


@clause("P-L1.1")
def test_all_addresses_together_register_so_many_clients(settings: Any) -> None:
    set_limits(settings, register_all="2/minute")
    assert [register_from(f"203.0.113.{number}").status_code for number in range(2)] == [201, 201]
    assert_limited(register_from("203.0.113.9"))


def test_an_address_that_is_refused_does_not_use_up_the_others_share(settings: Any) -> None:
    set_limits(settings, register_address="1/minute", register_all="2/minute")
    for _ in range(5):
        register_from("203.0.113.9")
    assert register_from("203.0.113.10").status_code == 201


def test_the_answer_may_be_read_by_a_client_in_a_browser(settings: Any) -> None:
    set_limits(settings, register_all="1/minute")
    register()
    refused = register_from("127.0.0.1", Origin="https://app.example")
    assert "Retry-After" in refused["Access-Control-Expose-Headers"]
    assert refused["Access-Control-Allow-Origin"] == "*"


def test_only_clients_that_nobody_ever_connected_fill_the_room_for_new_ones(settings: Any) -> None:
    settings.MAX_PENDING_CLIENTS = 2
    builders.make_client(client_id="https://app.example/c.json", registration_source="cimd")
    builders.make_client(registration_source="manual")
    builders.make_client(registration_source="dcr", first_connected_at=timezone.now())
    assert [register().status_code for _ in range(2)] == [201, 201]
    refused = register()
    assert refused.status_code == 429
    assert refused.json()["error"] == "temporarily_unavailable"
    assert int(refused["Retry-After"]) > 0
    Client.objects.filter(pk=Client.objects.latest("pk").pk).update(first_connected_at=timezone.now())
    assert register().status_code == 201


def test_a_client_that_is_connected_makes_room(settings: Any, alice: User, acme: Workspace) -> None:
    settings.MAX_PENDING_CLIENTS = 1
    members = register().json()
    assert register().status_code == 429
    Journey(Client.objects.get(client_id=members["client_id"]), signed_in(alice), LOOPBACK).tokens()
    assert register().status_code == 201


def test_the_room_is_not_counted_at_each_registration_while_there_is_plenty(settings: Any) -> None:
    settings.MAX_PENDING_CLIENTS = 5000
    register()
    settings.MAX_PENDING_CLIENTS = 1
    assert register().status_code == 201
    cache.clear()
    assert register().status_code == 429


@clause("P-L1.3")
def test_a_session_refreshes_so_often_and_another_one_goes_on(journey: Journey, settings: Any) -> None:
    one, other = journey.tokens(), journey.tokens()
    set_limits(settings, session="2/minute")
    for _ in range(2):
        one = journey.refresh(one["refresh_token"]).json()
    assert_limited(journey.refresh(one["refresh_token"]))
    assert journey.refresh(other["refresh_token"]).status_code == 200
    forget_counts()
    assert journey.refresh(one["refresh_token"]).status_code == 200


def test_no_limit_hides_that_a_token_was_used_twice(journey: Journey, settings: Any) -> None:
    used = journey.tokens()["refresh_token"]
    set_limits(settings, session="2/minute")
    fresh = journey.refresh(used).json()["refresh_token"]
    # Now that its successor was used, a second party has the first one.
    assert_limited(journey.refresh(journey.refresh(fresh).json()["refresh_token"]))
    assert journey.refresh(used).json()["error"] == "invalid_grant"
    assert Session.objects.get().ended_at is not None


def test_a_code_is_tried_so_often_and_not_used_up_by_it(journey: Journey, settings: Any) -> None:
    code = journey.code()
    set_limits(settings, session="2/minute")
    for _ in range(2):
        assert journey.redeem(code, code_verifier="w" * 43).json()["error"] == "invalid_grant"
    assert_limited(journey.redeem(code))
    forget_counts()
    assert journey.redeem(code).status_code == 200


def test_no_limit_hides_that_a_code_was_used_twice(journey: Journey, settings: Any) -> None:
    code = journey.code()
    set_limits(settings, session="1/minute")
    assert journey.redeem(code).status_code == 200
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    assert Session.objects.get().ended_at is not None


@clause("P-L1.3")
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_a_client_with_a_secret_has_one_share_wherever_it_calls_from(settings: Any, path: str) -> None:
    set_limits(settings, client="2/minute")
    (client, secret), (other, others_secret) = make_secret_client(), make_secret_client()

    def ask(client: Client, secret: str, address: str) -> Any:
        return post_form(
            Browser(), path, {"unknown": "1"}, headers=basic(client.client_id, secret), REMOTE_ADDR=address
        )

    assert [ask(client, secret, f"203.0.113.{number}").status_code for number in range(2)] == [400, 400]
    assert_limited(ask(client, secret, "203.0.113.9"))
    assert ask(other, others_secret, "203.0.113.9").status_code == 400


def test_nobody_uses_up_the_share_of_a_public_client_for_people_elsewhere(settings: Any) -> None:
    set_limits(settings, client="2/minute")
    client, other = builders.make_client(), builders.make_client()

    def ask(client: Client, address: str) -> Any:
        return post_form(Browser(), "/oauth/token", {"client_id": client.client_id}, REMOTE_ADDR=address)

    assert [ask(client, "203.0.113.9").status_code for _ in range(2)] == [400, 400]
    assert_limited(ask(client, "203.0.113.9"))
    assert ask(client, "203.0.113.10").status_code == 400
    assert ask(other, "203.0.113.9").status_code == 400


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_whoever_guesses_a_secret_is_told_to_stop_and_locks_nobody_out(settings: Any, path: str) -> None:
    set_limits(settings, client_failures="2/minute")
    client, secret = make_secret_client()

    def ask(secret: str, address: str, client_id: str = client.client_id) -> Any:
        return post_form(Browser(), path, {"unknown": "1"}, headers=basic(client_id, secret), REMOTE_ADDR=address)

    assert [ask("wrong", "203.0.113.9").status_code for _ in range(2)] == [401, 401]
    assert_limited(ask("wrong", "203.0.113.9"))
    assert ask("wrong", "203.0.113.10").status_code == 401
    assert ask("wrong", "203.0.113.9", "another").status_code == 401
    assert ask(secret, "203.0.113.9").status_code == 400


def test_a_token_is_introspected_by_its_holder_so_often_and_still_refreshed(journey: Journey, settings: Any) -> None:
    tokens, other = journey.tokens(), journey.tokens()
    set_limits(settings, session="2/minute")

    def ask(raw: str) -> Any:
        return post_form(Browser(), "/oauth/introspect", {"token": raw}, headers={"Authorization": f"Bearer {raw}"})

    assert [ask(tokens["access_token"]).json()["active"] for _ in range(2)] == [True, True]
    assert_limited(ask(tokens["access_token"]))
    assert ask(other["access_token"]).json()["active"]
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
