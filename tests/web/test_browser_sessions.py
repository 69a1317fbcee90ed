"""Signed-in browsers: the list, and ending them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from tests.accounts.people import signed_in_by_password, who
from tests.builders import PASSWORD

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in_with(user: User, agent: str) -> Browser:
    """Return a browser that calls itself `agent`, with `user` signed in."""
    browser = Browser(headers={"user-agent": agent})
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def shown(browser: Browser) -> list[dict[str, object]]:
    """Return the rows of the page."""
    found: list[dict[str, object]] = browser.get(PAGE).context["sessions"]
    return found


def test_a_person_sees_the_browsers_and_which_one_this_is(alice: User) -> None:
    signed_in_with(alice, FIREFOX)
    browser = signed_in_by_password(alice)
    assert [(row["name"], row["is_current"]) for row in shown(browser)] == [
        ("Unknown browser", True),
        ("Firefox · Linux", False),
    ]


def test_one_other_browser_is_signed_out_at_once(alice: User) -> None:
    stolen, kept, browser = (signed_in_by_password(alice) for _ in range(3))
    row = shown(browser)[-1]
    assert browser.post(PAGE, {"session": str(row["id"])}).status_code == 303
    assert who(stolen).is_anonymous
    assert who(kept) == who(browser) == alice
    assert AuditEvent.objects.filter(action="end_browser_sessions", actor_email=alice.email).count() == 1


def test_all_other_browsers_are_signed_out_at_once(alice: User) -> None:
    others = [signed_in_by_password(alice) for _ in range(2)]
    browser = signed_in_by_password(alice)
    browser.post(PAGE)
    assert all(who(other).is_anonymous for other in others)
    assert who(browser) == alice


@pytest.mark.parametrize("hostile", ["0", "-1", "9" * 18, "9" * 300, "x", "\x00", "१"])
def test_a_session_that_is_none_of_theirs_is_not_ended(alice: User, bob: User, hostile: str) -> None:
    bobs, browser = signed_in_by_password(bob), signed_in_by_password(alice)
    theirs = str(shown(bobs)[0]["id"])
    for chosen in (hostile, theirs):
        assert browser.post(PAGE, {"session": chosen}).status_code == 303
    assert who(bobs) == bob


def test_a_new_password_signs_out_every_other_browser(alice: User) -> None:
    other, browser = signed_in_by_password(alice), signed_in_by_password(alice)
    new = {"password1": "long-and-unusual-2", "password2": "long-and-unusual-2"}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert who(other).is_anonymous
    again = Browser()
    again.post("/accounts/login/", {"login": alice.email, "password": "long-and-unusual-2"})
    assert len(shown(again)) == 1


def test_many_browsers_take_no_more_queries_than_one(alice: User) -> None:
    counts = []
    for _ in range(2):
        browser = signed_in_by_password(alice)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
