"""The states of accounts: signing in and up, passwords, second factors, passkeys, sessions."""

from __future__ import annotations

import re

from tests.browser.gallery.seeding import TOTP_SECRET
from tests.browser.gallery.state import ALICE, DANA, ERIN, VISITOR, Section, State, Visit, Walk
from tests.support.browser import sign_in
from tests.support.totp import totp

PASSKEYS_ADD = "/accounts/2fa/webauthn/add/"


def sign_in_fully(visit: Visit, email: str) -> None:
    """Sign in by the password, and by a code where the person has an authenticator app."""
    sign_in(visit.open("/accounts/login/"), email)
    if email == DANA:
        visit.page.get_by_label("Code").fill(totp(TOTP_SECRET, int(visit.known["clock"]) // 30))
        visit.page.get_by_role("button", name="Sign in").click()
    visit.page.get_by_role("button", name="Sign out").first.wait_for()


def _wrong_password(visit: Visit) -> None:
    page = visit.open("/accounts/login/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill("alice@demo.local")
    page.get_by_label("Password").fill("not-this-one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def _second_step(visit: Visit) -> None:
    sign_in(visit.open("/accounts/login/"), DANA)
    visit.page.get_by_role("heading", name="Second step").wait_for()


def _reset_sent(visit: Visit) -> None:
    page = visit.open("/accounts/password/reset/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill("nobody@demo.local")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/done/")


def _new_password(visit: Visit) -> None:
    visit.open(visit.known["reset"]).wait_for_url("**-set-password/")


def _signed_up(visit: Visit) -> None:
    page = visit.open("/accounts/signup/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill("newcomer@demo.local")
    for field in page.locator("input[type=password]").all():
        field.fill("a-long-made-up-password")
    page.get_by_role("main").get_by_role("button", name=re.compile("Sign up|Create|Make")).first.click()
    page.wait_for_url("**/confirm-email/")


def _with_passkey(visit: Visit) -> None:
    """Have at least one passkey, from an authenticator that the browser pretends to have."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": True}})
    visit.open("/accounts/2fa/webauthn/")
    if visit.page.locator(".row").count() == 0:
        page = visit.open(PASSKEYS_ADD)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("heading", name="Recovery codes").wait_for()
        visit.open("/accounts/2fa/webauthn/")


def _passkey_form(name: str) -> Walk:
    def walk(visit: Visit) -> None:
        _with_passkey(visit)
        visit.page.get_by_role("link", name=name).first.click()
        visit.page.wait_for_load_state()

    return walk


SIGNING_IN = Section(
    "Signing in",
    "By passkey or password, with a second step for those who want one.",
    (
        State("sign-in", "Sign in", VISITOR, "/accounts/login/"),
        State("sign-in-wrong", "A wrong password", VISITOR, _wrong_password),
        State("second-step", "The second step", VISITOR, _second_step),
        State("sign-up", "Sign up", VISITOR, "/accounts/signup/"),
        State("sign-up-sent", "The address is to be confirmed", VISITOR, _signed_up),
        State("confirm-address", "Confirming an address", VISITOR, lambda visit: visit.open(visit.known["confirm"])),
        State("reset", "A forgotten password", VISITOR, "/accounts/password/reset/"),
        State("reset-sent", "The mail is on its way", VISITOR, _reset_sent),
        State("reset-new-password", "A new password", VISITOR, _new_password),
        State("reset-done", "The new password counts", VISITOR, "/accounts/password/reset/key/done/"),
        State("sign-out", "Signing out", ALICE, "/accounts/logout/"),
        State("reauthenticate", "Asked again before something that matters", ALICE, "/accounts/reauthenticate/"),
        State("reauthenticate-code", "Asked again, with a code", DANA, "/accounts/2fa/reauthenticate/"),
    ),
)
ACCOUNT = Section(
    "One's own account",
    "Addresses, password, passkeys, two-step sign-in, browsers, linked accounts.",
    (
        State("account-email", "E-mail addresses", ALICE, "/accounts/email/"),
        State("account-password", "Another password", ALICE, "/accounts/password/change/"),
        State("two-step", "Two-step sign-in, nothing set up", ALICE, "/accounts/2fa/"),
        State("two-step-on", "Two-step sign-in, set up", DANA, "/accounts/2fa/"),
        State("authenticator-app", "Setting up an authenticator app", ALICE, "/accounts/2fa/totp/activate/"),
        State("authenticator-app-off", "Turning it off", DANA, "/accounts/2fa/totp/deactivate/"),
        State("recovery-codes", "Recovery codes", DANA, "/accounts/2fa/recovery-codes/"),
        State("recovery-codes-new", "New recovery codes", DANA, "/accounts/2fa/recovery-codes/generate/"),
        State("passkeys-none", "No passkey yet", ALICE, "/accounts/2fa/webauthn/"),
        State("passkey-new", "A new passkey", ALICE, PASSKEYS_ADD),
        State("passkeys", "Passkeys", ERIN, _with_passkey),
        State("passkey-rename", "Another name for a passkey", ERIN, _passkey_form("Rename")),
        State("passkey-remove", "Removing a passkey", ERIN, _passkey_form("Remove")),
        State("browsers", "Where one is signed in", ALICE, "/accounts/sessions/"),
        State("linked", "Linked accounts", ALICE, "/accounts/linked/"),
    ),
)
