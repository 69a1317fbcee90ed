"""The page after the answer: an app that has to be opened, and one on another machine, which gets a pasted address."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AuthorizationCode, AuthorizationRequest, Client, Session
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, answer_of, field_value, parameters_of, signed_in

CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"
PAGE = "/oauth/authorize/answered?handle="


@pytest.fixture
def cursor(alice: User, acme: Workspace) -> Journey:
    """Return the way of an app behind a private-use scheme with Alice."""
    client = builders.make_client(name="Cursor", redirect_uris=CURSOR)
    return Journey(client, signed_in(alice), redirect_uri=CURSOR)


def follow(journey: Journey, response: Any, **headers: str) -> Any:
    """Return the page to which the answer leads."""
    assert response.status_code == 303
    assert response["Location"].startswith(PAGE)
    return journey.browser.get(response["Location"], headers=headers)


def pasted(page: Any) -> str:
    """Return the address that the page shows to be pasted."""
    found = re.search(r'id="callback-address"[^>]*>([^<]*)<', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found.group(1))


@clause("P-A8.4", "P-I1.1", "RFC9207-2/a", "RFC6749-4.1.2/a")
def test_an_answer_to_a_private_scheme_leaves_a_page_that_opens_the_app(cursor: Journey) -> None:
    page = follow(cursor, cursor.decide(cursor.ask()))
    address = page["Refresh"].removeprefix("0; url=")
    assert address.startswith(f"{CURSOR}?code=rfoc_")
    assert f'href="{html.escape(address)}"' in page.content.decode()
    assert "You can close this window" in page.content.decode()
    answer = parameters_of(address)
    assert (answer["state"], answer["iss"]) == ("opaque-state", ISSUER)
    assert cursor.redeem(answer["code"]).status_code == 200


def test_a_denial_reaches_a_private_scheme_as_well(cursor: Journey) -> None:
    page = follow(cursor, cursor.decide(cursor.ask(), decision="deny"))
    assert "error=access_denied" in page["Refresh"]
    assert "You denied Cursor" in page.content.decode()
    assert "Nothing was shared" in page.content.decode()


@clause("P-A8.4")
def test_the_code_stands_in_no_address_that_a_browser_keeps_and_in_no_cache(cursor: Journey) -> None:
    response = cursor.decide(cursor.ask())
    assert "rfoc_" not in response["Location"]
    page = follow(cursor, response)
    for answer in (response, page):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"


@clause("P-I5.1", "P-A8.4")
def test_the_answer_rests_encrypted(cursor: Journey) -> None:
    page = follow(cursor, cursor.decide(cursor.ask()))
    code = parameters_of(page["Refresh"].removeprefix("0; url="))["code"]
    kept = str(AuthorizationRequest.objects.get().parameters)
    assert "sealed" in kept
    assert code not in kept
    assert "rfoc_" not in kept


def test_the_code_is_written_to_no_log(cursor: Journey, journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    follow(cursor, cursor.decide(cursor.ask()))
    follow(journey, journey.decide(journey.ask(), elsewhere="1"))
    assert "rfoc_" not in caplog.text
    assert not [event for event in AuditEvent.objects.all() if "rfoc_" in str(vars(event))]


def test_loading_the_page_again_offers_the_app_and_does_not_open_it_again(cursor: Journey) -> None:
    response = cursor.decide(cursor.ask())
    assert "Refresh" in follow(cursor, response)
    again = follow(cursor, response)
    assert "Refresh" not in again
    assert f'href="{CURSOR}?code=' in again.content.decode()


def test_a_page_that_was_fetched_ahead_of_time_does_not_use_the_opening_up(cursor: Journey) -> None:
    response = cursor.decide(cursor.ask())
    assert "Refresh" not in follow(cursor, response, **{"Sec-Purpose": "prefetch"})
    cursor.browser.head(response["Location"])
    assert "Refresh" in follow(cursor, response)


def test_the_page_forgets_the_address_once_the_code_was_used(cursor: Journey) -> None:
    response = cursor.decide(cursor.ask())
    page = follow(cursor, response)
    cursor.redeem(parameters_of(page["Refresh"].removeprefix("0; url="))["code"])
    after = follow(cursor, response)
    assert "Cursor is connected" in after.content.decode()
    assert "rfoc_" not in after.content.decode()
    assert "Refresh" not in after
    assert Session.objects.get().ended_at is None


def test_the_page_says_so_when_the_app_never_came(cursor: Journey) -> None:
    response = cursor.decide(cursor.ask())
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    page = follow(cursor, response)
    assert "did not fetch your answer in time" in page.content.decode()
    assert "rfoc_" not in page.content.decode()
    assert "Refresh" not in page


@clause("P-A3.3")
def test_the_page_is_for_the_person_and_the_browser_that_answered(cursor: Journey, alice: User, bob: User) -> None:
    location = cursor.decide(cursor.ask())["Location"]
    for stranger in (signed_in(bob), signed_in(alice), cursor.machine):
        page = stranger.get(location)
        assert page.status_code == 400
        assert "rfoc_" not in page.content.decode()


@pytest.mark.parametrize("handle", ["", "junk", "MQ:1abc:forged", "%00"])
def test_a_forged_handle_shows_no_answer(cursor: Journey, handle: str) -> None:
    cursor.decide(cursor.ask())
    assert cursor.browser.get(PAGE + handle).status_code == 400
    assert cursor.browser.post(PAGE + handle).status_code in (403, 405)


def test_a_question_that_is_open_or_was_answered_by_a_redirect_has_no_such_page(journey: Journey) -> None:
    page = journey.ask()
    handle = field_value(page.content.decode(), "handle")
    assert journey.browser.get(PAGE + handle).status_code == 400
    assert answer_of(journey.decide(page))["code"]
    assert journey.browser.get(PAGE + handle).status_code == 400


@clause("P-A3.1")
def test_a_second_click_leads_to_the_page_of_the_first_and_makes_no_second_code(cursor: Journey) -> None:
    page = cursor.ask()
    first, second = cursor.decide(page), cursor.decide(page)
    assert first["Location"] == second["Location"]
    assert AuthorizationCode.objects.count() == 1
    assert cursor.decide(page, decision="deny").status_code == 400


@clause("P-A8.5")
def test_an_app_on_another_machine_gets_its_answer_by_an_address_to_paste(journey: Journey) -> None:
    page = follow(journey, journey.decide(journey.ask(), elsewhere="1"))
    assert "Refresh" not in page
    shown = page.content.decode()
    assert "Paste it only into the app that you started yourself" in shown
    assert "alice@demo.local" in shown
    address = pasted(page)
    assert address.startswith("http://127.0.0.1:5555/callback?code=rfoc_")
    answer = parameters_of(address)
    assert (answer["state"], answer["iss"]) == ("opaque-state", ISSUER)
    assert journey.redeem(answer["code"]).status_code == 200
    assert "Test client is connected" in journey.browser.get(page.wsgi_request.get_full_path()).content.decode()


@clause("P-A8.5")
def test_a_code_that_is_carried_by_hand_lives_for_five_minutes_and_needs_its_verifier(journey: Journey) -> None:
    page = follow(journey, journey.decide(journey.ask(), elsewhere="1"))
    left = AuthorizationCode.objects.get().expires - timezone.now()
    assert timedelta(minutes=4, seconds=50) < left <= timedelta(minutes=5)
    assert "for 5 more minutes" in page.content.decode()
    code = parameters_of(pasted(page))["code"]
    assert journey.redeem(code, code_verifier="w" * 43).status_code == 400
    assert journey.redeem(code, code_verifier=None).status_code == 400
    assert journey.redeem(code).status_code == 200
    assert journey.redeem(code).status_code == 400


@clause("P-A8.5")
@pytest.mark.parametrize("redirect_uri", ["https://app.example/callback", "https://localhost/callback", CURSOR])
def test_nobody_carries_an_answer_that_is_for_no_loopback_address(
    alice: User, acme: Workspace, redirect_uri: str
) -> None:
    journey = Journey(builders.make_client(redirect_uris=redirect_uri), signed_in(alice), redirect_uri=redirect_uri)
    page = journey.ask()
    assert "elsewhere" not in page.content.decode()
    response = journey.decide(page, elsewhere="1")
    left = AuthorizationCode.objects.get().expires - timezone.now()
    assert left <= timedelta(minutes=1)
    if redirect_uri != CURSOR:
        assert response["Location"].startswith(f"{redirect_uri}?code=")


def test_what_is_said_of_the_other_machine_stays_while_the_page_is_asked_for_anew(journey: Journey) -> None:
    page = journey.ask()
    assert 'name="elsewhere" value="1" aria' in page.content.decode()
    for choices in ({"level": ""}, {"decision": "workspace"}):
        shown = journey.decide(page, elsewhere="1", **choices)
        assert 'name="elsewhere" value="1" checked' in shown.content.decode()


def test_a_denial_for_an_app_on_another_machine_ends_here(journey: Journey) -> None:
    page = follow(journey, journey.decide(journey.ask(), decision="deny", elsewhere="1"))
    assert "You denied Test client" in page.content.decode()
    assert "127.0.0.1:5555" not in page.content.decode()
    assert AuditEvent.objects.filter(action="authorize", reason="user_denied").exists()


def test_an_address_with_quotes_is_shown_as_a_command_that_holds_it_whole(alice: User, acme: Workspace) -> None:
    redirect_uri = "http://127.0.0.1:5555/it's;id"
    client = builders.make_client(redirect_uris=redirect_uri)
    journey = Journey(client, signed_in(alice), redirect_uri=redirect_uri)
    page = follow(journey, journey.decide(journey.ask(), elsewhere="1"))
    shown = html.unescape(page.content.decode())
    assert "curl 'http://127.0.0.1:5555/it'\"'\"'s;id?code=rfoc_" in shown
    assert Client.objects.filter(pk=client.pk, first_connected_at__isnull=False).exists()
