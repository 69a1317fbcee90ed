"""Where a device begins: what it is told, who may begin, and what is asked for (RFC 8628 §3.1, §3.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client, DeviceCode
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.devices import DEVICE_GRANTS, DeviceJourney, device_of, error_of, make_device_client
from tests.oauth.journeys import ISSUER, basic, make_secret_client, post_form
from tests.support.limits import set_limits, wait_of
from tests.support.statements import at_most

PATH = "/oauth/device_authorization"


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice."""
    return device_of(alice)


@clause("RFC8628-3.2")
def test_a_device_is_told_its_codes_and_where_its_person_goes(device: DeviceJourney) -> None:
    response = device.start()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    members = response.json()
    assert re.fullmatch(r"rfod_[0-9A-Za-z]{49}", members.pop("device_code"))
    user_code = members.pop("user_code")
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", user_code)
    assert members == {
        "verification_uri": f"{ISSUER}/device",
        "verification_uri_complete": f"{ISSUER}/device?user_code={user_code}",
        "expires_in": 600,
        "interval": 5,
    }


@clause("P-T6.4", "P-I5.1")
def test_neither_code_is_stored(device: DeviceJourney) -> None:
    codes = device.begin()
    row = DeviceCode.objects.values().get()
    letters = codes["user_code"].replace("-", "")
    for stored in map(str, row.values()):
        assert codes["device_code"] not in stored
        assert letters not in stored
    assert (len(row["device_code"]), len(row["user_code"])) == (64, 64)


def test_a_beginning_takes_two_statements(device: DeviceJourney) -> None:
    with at_most(2):
        device.begin()


def test_no_two_devices_get_the_same_codes(device: DeviceJourney) -> None:
    codes = [device.begin() for _ in range(20)]
    assert len({code["user_code"] for code in codes}) == 20
    assert len({code["device_code"] for code in codes}) == 20


@pytest.mark.parametrize(
    "scope, stored",
    [
        ("project:read claudeai no:such", "project:read"),
        ("offline_access", " ".join(sorted({*BASELINE, "offline_access"}))),
        (None, " ".join(sorted(BASELINE))),
    ],
)
def test_scopes_are_narrowed_as_at_the_authorization_endpoint(
    device: DeviceJourney, scope: str | None, stored: str
) -> None:
    device.begin(scope=scope)
    assert DeviceCode.objects.get().scope == stored


def test_a_client_does_not_get_over_its_ceiling(alice: User, acme: Workspace) -> None:
    device = device_of(alice, scope_ceiling="image:read")
    device.begin(scope="image:read project:read")
    assert DeviceCode.objects.get().scope == "image:read"
    assert error_of(device.start(scope="project:read")) == "invalid_scope"


@pytest.mark.parametrize(
    "resource, stored",
    [
        (f"{ISSUER}/mcp", "mcp"),
        ("HTTP://TESTSERVER:80/mcp/", "mcp"),
        (ISSUER, "mcp"),
        (None, "mcp"),
        (f"{ISSUER}/api/v1", "api"),
    ],
)
def test_the_resource_is_folded_as_at_the_authorization_endpoint(
    device: DeviceJourney, resource: str | None, stored: str
) -> None:
    device.begin(resource=resource)
    assert DeviceCode.objects.get().resource == stored


@pytest.mark.parametrize("resource", ["https://elsewhere.example/mcp", f"{ISSUER}/admin", f"{ISSUER}/mcp#fragment"])
def test_a_resource_of_somebody_else_is_an_invalid_target(device: DeviceJourney, resource: str) -> None:
    assert error_of(device.start(resource=resource)) == "invalid_target"
    assert not DeviceCode.objects.exists()


@clause("RFC8628-3.1")
def test_a_client_with_a_secret_has_to_prove_itself(acme: Workspace) -> None:
    client, secret = make_secret_client()
    Client.objects.update(grant_types=DEVICE_GRANTS)
    assert (
        post_form(Browser(), PATH, {"scope": "project:read"}, headers=basic(client.client_id, secret)).status_code
        == 200
    )
    for body, headers in (
        ({"client_id": client.client_id}, {}),
        ({"client_id": client.client_id, "client_secret": "rfcs_wrong"}, {}),
        ({"scope": "project:read"}, basic(client.client_id, "wrong")),
    ):
        refused = post_form(Browser(), PATH, body, headers=headers)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_an_unknown_client_and_a_disabled_one_look_the_same(device: DeviceJourney) -> None:
    unknown = device.start(client_id="nobody")
    Client.objects.update(is_disabled=True)
    disabled = device.start()
    assert (unknown.status_code, unknown.json()) == (disabled.status_code, disabled.json())
    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")


def test_a_client_without_the_grant_is_told_so(db: None, device: DeviceJourney) -> None:
    device.client = builders.make_client()
    assert error_of(device.start()) == "unauthorized_client"


def test_an_app_that_would_be_turned_away_does_not_begin(device: DeviceJourney, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    assert error_of(device.start()) == "unauthorized_client"
    Client.objects.update(approval="allowed")
    assert device.start().status_code == 200


@pytest.mark.parametrize(
    "body, content_type",
    [
        (b"client_id=a&client_id=b", "application/x-www-form-urlencoded"),
        (b"client_id=%ff", "application/x-www-form-urlencoded"),
        (b"client_id=%00", "application/x-www-form-urlencoded"),
        (b"client_id=" + b"a" * 65_536, "application/x-www-form-urlencoded"),
        (b'{"client_id": "a"}', "application/json"),
    ],
)
def test_what_is_no_form_is_an_invalid_request(db: None, body: bytes, content_type: str) -> None:
    assert error_of(Browser().post(PATH, body, content_type=content_type)) == "invalid_request"


def test_it_takes_posts_only(db: None) -> None:
    response = Browser().get(PATH)
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_a_client_in_a_browser_may_read_the_answer(device: DeviceJourney) -> None:
    preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert Browser().options(PATH, headers=preflight)["Access-Control-Allow-Origin"] == "*"
    body = {"client_id": device.client.client_id}
    answer = post_form(Browser(), PATH, body, headers={"Origin": "https://app.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


@clause("P-L1.8")
def test_an_address_begins_so_often_and_others_go_on(device: DeviceJourney, settings: Any) -> None:
    set_limits(settings, device_address="2/minute")
    assert [device.start().status_code for _ in range(2)] == [200, 200]
    refused = device.start()
    assert wait_of(refused)
    assert refused.json()["error"] == "temporarily_unavailable"
    body = {"client_id": device.client.client_id}
    assert post_form(Browser(), PATH, body, REMOTE_ADDR="203.0.113.9").status_code == 200


@clause("P-L1.8")
def test_a_client_that_proves_itself_begins_so_often_from_wherever(acme: Workspace, settings: Any) -> None:
    client, secret = make_secret_client()
    Client.objects.update(grant_types=DEVICE_GRANTS)
    other = make_device_client()
    set_limits(settings, device_client="2/minute")
    for number in range(2):
        begun = post_form(
            Browser(),
            PATH,
            {"scope": "project:read"},
            headers=basic(client.client_id, secret),
            REMOTE_ADDR=f"203.0.113.{number}",
        )
        assert begun.status_code == 200
    refused = post_form(
        Browser(), PATH, {"scope": "project:read"}, headers=basic(client.client_id, secret), REMOTE_ADDR="203.0.113.9"
    )
    assert wait_of(refused)
    assert post_form(Browser(), PATH, {"client_id": other.client_id}).status_code == 200
