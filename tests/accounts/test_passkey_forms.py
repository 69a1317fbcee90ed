"""What is posted as a passkey's answer and is none. The ceremony itself stands in tests/browser/test_passkeys.py."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.accounts.people import give_password, set_up_app, signed_in_by_password, who


def handle(text: str) -> str:
    """Return `text` as a user handle."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def credential(user_handle: object) -> str:
    """Return an answer of the right shape that no key signed, for `user_handle`."""
    data = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": user_handle}
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": data})


HOSTILE = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    '"text"',
    "{",
    '{"response": null}',
    '{"response": {"userHandle": {}}}',
    "[" * 5000,
    credential(None),
    credential(["1"]),
    credential(handle("1")),
    credential(handle("9" * 30)),
    credential(handle("x\x00")),
    credential("ÿ"),
    credential("\x00"),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_no_passkey_signed_signs_nobody_in(alice: User, answer: str) -> None:
    browser = Browser()
    browser.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    assert browser.post("/accounts/2fa/webauthn/login/", {"credential": answer}).status_code == 302
    assert who(browser).is_anonymous


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_no_passkey_signed_is_no_second_step(alice: User, answer: str) -> None:
    set_up_app(signed_in_by_password(alice))
    browser = Browser()
    give_password(browser, alice)
    browser.get("/accounts/2fa/authenticate/")
    assert browser.post("/accounts/2fa/authenticate/", {"credential": answer}).status_code == 200
    assert who(browser).is_anonymous


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_no_device_made_is_no_new_passkey(alice: User, answer: str) -> None:
    browser = signed_in_by_password(alice)
    browser.get("/accounts/2fa/webauthn/add/")
    page = browser.post("/accounts/2fa/webauthn/add/", {"credential": answer, "name": "x" * 300})
    assert page.status_code == 200
