"""Attacks on devices (RFC 8628 §5): guessing, borrowing, repeating, phishing, and what ends meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, make_secret
from roboflow_auth.oauth.connections import revoke_connection
from roboflow_auth.oauth.models import AccessToken, Client, Connection, DeviceCode, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.clauses import clause
from tests.oauth.devices import DeviceJourney, device_of, error_of, make_device_client
from tests.oauth.journeys import field_value, make_secret_client, signed_in
from tests.support.limits import set_limits, wait_of


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


@clause("RFC8628-5.1", "P-L1.8")
def test_a_person_who_guesses_is_held_back_even_with_the_right_code(
    device: DeviceJourney, bob: User, settings: Any
) -> None:
    """RFC 8628 §5.1, brute force: a signed-in attacker tries code after code."""
    set_limits(settings, user_code_person="3/minute")
    for guess in ("BCDF-GHJK", "BCDF-GHJL", "BCDF-GHJM"):
        assert device.type_code(guess).status_code == 422
    page = device.type_code(device.codes["user_code"])
    assert wait_of(page)
    assert "Too many codes" in page.content.decode()
    device.browser = signed_in(bob)
    assert device.type_code(device.codes["user_code"]).status_code == 303


@clause("RFC8628-5.1", "P-L1.8")
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_an_address_that_guesses_is_held_back_whoever_signs_in(
    device: DeviceJourney, settings: Any, is_signed_in: bool
) -> None:
    """RFC 8628 §5.1, brute force: many accounts, or none, behind one address."""
    set_limits(settings, user_code_address="3/minute")
    browser = device.browser if is_signed_in else Browser()
    for guess in ("BCDF-GHJK", "BCDF-GHJL", "BCDF-GHJM"):
        browser.get(f"/device?user_code={guess}")
    assert wait_of(browser.get(f"/device?user_code={device.codes['user_code']}"))
    elsewhere = browser.get(f"/device?user_code={device.codes['user_code']}", REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code in (200, 302)


def test_codes_that_were_found_without_an_account_count_for_who_uses_them(device: DeviceJourney, settings: Any) -> None:
    """RFC 8628 §5.1, brute force: codes are found without an account, and used with one."""
    html = device.open_link().content.decode()
    set_limits(settings, user_code_person="1/minute")
    signed = field_value(html, "code")
    assert device.browser.get("/device", {"code": signed}).status_code == 200
    assert wait_of(device.submit(html, code=signed, decision="same"))


def test_what_can_be_no_code_is_nobodys_guess(device: DeviceJourney, settings: Any) -> None:
    """Denial of service: a network is locked out by nonsense that could be no code."""
    set_limits(settings, user_code_person="1/minute", user_code_address="1/minute")
    for _ in range(3):
        assert device.type_code("not a code").status_code == 422
    assert device.type_code(device.codes["user_code"]).status_code == 303


@pytest.mark.parametrize("forged", ["{code}", "{code}:1uX:abc", "IkJDREZHSEpLIg:1uX:abc", "", "\x00", "x" * 5000])
def test_nobody_signs_a_code_for_themselves(device: DeviceJourney, forged: str) -> None:
    """RFC 8628 §5.1, brute force: forged signatures in place of counted look-ups."""
    html = device.browser.get("/device").content.decode()
    letters = device.codes["user_code"].replace("-", "")
    assert device.submit(html, code=forged.format(code=letters), decision="same").status_code == 422


@clause("RFC8628-3.4/a")
def test_a_code_is_worth_nothing_to_another_client_and_is_not_used_up(device: DeviceJourney) -> None:
    """RFC 8628 §5.2, a stolen device code: another client presents it."""
    device.answer()
    mine = device.client
    device.client = make_device_client()
    assert error_of(device.poll()) == "invalid_grant"
    device.client, device.raw_secret = make_secret_client()
    assert error_of(device.poll()) == "unauthorized_client"
    device.client, device.raw_secret = mine, ""
    assert device.poll().status_code == 200


@pytest.mark.parametrize(
    "guess",
    [make_secret(SecretKind.DEVICE_CODE), "rfod_", "BCDF-GHJK", "x" * 60_000],
    ids=["well formed", "prefix", "user code", "long"],
)
def test_a_device_code_that_nobody_was_given_is_an_invalid_grant(device: DeviceJourney, guess: str) -> None:
    """RFC 8628 §5.2, brute force of device codes."""
    assert error_of(device.poll(device_code=guess)) == "invalid_grant"


def test_what_the_person_types_is_no_device_code(device: DeviceJourney) -> None:
    """RFC 8628 §5.2, a shoulder surfer presents what stands on the screen."""
    device.answer()
    assert error_of(device.poll(device_code=device.codes["user_code"])) == "invalid_grant"


@clause("P-T2.2")
def test_a_device_code_that_comes_again_burns_the_tokens_it_bought(
    device: DeviceJourney, mailoutbox: list[Any]
) -> None:
    """RFC 8628 §5.2, a stolen device code: thief and device both present it."""
    other = DeviceJourney(device.client, device.browser).device_tokens()
    device.answer()
    tokens = device.poll().json()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    assert error_of(device.poll()) == "invalid_grant"
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert error_of(device.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert AuditEvent.objects.filter(action="end_session", reason="code_reuse").count() == 1
    assert len(mailoutbox) == 1
    assert find_principal(other["access_token"], Resource.MCP) is not None


ENDINGS: dict[str, Callable[[], Any]] = {
    "person": lambda: User.objects.update(is_active=False),
    "membership": lambda: Membership.objects.all().delete(),
    "comeback": lambda: Membership.objects.update(joined_at=timezone.now()),
    "connection": lambda: revoke_connection(Connection.objects.get(), "test"),
    "agreement": lambda: Connection.objects.update(expires_at=timezone.now()),
    "session": lambda: Session.objects.update(ended_at=timezone.now()),
}


@clause("P-G2.1")
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_answer_is_worth_nothing_once_what_it_hangs_off_ended(device: DeviceJourney, ending: str) -> None:
    """Stale authority: the person, the membership or the agreement ended before the device came."""
    device.answer()
    ENDINGS[ending]()
    assert error_of(device.poll()) == "invalid_grant"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_client_that_is_disabled_meanwhile_gets_nothing(device: DeviceJourney, is_answered: bool) -> None:
    """Stale authority: staff disabled the client while its device was waiting."""
    page = device.question()
    if is_answered:
        device.decide(page)
    Client.objects.update(is_disabled=True)
    if not is_answered:
        assert device.decide(page).status_code == 400
    refused = device.poll()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_a_client_that_gives_the_grant_back_gets_no_answer(device: DeviceJourney) -> None:
    """Stale authority: the client has no device grant any more."""
    page = device.question()
    Client.objects.update(grant_types=["authorization_code"])
    assert device.decide(page).status_code == 400
    assert error_of(device.poll()) == "unauthorized_client"


def test_a_person_who_is_deactivated_gives_nothing(device: DeviceJourney, alice: User) -> None:
    """Stale authority: the person was deactivated with the question open."""
    page = device.question()
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert device.decide(page).status_code == 400
    assert error_of(device.poll()) == "authorization_pending"


@clause("P-A3.3")
def test_a_question_is_answered_in_the_browser_that_was_asked(device: DeviceJourney, alice: User, bob: User) -> None:
    """RFC 8628 §5.4, phishing: the attacker's question in the victim's browser, and the other way round."""
    page = device.question()
    for user in (alice, bob):
        handle = field_value(page.content.decode(), "handle")
        device.browser = signed_in(user)
        mine = device.browser.get("/device").content.decode()
        form = {"handle": handle, "csrfmiddlewaretoken": field_value(mine, "csrfmiddlewaretoken")}
        answered = device.browser.post("/oauth/authorize", {**form, "decision": "allow", "level": "read"})
        assert answered.status_code == 400
    assert error_of(device.poll()) == "authorization_pending"


def test_of_two_people_who_type_a_code_the_first_answer_counts(device: DeviceJourney, bob: User) -> None:
    """RFC 8628 §5.5, spying: somebody who saw the code answers as well."""
    first, second = device, DeviceJourney(device.client, signed_in(bob), codes=device.codes)
    asked = second.question()
    first.answer()
    assert second.decide(asked).status_code == 400
    assert Connection.objects.get().user.email == "alice@demo.local"
    assert device.poll().status_code == 200


def test_who_denies_too_late_takes_nothing_back(device: DeviceJourney, bob: User) -> None:
    """RFC 8628 §5.5, spying: somebody who saw the code refuses what was allowed."""
    late = DeviceJourney(device.client, signed_in(bob), codes=device.codes)
    asked = late.question()
    device.answer()
    late.decide(asked, decision="deny")
    assert device.poll().status_code == 200


def test_an_answer_that_comes_after_the_code_expired_makes_no_agreement(device: DeviceJourney) -> None:
    """RFC 8628 §5.4, phishing: a question that is kept open until nobody expects the answer."""
    page = device.question()
    DeviceCode.objects.update(expires=timezone.now())
    assert device.decide(page).status_code == 400
    assert not Connection.objects.exists()
    assert not Session.objects.exists()


@clause("RFC8628-5.4")
@pytest.mark.parametrize("query", ["user_code={code}&decision=same", "user_code={code}&handle=1&decision=allow"])
def test_no_link_takes_the_comparison_or_the_question_away(device: DeviceJourney, query: str) -> None:
    """RFC 8628 §5.4, phishing: a link with more in it than the code."""
    page = device.browser.get(f"/device?{query.format(code=device.codes['user_code'])}")
    assert (page.status_code, page.templates[0].name) == (200, "oauth/device/compare.html")
    assert error_of(device.poll()) == "authorization_pending"


def test_another_site_can_not_type_a_code(device: DeviceJourney) -> None:
    """RFC 8628 §5.4, phishing: another site sends the code as the victim."""
    response = device.browser.post("/device", {"user_code": device.codes["user_code"]})
    assert response.status_code == 403


def test_a_device_may_not_choose_what_stands_for_a_redirect_uri(device: DeviceJourney) -> None:
    """RFC 8628 §5.6, impersonation: a device names a redirect URI of somebody else's."""
    device.begin(redirect_uri="https://evil.example/", state="x", code_challenge="y")
    device.answer()
    assert Connection.objects.get().redirect_uri.startswith("urn:ietf:params:oauth:grant-type:")


def test_the_names_that_devices_give_themselves_are_text(alice: User, acme: Workspace) -> None:
    """RFC 8628 §5.6, impersonation: markup in the name of an app."""
    device = device_of(alice, name="<script>alert(1)</script>")
    device.begin()
    pages = [device.open_link(), device.question()]
    device.decide(pages[1])
    for page in (*pages, device.browser.get("/device/answered")):
        assert "<script>alert" not in page.content.decode()
