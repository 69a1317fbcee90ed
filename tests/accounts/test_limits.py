"""How often somebody may try to sign in (P-L1): per account and per address, answered with a page."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.builders import PASSWORD
from tests.clauses import clause


def sign_in(email: str, password: str = "wrong", address: str = "203.0.113.9", **headers: str) -> Any:
    """Send the sign-in form."""
    form = {"login": email, "password": password}
    return Browser().post("/accounts/login/", form, REMOTE_ADDR=address, headers=headers)


def assert_limited(response: Any) -> None:
    """Fail unless `response` is the page that asks to wait."""
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert response["Content-Type"].startswith("text/html")
    assert "Too many attempts" in response.content.decode()


@clause("P-L1.5", "P-L1.6")
def test_an_account_is_guarded_whatever_addresses_are_tried_from(alice: User, bob: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    assert [sign_in(alice.email, address=f"203.0.113.{number}").status_code for number in range(2)] == [200, 200]
    assert_limited(sign_in(alice.email.upper(), PASSWORD, "203.0.113.9"))
    assert sign_in(bob.email, PASSWORD).status_code == 302


def test_an_address_is_held_back_whatever_accounts_it_tries(alice: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    assert [sign_in(f"{number}@demo.local").status_code for number in range(2)] == [200, 200]
    assert_limited(sign_in(alice.email, PASSWORD))
    assert_limited(sign_in(alice.email, PASSWORD, **{"X-Forwarded-For": "198.51.100.1"}))
    assert sign_in(alice.email, PASSWORD, "203.0.113.10").status_code == 302
    settings.TRUSTED_PROXIES = ["203.0.113.9"]
    assert sign_in(alice.email, PASSWORD, **{"X-Forwarded-For": "198.51.100.1"}).status_code == 302


def test_whoever_signs_in_rightly_is_not_counted_as_guessing(alice: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip,2/m/key"}
    assert [sign_in(alice.email, PASSWORD).status_code for _ in range(4)] == [302] * 4
