"""A person at the account pages: signs in, proves it again, sets up an authenticator app."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.builders import PASSWORD
from tests.support.totp import totp

_SECRET = re.compile(r'id="totp-key"[^>]*>([A-Z2-7]{32})<')
_CODE = re.compile(r"<li>(\d{8})</li>")


def signed_in_by_password(user: User) -> Browser:
    """Return a browser in which `user` typed the password a moment ago."""
    browser = Browser()
    assert give_password(browser, user).status_code == 302
    return browser


def give_password(browser: Browser, user: User, **more: str) -> Any:
    """Fill in the sign-in form."""
    return browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **more})


def set_up_app(browser: Browser) -> str:
    """Set up an authenticator app in a browser whose person signed in a moment ago; return the app's secret."""
    found = _SECRET.search(browser.get("/accounts/2fa/totp/activate/").content.decode())
    assert found
    secret = found.group(1)
    # One step ago, so that the code of now is still there to sign in with.
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": totp(secret, -1)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/", answer.content
    return secret


def recovery_codes(browser: Browser) -> list[str]:
    """Return the unused recovery codes that the page shows."""
    return _CODE.findall(browser.get("/accounts/2fa/recovery-codes/").content.decode())


def make_older(browser: Browser, seconds: float) -> None:
    """Make it look as if everything that the person of this browser proved was `seconds` earlier."""
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()


def who(browser: Browser) -> Any:
    """Return the person who is signed in."""
    return browser.get("/").context["user"]
