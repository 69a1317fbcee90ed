"""Devices: where they begin, where they ask, and the page on which a person types what they show."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.device_codes import sign_user_code
from roboflow_auth.workspaces.models import Workspace
from tests.fuzz.desk import send, send_from
from tests.fuzz.effort import effort
from tests.fuzz.formats import TOKEN_ERRORS, assert_oauth, assert_page, undone
from tests.fuzz.hostile import ODD_TYPES, encoded, forms, odd_headers, texts
from tests.oauth.devices import DEVICE_GRANT, DeviceJourney, device_of
from tests.oauth.journeys import ISSUER, field_value

BEGIN = "/oauth/device_authorization"
DEVICE_ERRORS = TOKEN_ERRORS | {"authorization_pending", "slow_down", "access_denied", "expired_token"}
FURTHER = (
    "client_secret",
    "scope",
    "resource",
    "client_assertion",
    "client_assertion_type",
    "device_code",
    "user_code",
)


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


@effort
@given(data=st.data())
def test_any_beginning_is_answered(device: DeviceJourney, data: st.DataObject) -> None:
    valid = {"client_id": device.client.client_id, "scope": "project:read", "resource": f"{ISSUER}/mcp"}
    raw = data.draw(forms(valid, FURTHER))
    with undone():
        assert_oauth(send("POST", BEGIN, raw), TOKEN_ERRORS, device.codes["device_code"])


@effort
@given(data=st.data())
def test_any_method_type_and_header_is_answered(device: DeviceJourney, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(("GET", "POST", "PUT", "DELETE", "BREW")))
    content_type, headers = data.draw(st.sampled_from(ODD_TYPES)), data.draw(odd_headers())
    raw = data.draw(st.one_of(st.binary(max_size=40), st.just(f"client_id={device.client.client_id}".encode())))
    with undone():
        answer = send(method, f"{BEGIN}?{data.draw(texts.map(encoded))}", raw, content_type, headers)
        assert_oauth(answer, TOKEN_ERRORS, device.codes["device_code"])


@effort
@given(data=st.data())
@pytest.mark.parametrize("is_answered", [True, False])
def test_any_question_of_a_device_is_answered(device: DeviceJourney, is_answered: bool, data: st.DataObject) -> None:
    code = device.codes["device_code"]
    valid = {"grant_type": DEVICE_GRANT, "client_id": device.client.client_id, "device_code": code}
    raw = data.draw(forms(valid, FURTHER))
    with undone():
        if is_answered:
            device.answer()
        assert_oauth(send("POST", "/oauth/token", raw), DEVICE_ERRORS, code)


@effort
@given(data=st.data())
@pytest.mark.parametrize("is_link", [True, False])
def test_anything_that_a_person_types_is_answered(device: DeviceJourney, is_link: bool, data: st.DataObject) -> None:
    letters = device.codes["user_code"].replace("-", "")
    form = {"code": sign_user_code(letters), "decision": "same"} if is_link else {"user_code": letters}
    token = field_value(device.browser.get("/device").content.decode(), "csrfmiddlewaretoken")
    raw = data.draw(forms({"csrfmiddlewaretoken": token, **form}, ("user_code", "code", "decision", "handle")))
    with undone():
        assert_stays(send_from(device.browser, "POST", "/device", raw))


@effort
@given(data=st.data())
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_any_link_is_answered(device: DeviceJourney, is_signed_in: bool, data: st.DataObject) -> None:
    raw = data.draw(forms({"user_code": device.codes["user_code"], "code": "x:y:z"}, ("decision", "next", "handle")))
    path = data.draw(st.sampled_from(("/device", "/device/answered")))
    browser = device.browser if is_signed_in else device.machine
    with undone():
        assert_stays(send_from(browser, "GET", f"{path}?{raw}"))


def assert_stays(answer: Any) -> None:
    """Fail unless `answer` is a page of ours, or leads to one."""
    assert_page(answer)
    if answer.status_code in (302, 303):
        assert answer["Location"].startswith(("/accounts/login/", "/oauth/authorize/waiting?", "/device"))
