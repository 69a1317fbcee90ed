"""OIDC_PROVIDERS: what is taken, and what stops the server before it is unsafe."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from roboflow_auth.accounts.sign_in_settings import sign_in_settings

GOOD = {
    "id": "acme",
    "name": "Acme",
    "issuer": "https://id.acme.example/",
    "client_id": "roboflow",
    "client_secret": "secret",
}


def apps(*providers: Any) -> list[dict[str, Any]]:
    """Return allauth's apps for `providers`, as in production."""
    found = sign_in_settings(list(providers), is_development=False)
    listed: list[dict[str, Any]] = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    return listed


def test_a_provider_is_trusted_about_nothing_unless_the_settings_say_so() -> None:
    (app,) = apps(GOOD)
    assert app["settings"] == {
        "server_url": "https://id.acme.example",
        "trust_email": False,
        "sign_up": None,
        "scope": ["openid", "profile", "email"],
    }


def test_domains_are_compared_without_case_and_at_sign() -> None:
    (app,) = apps({**GOOD, "trust_email": ["@Acme.Example"]})
    assert app["settings"]["trust_email"] == ["acme.example"]


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://id.acme.example"},
        {"issuer": "id.acme.example"},
        {"issuer": "https://id.acme.example?x=1"},
        {"client_secret": ""},
        {"name": None},
        {"id": "Acme Inc"},
        {"id": "../x"},
        {"trust_email": "acme.example"},
        {"trust_email": []},
        {"trust_emails": True},
        {"sign_up": "yes"},
    ],
)
def test_what_can_not_work_or_is_not_safe_stops_the_server(change: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        apps({**GOOD, **change})


@pytest.mark.parametrize("providers", [[GOOD, GOOD], ["acme"], [None]])
def test_each_provider_is_an_object_with_an_id_of_its_own(providers: list[Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        apps(*providers)


def test_the_list_is_a_list() -> None:
    with pytest.raises(ImproperlyConfigured, match="JSON list"):
        sign_in_settings({"acme": GOOD}, is_development=False)


def test_plain_http_is_for_development() -> None:
    assert sign_in_settings([{**GOOD, "issuer": "http://127.0.0.1:9000"}], is_development=True)
