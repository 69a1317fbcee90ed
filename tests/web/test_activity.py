"""What apps did: the person's own rows, narrowed, in pages, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.paging import PAGE_ROWS
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Connection
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import signed_in
from tests.support.statements import at_most
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: User) -> Browser:
    """Return a browser in which Alice is signed in."""
    return signed_in(alice)


@pytest.fixture
def shelf(alice: User, acme: Workspace) -> Connection:
    """Return Alice's connection of an app to Acme."""
    return builders.make_connection(alice, acme, client=builders.make_client(name="Shelf counter"))


@pytest.fixture
def chess(alice: User) -> Connection:
    """Return Alice's connection of another app to a workspace of her own."""
    home = builders.make_workspace(alice, "alice", "Home")
    return builders.make_connection(alice, home, client=builders.make_client(name="Chess coach"))


def tools(page: Any) -> list[str]:
    """Return the tools of the rows on a page."""
    return [row["event"].tool for row in page.context["rows"]]


def lines_of(response: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of their columns."""
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@clause("P-G1.4")
def test_every_call_of_a_persons_apps_is_shown_and_nobody_elses(
    browser: Browser, shelf: Connection, chess: Connection, bob: User, acme: Workspace
) -> None:
    builders.make_call(shelf, "projects_list")
    builders.make_call(chess, "images_get", target="alice/board", reason="role")
    builders.make_call(builders.make_connection(bob, acme), "members_list")
    page = browser.get("/activity")
    assert tools(page) == ["images_get", "projects_list"]
    for part in ("Chess coach", "alice/board", "Refused", "Your role does not allow it", "Shelf counter", "Allowed"):
        assert part in text_of(page), part
    assert tools(signed_in(bob).get("/activity")) == ["members_list"]


def test_what_people_do_themselves_and_what_happens_to_tokens_is_no_activity(
    browser: Browser, shelf: Connection, alice: User, acme: Workspace
) -> None:
    builders.make_call(shelf, "", via="oauth", action="issue_token")
    builders.make_call(shelf, "", via="web", action="label_connection")
    builders.make_project(acme)
    page = browser.get("/activity")
    assert page.context["rows"] == []
    assert "No app did anything for you yet" in text_of(page)


def test_one_connections_activity_is_its_own_live_or_over(
    browser: Browser, shelf: Connection, chess: Connection
) -> None:
    builders.make_call(shelf, "projects_list")
    builders.make_call(chess, "images_get")
    Connection.objects.update(revoked_at=timezone.now())
    page = browser.get(f"/connections/{chess.pk}/activity")
    assert tools(page) == ["images_get"]
    assert "Activity of Chess coach" in text_of(page)


def test_a_real_refused_call_of_the_api_is_explained(browser: Browser, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme, ["workspace:read"], resource=Resource.API)
    assert Browser().get("/api/v1/workspaces/acme/projects", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 403
    text = text_of(browser.get("/activity"))
    assert "view_project REST API" in text
    assert "Refused You did not give the app this permission" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"workspace": "acme"}, ["projects_get", "projects_list"]),
        ({"outcome": "refused"}, ["projects_get"]),
        ({"outcome": "failed"}, []),
        ({"what": "projects"}, ["projects_get", "projects_list"]),
        ({"what": "IMAGE"}, ["images_get"]),
        ({"what": "%"}, []),
        ({"since": "2000-01-01", "until": "9999-12-31"}, ["images_get", "projects_get", "projects_list"]),
        ({"since": "9999-12-31"}, []),
        ({"until": "2000-01-01"}, []),
        ({"workspace": "acme", "what": "get", "outcome": "refused"}, ["projects_get"]),
    ],
)
def test_the_list_and_the_file_are_narrowed_alike(
    browser: Browser, shelf: Connection, chess: Connection, query: dict[str, str], found: list[str]
) -> None:
    builders.make_call(shelf, "projects_list", action="view_project")
    builders.make_call(shelf, "projects_get", action="view_project", reason="not_found")
    builders.make_call(chess, "images_get", action="view_image")
    page = browser.get("/activity", query)
    assert tools(page) == found
    assert [row["tool"] for row in lines_of(browser.get("/activity.csv", query))] == found
    if not found:
        assert "Nothing fits this filter" in text_of(page)


def test_an_app_is_chosen_by_name(browser: Browser, shelf: Connection, chess: Connection) -> None:
    for connection in (shelf, chess):
        builders.make_call(connection, "workspace_get")
    page = browser.get("/activity", {"client": chess.client.client_id})
    assert [row["event"].client_name for row in page.context["rows"]] == ["Chess coach"]


def test_a_day_begins_and_ends_in_utc(browser: Browser, shelf: Connection) -> None:
    row = builders.make_call(shelf, "workspace_get")
    before, day, after = (f"{row.occurred_at + timedelta(days=days):%Y-%m-%d}" for days in (-1, 0, 1))
    assert len(tools(browser.get("/activity", {"since": day, "until": day}))) == 1
    assert not tools(browser.get("/activity", {"since": after}))
    assert not tools(browser.get("/activity", {"until": before}))


@pytest.mark.parametrize(
    "query",
    [
        {"client": "of nobody"},
        {"workspace": "carol"},
        {"outcome": "maybe"},
        {"what": "x" * 65},
        {"what": "\x00"},
        {"since": "yesterday"},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"before": "0"},
        {"before": "9" * 40},
        {"before": "x"},
    ],
)
def test_a_filter_that_is_none_shows_nothing_and_says_so(
    browser: Browser, shelf: Connection, carol: User, query: dict[str, str]
) -> None:
    builders.make_call(shelf)
    page = browser.get("/activity", query)
    assert (page.status_code, page.context["rows"]) == (200, [])
    assert "Correct the filter" in text_of(page)
    file = browser.get("/activity.csv", query)
    assert (file.status_code, file["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert file.content.decode().strip()


def test_a_place_that_is_none_is_told_with_a_way_back(browser: Browser, shelf: Connection) -> None:
    page = browser.get("/activity?before=zzz").content.decode()
    assert "This address names no place in the list. Begin with the latest." in page
    assert '<a href="/activity">Show everything</a>' in page


def test_the_text_instead_of_a_file_names_the_filter(browser: Browser, shelf: Connection) -> None:
    file = browser.get("/activity.csv?since=2026-02-02&until=2026-02-01")
    assert file.content.decode() == "To: This is before the first day.\n"


def test_pages_follow_one_another_without_gap_or_overlap(browser: Browser, shelf: Connection) -> None:
    rows = [builders.make_call(shelf, "workspace_get").pk for _ in range(2 * PAGE_ROWS + 1)]
    seen: list[list[int]] = []
    url = "/activity?what=workspace"
    while url:
        page = browser.get(url)
        seen.append([row["event"].pk for row in page.context["rows"]])
        url = page.context["older_url"]
    assert [len(part) for part in seen] == [PAGE_ROWS, PAGE_ROWS, 1]
    assert [pk for part in seen for pk in part] == rows[::-1]
    assert page.context["newest_url"] == "/activity?what=workspace"


def test_the_file_holds_what_the_page_shows_and_what_it_has_no_room_for(browser: Browser, shelf: Connection) -> None:
    event = builders.make_call(shelf, "projects_get", target="acme/shelves", reason="missing_scope")
    response = browser.get(f"/connections/{shelf.pk}/activity.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="activity-')
    assert response["Cache-Control"] == "no-store"
    [line] = lines_of(response)
    assert line["reference"] == event.request_id
    assert {name: line[name] for name in ("app", "workspace", "through", "tool", "target", "outcome", "why")} == {
        "app": "Shelf counter",
        "workspace": "acme",
        "through": "mcp",
        "tool": "projects_get",
        "target": "acme/shelves",
        "outcome": "refused",
        "why": "You did not give the app this permission",
    }


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x";"y")', "＝1"])
def test_no_cell_of_the_file_is_a_formula(browser: Browser, alice: User, acme: Workspace, name: str) -> None:
    connection = builders.make_connection(alice, acme, client=builders.make_client(name=name))
    builders.make_call(connection, target=name)
    [line] = lines_of(browser.get("/activity.csv"))
    assert (line["app"], line["target"]) == (f"'{name}", f"'{name}")


def test_the_file_is_bounded(browser: Browser, shelf: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roboflow_auth.audit.activity.MOST_EXPORTED_ROWS", 5)
    monkeypatch.setattr("roboflow_auth.audit.paging._PART_ROWS", 2)
    rows = [builders.make_call(shelf, f"tool_{number}").tool for number in range(7)]
    assert [line["tool"] for line in lines_of(browser.get("/activity.csv"))] == rows[:1:-1]


@pytest.mark.parametrize("number", [1, 40])
def test_the_page_takes_the_same_statements_for_one_call_and_for_forty(
    browser: Browser, shelf: Connection, number: int
) -> None:
    for _ in range(number):
        builders.make_call(shelf)
    # The session, the person, what there is to choose from, and the rows.
    with at_most(4):
        assert len(tools(browser.get("/activity"))) == number


def test_looking_leaves_no_row(browser: Browser, shelf: Connection) -> None:
    last = builders.make_call(shelf)
    for path in ("/activity", "/activity.csv", "/connections"):
        browser.get(path)
    assert AuditEvent.objects.latest("pk") == last
