"""The audit log's page: who reads it, filters, pages, the file, and what it says of the chain."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import AsyncClient
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit import paging, search
from roboflow_auth.audit.checking import check_all
from roboflow_auth.audit.models import AuditEvent, AuditSeal, Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.spreadsheets import csv_line
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.journeys import BACKEND, signed_in
from tests.support.statements import at_most

PAGE = "/w/acme/audit"
FILE = "/w/acme/audit.csv"


@pytest.fixture
def log(acme: Workspace) -> None:
    """Write some rows of Acme, and one of Carol's workspace."""
    rows: list[dict[str, Any]] = [
        {"email": "bob@demo.local", "client_name": "Shelf counter", "target": "acme/shelves"},
        {"email": "bob@demo.local", "outcome": Outcome.REFUSED, "reason": "role", "detail": "the private detail"},
        {"email": "alice@demo.local", "client_name": "Other app", "target": "acme/boards", "detail": "labeler → admin"},
    ]
    for row in rows:
        record_event("annotate_image", workspace="acme", **row)
    record_event("annotate_image", workspace="carol", email="carol@demo.local", target="carol/secret")


def targets(browser: Browser, **filters: str) -> set[tuple[str, str]]:
    """Return what the rows of a page are about, and their outcomes."""
    return {(event["row"].target, event["row"].outcome) for event in browser.get(PAGE, filters).context["events"]}


def rows_of(response: Any) -> list[dict[str, str]]:
    """Return the lines of a file."""
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_the_log_is_shown_with_nothing_of_other_workspaces(alice: User, log: None) -> None:
    html = signed_in(alice).get(PAGE).content.decode()
    for words in ("Annotate image", "bob@demo.local", "acme/shelves", "through Shelf counter", "Refused", "admin"):
        assert words in html
    assert "carol" not in html
    assert "the private detail" not in html


def test_reading_is_for_roles_that_may_and_is_written_down_itself(
    alice: User, bob: User, carol: User, log: None, acme: Workspace
) -> None:
    for path in (PAGE, FILE):
        assert signed_in(carol).get(path).status_code == 404
        assert signed_in(bob).get(path).status_code == 403
    acme.memberships.filter(user=bob).update(role=RoleName.ADMIN)
    assert signed_in(bob).get(PAGE).status_code == 200
    rows_of(signed_in(bob).get(FILE))
    written = AuditEvent.objects.filter(actor_email=bob.email, outcome="allowed").values_list("action", flat=True)
    assert {"view_audit_log", "export_audit_log"} <= {*written}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"person": "BOB@", "outcome": "allowed"}, {("acme/shelves", "allowed")}),
        ({"app": "shelf"}, {("acme/shelves", "allowed")}),
        ({"action": "Annotate image", "outcome": "refused"}, {("", "refused")}),
        ({"action": "annotate_image", "person": "alice"}, {("acme/boards", "allowed")}),
        ({"action": "fly"}, set()),
        ({"until": "2020-01-01"}, set()),
        ({"since": "2020-01-01", "until": "2100-01-01", "app": "other"}, {("acme/boards", "allowed")}),
    ],
)
def test_filters_find_what_fits(filters: dict[str, str], expected: set[Any], alice: User, log: None) -> None:
    assert targets(signed_in(alice), **filters) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "annotate im"), ("en", "ANNOTATE_I"), ("pt-br", "anotar imagem"), ("pt-br", "Annotate")],
)
def test_an_action_is_found_by_a_part_of_how_it_is_shown_or_stored(
    alice: User, log: None, language: str, text: str
) -> None:
    browser = signed_in(alice)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert len(targets(browser, action=text)) == 3


def test_a_day_is_all_of_it(alice: User, log: None) -> None:
    today = timezone.now().date()
    assert len(targets(signed_in(alice), since=str(today), until=str(today), action="annotate_image")) == 3
    assert not targets(signed_in(alice), since=str(today + timedelta(days=1)))
    assert len(targets(signed_in(alice), since="0001-01-01", until="9999-12-31", action="annotate_image")) == 3


@pytest.mark.parametrize(
    "filters",
    [
        *({"outcome": "maybe"}, {"since": "yesterday"}, {"since": "2026-02-02", "until": "2026-02-01"}),
        *({"before": "0"}, {"before": "x"}, {"before": "9" * 40}, {"before": "-1"}),
        *({"person": "\x00"}, {"app": "x" * 300}, {"action": "\x00"}),
    ],
)
def test_filters_that_make_no_sense_are_answered(filters: dict[str, str], alice: User, log: None) -> None:
    browser = signed_in(alice)
    response = browser.get(PAGE, filters)
    assert (response.status_code, response.context["events"]) == (200, [])
    assert "Show everything" in response.content.decode()
    file = browser.get(FILE, filters)
    assert (file.status_code, file["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert file.content.decode().strip()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("missing_scope", "The app was not given this permission"),
        ("app_blocked_in_workspace", "The app was blocked here"),
        ("refresh_token_reuse", "A refresh token was used by two parties"),
    ],
)
def test_a_row_says_why(reason: str, words: str, alice: User, acme: Workspace) -> None:
    record_event("revoke_connection", workspace=acme.slug, reason=reason)
    page = signed_in(alice).get(PAGE, {"action": "revoke_connection"}).content.decode()
    assert words in page
    assert reason not in page


def test_pages_follow_one_another_without_gaps_whatever_is_written_meanwhile(
    alice: User, log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    browser = signed_in(alice)
    seen: list[int] = []
    url = f"{PAGE}?action=annotate_image"
    while url:
        context = browser.get(url).context
        seen += [event["row"].pk for event in context["events"]]
        record_event("annotate_image", workspace="acme")
        url = context["older_url"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 3
    assert "action=annotate_image" in browser.get(f"{PAGE}?action=annotate_image").context["older_url"]


def test_the_page_takes_as_many_statements_for_few_rows_as_for_many(alice: User, log: None) -> None:
    browser = signed_in(alice)
    with at_most(26):
        # This once it seals as well, and looks at what it sealed.
        browser.get(PAGE)
    for _ in range(2):
        with at_most(11):
            browser.get(PAGE)
        for _ in range(60):
            record_event("annotate_image", workspace="acme", email="bob@demo.local")


def test_the_file_has_all_rows_that_fit_and_no_private_details(
    alice: User, log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_PART_ROWS", 2)
    response = signed_in(alice).get(FILE, {"action": "annotate_image"})
    assert response["Content-Type"].startswith("text/csv")
    assert 'filename="acme-audit-' in response["Content-Disposition"]
    rows = rows_of(response)
    assert [row["target"] for row in rows] == ["acme/boards", "", "acme/shelves"]
    assert [row["detail"] for row in rows] == ["labeler → admin", "", ""]
    assert "carol" not in str(rows)


def test_the_file_ends_at_a_bound(alice: User, log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_PART_ROWS", 2)
    monkeypatch.setattr(search, "MOST_EXPORTED_ROWS", 2)
    assert len(rows_of(signed_in(alice).get(FILE, {"action": "annotate_image"}))) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(text: str, alice: User, log: None) -> None:
    record_event("annotate_image", workspace="acme", client_name=text, target=text)
    found = [(row["app"], row["target"]) for row in rows_of(signed_in(alice).get(FILE))]
    assert (f"'{text}", f"'{text}") in found


def test_cells_that_are_numbers_stay_numbers_and_line_breaks_stay_in_their_cell() -> None:
    assert csv_line([-5, None, "a,b", 'say "x"', "two\nlines"]) == '-5,,"a,b","say ""x""","two\nlines"\r\n'


@pytest.mark.django_db(transaction=True)
async def test_on_an_event_loop_the_file_is_the_same(alice: User, log: None) -> None:
    browser = AsyncClient()
    await browser.aforce_login(alice, BACKEND)
    response: Any = await browser.get(FILE, {"action": "annotate_image"})
    lines = [line.decode() async for line in response.streaming_content]
    assert len(lines) == 4
    assert "acme/boards" in lines[1]


def test_the_page_seals_and_says_up_to_when_the_log_is_verified(
    alice: User, log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(alice)
    assert "Verified up to" in browser.get(PAGE).content.decode()
    # Reading adds rows, and rests between links.
    assert "nothing was changed, removed or put in" in browser.get(PAGE).content.decode()
    assert AuditSeal.objects.count() == 1
    with monkeypatch.context() as a_minute_later:
        a_minute_later.setattr("roboflow_auth.web.views.audit_log._REST", timedelta())
        browser.get(PAGE)
    assert AuditSeal.objects.count() == 2
    # Whoever only ever reads the page is not told that what it sealed last is unverified.
    assert "not verified yet" not in browser.get(PAGE).content.decode()
    check_all()
    assert "nothing was changed, removed or put in" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_auditevent SET outcome = 'allowed' WHERE outcome = 'refused'", "were changed"),
        ("DELETE FROM audit_auditevent WHERE outcome = 'refused'", "are missing"),
    ],
)
def test_the_page_says_that_the_log_was_tampered_with(statement: str, words: str, alice: User, log: None) -> None:
    browser = signed_in(alice)
    browser.get(PAGE)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_rows_stay")
        cursor.execute(statement)
    html = browser.get(PAGE).content.decode()
    assert words in html
    assert "Tell those who run this server." in html
    assert "Verified up to" not in html
