"""Pages, mails and faults in Portuguese, the switch at the foot, and English for whatever programs read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import translation
from django.utils.formats import date_format

from roboflow_auth.accounts.models import User
from roboflow_auth.core.mail import wait_until_sent
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.browser.gallery.seeding import seed as seed_gallery
from tests.clauses import clause
from tests.oauth.journeys import Journey, field_value, signed_in
from tests.translations.reading import english_in, links_of, texts_of
from tests.web.people import send

pytestmark = pytest.mark.django_db

PORTUGUESE = {"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.1"}
# Pages that nothing links to, at least not for the person who walks.
UNLINKED = (
    *("/accounts/inactive/", "/accounts/confirm-email/", "/accounts/login/", "/accounts/signup/", "/accounts/logout/"),
    *("/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/"),
    *("/accounts/password/reset/key/1-over/", "/accounts/confirm-email/over/", "/accounts/linked/login/cancelled/"),
    *("/accounts/linked/login/error/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"),
    *("/device", "/oauth/logout", "/oauth/authorize", "/nowhere", "/invitation/over", "/api/v1/docs"),
)


@pytest.fixture(autouse=True)
def _begins_and_ends_in_english() -> Iterator[None]:
    # Requests in tests share a thread, where the language of the last one would stay.
    with translation.override("en"):
        yield


@pytest.fixture
def demo() -> None:
    """Fill every page with what there is to show."""
    call_command("seed_demo", verbosity=0)
    seed_gallery()


def crawl(browser: Browser, *starts: str, most: int = 150) -> Iterator[tuple[str, str]]:
    """Yield each page that can be reached from `starts` by links, with its address, as Portuguese speakers get it."""
    waiting, seen = list(starts), set(starts)
    while waiting and len(seen) <= most:
        address = waiting.pop(0)
        response = browser.get(address, headers=PORTUGUESE)
        html = response.content.decode() if response["Content-Type"].startswith("text/html") else ""
        if html:
            yield address, html
        ahead = {*links_of(html), response.get("Location", "")}
        found = sorted(link for link in ahead - seen if link.startswith("/") and not link.endswith("/logout/"))
        waiting += found
        seen.update(found)


def test_no_page_is_left_in_english(demo: None) -> None:
    left: dict[str, list[str]] = {}
    for name in ("alice", "dana", "bob", ""):
        browser = signed_in(User.objects.get(email=f"{name}@demo.local")) if name else Browser()
        pages = dict(crawl(browser, "/", *UNLINKED))
        left |= {f"{name} {address}": english_in(texts_of(html)) for address, html in pages.items()}
        assert all('<html lang="pt-br"' in html for html in pages.values() if html.startswith("<!DOCTYPE"))
    assert {address: texts for address, texts in left.items() if texts} == {}
    assert len(left) > 100


def test_english_is_found_where_it_is_left() -> None:
    html = '<p>Tudo bem</p><a title="Your app">ok</a><b>Sign out</b><code>the code</code><i lang="en">the end</i>'
    assert english_in(texts_of(html)) == ["Your app", "Sign out"]


@clause("P-A6.5")
@pytest.mark.parametrize("ui_locales", ["pt-BR", "pt", "xx pt en"])
def test_an_app_may_wish_for_a_language(journey: Journey, ui_locales: str) -> None:
    html = journey.ask(ui_locales=ui_locales).content.decode()
    assert '<html lang="pt-br"' in html
    assert english_in(texts_of(html)) == []


def test_the_sign_in_speaks_as_the_question_after_it_will(journey: Journey) -> None:
    journey.browser = Browser()
    sign_in = journey.ask(ui_locales="pt-BR")
    assert '<html lang="pt-br"' in journey.browser.get(sign_in["Location"]).content.decode()


def test_what_the_person_chose_goes_before_what_an_app_wishes_for(journey: Journey) -> None:
    send(journey.browser, "/", "/language", language="en")
    assert '<html lang="en"' in journey.ask(ui_locales="pt-BR").content.decode()


def test_a_fault_is_told_in_the_language_of_the_page(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise ValueError("gone")

    browser = signed_in(alice)
    browser.raise_request_exception = False
    monkeypatch.setattr("roboflow_auth.web.views.home.list_memberships", broken)
    response = browser.get("/", headers=PORTUGUESE)
    assert response.status_code == 500
    assert "Algo quebrou do nosso lado" in response.content.decode()
    # It needs no session, so it offers no form.
    assert "<form" not in response.content.decode()


def test_dates_are_written_as_they_are_in_brasil() -> None:
    when = datetime(2026, 3, 4, 15, 6, 7, tzinfo=UTC)
    with translation.override("pt-br"):
        assert date_format(when, translation.gettext("j F Y")) == "4 de março de 2026"
        assert date_format(when, translation.gettext("j M, H:i:s")) == "4 de mar, 15:06:07"


def test_the_switch_changes_the_language_and_leads_back(alice: User) -> None:
    browser = signed_in(alice)
    answer = send(browser, "/connect", "/language", language="pt-br", next="/connect")
    assert answer["Location"] == "/connect"
    assert '<html lang="pt-br"' in browser.get("/connect").content.decode()
    alice.refresh_from_db()
    assert alice.language == "pt-br"


MEMBERS = "/w/acme/members?page=1"


def wrong_form(user: User, referer: str) -> str:
    """Return the page that answers an invitation to no address, sent from `referer`."""
    browser = signed_in(user)
    token = field_value(browser.get(MEMBERS).content.decode(), "csrfmiddlewaretoken")
    form = {"csrfmiddlewaretoken": token, "email": "nobody"}
    page: str = browser.post("/w/acme/members", form, headers={"referer": referer}).content.decode()
    assert "Enter a valid email address." in page
    return page


def test_the_switch_below_a_form_with_errors_leads_to_the_form(alice: User, acme: Workspace) -> None:
    assert field_value(wrong_form(alice, f"http://testserver{MEMBERS}"), "next") == MEMBERS


@pytest.mark.parametrize(
    "referer",
    ["", "http://evil.example/w/acme/members", "http://testserver/connect", "http://[", "//testserver/"],
)
def test_no_switch_is_offered_where_it_would_lead_astray(alice: User, acme: Workspace, referer: str) -> None:
    assert 'class="languages"' not in wrong_form(alice, referer)


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(after: str) -> None:
    answer = send(Browser(enforce_csrf_checks=True), "/", "/language", language="pt-br", next=after)
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith("//")


def test_the_switch_takes_forms_of_ours_only() -> None:
    browser = Browser(enforce_csrf_checks=True)
    assert browser.post("/language", {"language": "pt-br"}).status_code == 403
    assert browser.get("/language").status_code == 405


def test_a_language_that_nobody_here_speaks_changes_nothing(alice: User) -> None:
    browser = signed_in(alice)
    send(browser, "/", "/language", language="tlh")
    assert '<html lang="en"' in browser.get("/").content.decode()
    alice.refresh_from_db()
    assert alice.language == ""


def test_a_refusal_of_a_service_is_said_in_the_language_of_the_page(alice: User, bob: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    browser.cookies["django_language"] = "pt-br"
    fields = {"email": bob.email, "role": "viewer"}
    page = send(browser, "/w/acme/members", "/w/acme/members", **fields).content.decode()
    assert f"{bob.email} já está neste espaço de trabalho." in page


def test_mail_is_in_the_language_that_the_person_chose(alice: User, bob: User, acme: Workspace) -> None:
    User.objects.filter(pk=bob.pk).update(language="pt-br")
    Membership.objects.filter(user=bob, workspace=acme).delete()
    send(signed_in(alice), "/w/acme/members", "/w/acme/members", email=bob.email, role="viewer")
    send(signed_in(alice), "/w/acme/members", "/w/acme/members", email="new@demo.local", role="viewer")
    to_bob, to_stranger = mail.outbox
    assert to_bob.subject.endswith("Convite para Acme Robotics")
    assert english_in(to_bob.body.splitlines()) == []
    assert to_stranger.subject.endswith("You are invited to Acme Robotics")


def test_the_warning_of_reuse_speaks_the_persons_language_and_not_the_programs(journey: Journey) -> None:
    User.objects.update(language="pt-br")
    code = journey.code()
    journey.redeem(code)
    journey.redeem(code)
    wait_until_sent()
    assert english_in(mail.outbox[-1].body.splitlines()) == []
    assert "foi usada em dois lugares" in mail.outbox[-1].body


def test_a_sign_in_remembers_the_language(alice: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies["django_language"] = "pt-br"
    send(browser, "/accounts/login/", "/accounts/login/", login=alice.email, password=builders.PASSWORD)
    alice.refresh_from_db()
    assert alice.language == "pt-br"


def test_what_programs_read_is_english_whatever_they_accept(alice: User) -> None:
    answers = (
        Browser().post("/oauth/token", {"grant_type": "nonsense"}, headers=PORTUGUESE),
        Browser().get("/api/v1/me", headers=PORTUGUESE),
        Browser().get("/api/v1/nowhere", headers=PORTUGUESE),
    )
    for answer in answers:
        assert not answer.has_header("Content-Language")
        assert "não" not in answer.content.decode()
    Browser().get("/api/v1/docs", headers=PORTUGUESE)
    assert "Show who you are" in Browser().get("/api/v1/schema", headers=PORTUGUESE).content.decode()
