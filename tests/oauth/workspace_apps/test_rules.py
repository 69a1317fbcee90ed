"""The rule of a workspace: all apps, verified ones, after asking an admin, or only those on a list."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.test import Client as Browser

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.mail import wait_until_sent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Connection, WorkspaceApp, WorkspaceAppRequest
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of, field_value, signed_in
from tests.oauth.workspace_apps.desk import app_id, ask_admins, at_desk, decide, set_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Browser:
    """Return the browser of Alice, who owns Acme."""
    return at_desk(alice)


def obstacle(page: object) -> str:
    """Return the sentence that says what is in the way; empty when nothing is."""
    found = page.context["obstacle"]  # type: ignore[attr-defined]
    return found["sentence"] if found else ""


def test_by_default_every_app_may_come_in(bobs_journey: Journey) -> None:
    assert bobs_journey.tokens()["access_token"]


@clause("P-C9.3")
@pytest.mark.parametrize("policy", ["verified", "listed"])
def test_an_app_that_does_not_fit_is_refused_by_name_and_by_the_server(
    desk: Browser, bobs_journey: Journey, policy: str
) -> None:
    before = bobs_journey.ask()
    set_rule(desk, policy)
    page = bobs_journey.ask()
    assert "Acme Robotics lets only other apps in" in obstacle(page)
    assert 'value="allow" disabled' in page.content.decode()
    for shown in (before, page):
        refused = bobs_journey.decide(shown, level="read")
        assert (refused.status_code, "Location" in refused) == (422, False)
    assert not Connection.objects.exists()


@clause("P-C9.3")
def test_a_verified_app_may_come_in_where_only_these_may(desk: Browser, bob: User) -> None:
    set_rule(desk, "verified")
    address = "https://claude.ai/api/mcp/auth_callback"
    claude = builders.make_client(name="Claude", redirect_uris=address)
    assert Journey(claude, signed_in(bob), redirect_uri=address).tokens()["access_token"]


@clause("P-C9.3")
def test_an_app_on_the_list_may_come_in_and_one_off_it_may_not(desk: Browser, bobs_journey: Journey) -> None:
    bobs_journey.tokens()
    set_rule(desk, "listed")
    assert obstacle(bobs_journey.ask())
    decide(desk, "allow", bobs_journey.client)
    assert bobs_journey.tokens()["access_token"]
    decide(desk, "forget", bobs_journey.client)
    assert obstacle(bobs_journey.ask())


def test_a_well_known_app_is_allowed_before_anybody_connected_it(desk: Browser, bob: User) -> None:
    set_rule(desk, "listed")
    page = desk.get("/w/acme/apps")
    (choice,) = (key for key, name in page.context["well_known"] if name == "Cursor")
    desk.post("/w/acme/apps/decision", {"app": choice, "decision": "allow"})
    cursor = builders.make_client(name="Cursor", redirect_uris="http://localhost:8787/callback")
    assert Journey(cursor, signed_in(bob), redirect_uri="http://localhost:8787/callback").tokens()["access_token"]
    impostor = builders.make_client(name="Cursor", redirect_uris="https://evil.example/cb")
    assert obstacle(Journey(impostor, signed_in(bob), redirect_uri="https://evil.example/cb").ask())


def test_what_is_connected_goes_on_until_an_admin_ends_it(desk: Browser, bobs_journey: Journey) -> None:
    tokens = bobs_journey.tokens()
    set_rule(desk, "listed")
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    page = desk.get("/w/acme/apps")
    assert page.context["outside"] == 1
    assert "Not allowed any more" in page.content.decode()
    desk.post("/w/acme/apps/end-not-allowed")
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert desk.get("/w/acme/apps").context["outside"] == 0


def test_a_new_rule_may_keep_what_is_connected(desk: Browser, bobs_journey: Journey) -> None:
    bobs_journey.tokens()
    set_rule(desk, "listed", keep=True)
    assert desk.get("/w/acme/apps").context["outside"] == 0
    assert bobs_journey.tokens()["access_token"]


def test_a_block_stays_whatever_the_rule_becomes(desk: Browser, bobs_journey: Journey) -> None:
    bobs_journey.tokens()
    decide(desk, "block", bobs_journey.client)
    for policy in ("listed", "verified", "ask", "all"):
        set_rule(desk, policy, keep=True)
        assert "blocked" in obstacle(bobs_journey.ask())


def test_of_several_workspaces_the_one_that_refuses_can_not_be_chosen(desk: Browser, bob: User) -> None:
    builders.make_workspace(bob, "bobs-lab")
    journey = Journey(builders.make_client(), signed_in(bob))
    set_rule(desk, "listed")
    page = journey.ask()
    shown = {entry["slug"]: (entry["can_be_chosen"], entry["note"]) for entry in page.context["workspaces"]}
    assert shown == {"acme": (False, "Does not allow this app"), "bobs-lab": (True, "")}
    assert journey.decide(page, workspace="acme", level="read").status_code == 422
    assert answer_of(journey.decide(page, workspace="bobs-lab", level="read"))["code"]


def test_what_was_chosen_before_is_not_suggested_once_it_refuses(desk: Browser, bob: User) -> None:
    builders.make_workspace(bob, "bobs-lab")
    journey = Journey(builders.make_client(), signed_in(bob))
    journey.tokens({"workspace": "acme", "level": "read"})
    assert journey.ask().context["is_workspace_chosen"]
    set_rule(desk, "listed")
    assert not journey.ask().context["is_workspace_chosen"]


@clause("P-C9.4")
def test_asking_leads_through_a_waiting_page_to_tokens(
    desk: Browser, bobs_journey: Journey, mailoutbox: list[EmailMessage]
) -> None:
    set_rule(desk, "ask")
    page = bobs_journey.ask(state="the-first-state")
    assert "want to be asked before anybody connects Test client" in obstacle(page)
    address = ask_admins(bobs_journey, page)
    waiting = bobs_journey.browser.get(address)
    assert (waiting.status_code, waiting["Refresh"]) == (200, "5")
    assert "The admins of <strong>Acme Robotics</strong>" in waiting.content.decode()
    assert "answer it yourself" not in waiting.content.decode()
    wait_until_sent()
    (mail,) = mailoutbox
    assert mail.to == ["alice@demo.local"]
    assert mail.subject == "bob@demo.local wants to connect Test client to Acme Robotics"
    assert "http://testserver/w/acme/apps" in mail.body
    (asked,) = desk.get("/w/acme/apps").context["requests"]
    assert asked.emails == ("bob@demo.local",)
    decide(desk, "allow", bobs_journey.client)
    question = bobs_journey.browser.get(address)
    assert "Refresh" not in question
    answer = answer_of(bobs_journey.decide(question))
    assert answer["state"] == "the-first-state"
    assert bobs_journey.redeem(answer["code"]).status_code == 200
    assert desk.get("/w/acme/apps").context["requests"] == []


def test_who_is_told_no_reads_so_and_the_app_is_blocked(desk: Browser, bobs_journey: Journey) -> None:
    set_rule(desk, "ask")
    address = ask_admins(bobs_journey, bobs_journey.ask())
    decide(desk, "block", bobs_journey.client)
    page = bobs_journey.browser.get(address)
    assert "blocked Test client" in obstacle(page)
    assert WorkspaceAppRequest.objects.get().decision == WorkspaceApp.Decision.BLOCKED
    denied = bobs_journey.decide(page, decision="deny")
    assert answer_of(denied)["error"] == "access_denied"


def test_a_rule_that_becomes_looser_lets_who_waits_go_on(desk: Browser, bobs_journey: Journey) -> None:
    set_rule(desk, "ask")
    address = ask_admins(bobs_journey, bobs_journey.ask())
    set_rule(desk, "all")
    assert answer_of(bobs_journey.decide(bobs_journey.browser.get(address)))["code"]
    assert not WorkspaceAppRequest.objects.filter(decided_at=None).exists()


def test_asking_is_not_allowing(desk: Browser, bobs_journey: Journey) -> None:
    set_rule(desk, "ask")
    page = bobs_journey.ask()
    address = ask_admins(bobs_journey, page)
    for shown in (page, page):
        assert bobs_journey.decide(shown, level="read").status_code == 422
    assert bobs_journey.browser.get(address).status_code == 200
    assert not Connection.objects.exists()


def test_asking_twice_asks_once(desk: Browser, bobs_journey: Journey, mailoutbox: list[EmailMessage]) -> None:
    set_rule(desk, "ask")
    for _ in range(3):
        ask_admins(bobs_journey, bobs_journey.ask())
    wait_until_sent()
    assert (WorkspaceAppRequest.objects.count(), len(mailoutbox)) == (1, 1)


def test_one_member_can_fill_neither_the_list_nor_the_mailboxes(
    desk: Browser, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    set_rule(desk, "ask")
    browser = signed_in(bob)
    for number in range(23):
        way = Journey(builders.make_client(name=f"App {number}"), browser)
        ask_admins(way, way.ask())
    kept = WorkspaceAppRequest.objects.values_list("client__name", flat=True)
    assert set(kept) == {f"App {number}" for number in range(3, 23)}
    wait_until_sent()
    assert len(mailoutbox) == 5


def test_an_admin_who_asks_is_led_to_the_answer_and_others_are_told(
    desk: Browser, journey: Journey, acme: Workspace, mailoutbox: list[EmailMessage]
) -> None:
    builders.make_member(acme, builders.make_user("dora@demo.local"), RoleName.ADMIN)
    set_rule(desk, "ask")
    waiting = journey.browser.get(ask_admins(journey, journey.ask()))
    assert "answer it yourself" in waiting.content.decode()
    wait_until_sent()
    assert [mail.to for mail in mailoutbox] == [["dora@demo.local"]]


def test_a_name_with_line_breaks_does_not_get_into_the_mails_headers(
    desk: Browser, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    set_rule(desk, "ask")
    way = Journey(builders.make_client(name="App\r\nBcc: all@demo.local"), signed_in(bob))
    ask_admins(way, way.ask())
    wait_until_sent()
    assert mailoutbox[0].subject == "bob@demo.local wants to connect App Bcc: all@demo.local to Acme Robotics"


def test_only_the_person_and_the_browser_of_the_question_can_ask(
    desk: Browser, bobs_journey: Journey, carol: User
) -> None:
    set_rule(desk, "ask")
    html = bobs_journey.ask().content.decode()
    handle = field_value(html, "handle")
    for stranger in (Browser(), at_desk(carol)):
        response = stranger.post("/oauth/authorize/ask-workspace", {"handle": handle, "workspace": "acme"})
        assert (response.status_code, "Location" in response) == (400, False)
    assert bobs_journey.browser.get("/oauth/authorize/ask-workspace").status_code == 405
    assert not WorkspaceAppRequest.objects.exists()


@pytest.mark.parametrize("workspace", ["carol", "nowhere", "", "\x00", "x" * 5000])
def test_nobody_asks_a_workspace_that_is_not_theirs(desk: Browser, bob: User, carol: User, workspace: str) -> None:
    builders.make_workspace(bob, "bobs-lab")
    way = Journey(builders.make_client(), signed_in(bob))
    html = way.ask().content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    response = way.browser.post("/oauth/authorize/ask-workspace", {**form, "workspace": workspace})
    assert response.status_code == 200
    assert not WorkspaceAppRequest.objects.exists()


def test_the_wish_of_one_is_answered_for_all_who_had_it(desk: Browser, bobs_journey: Journey, acme: Workspace) -> None:
    eve = builders.make_user("eve@demo.local")
    builders.make_member(acme, eve, RoleName.VIEWER)
    hers = Journey(builders.make_client(), signed_in(eve))
    set_rule(desk, "ask")
    for way in (bobs_journey, hers):
        ask_admins(way, way.ask())
    (asked,) = desk.get("/w/acme/apps").context["requests"]
    assert (asked.app_id, asked.emails) == (app_id(hers.client), ("bob@demo.local", "eve@demo.local"))
    decide(desk, "allow", bobs_journey.client)
    for way in (bobs_journey, hers):
        assert way.tokens()["access_token"]


def test_an_answer_about_one_place_lets_no_other_place_in(desk: Browser, bob: User, acme: Workspace) -> None:
    set_rule(desk, "ask")
    elsewhere = "https://elsewhere.example/cb"
    client = builders.make_client(name="Handy Helper", redirect_uris=f"http://127.0.0.1/callback {elsewhere}")
    here, there = Journey(client, signed_in(bob)), Journey(client, signed_in(bob), redirect_uri=elsewhere)
    ask_admins(here, here.ask())
    decide(desk, "allow", client)
    assert here.tokens()["access_token"]
    assert there.decide(there.ask()).status_code == 422


def test_a_block_at_one_place_holds_at_every_other(desk: Browser, bob: User, acme: Workspace) -> None:
    elsewhere = "https://elsewhere.example/cb"
    client = builders.make_client(name="Handy Helper", redirect_uris=f"http://127.0.0.1/callback {elsewhere}")
    here, there = Journey(client, signed_in(bob)), Journey(client, signed_in(bob), redirect_uri=elsewhere)
    here.tokens()
    token = there.tokens()["access_token"]
    decide(desk, "block", client)
    assert find_principal(token, Resource.MCP) is None
    assert there.decide(there.ask()).status_code == 422
