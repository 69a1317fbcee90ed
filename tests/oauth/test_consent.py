"""The person's answer: what it grants, what it can't grant, and that it counts once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.catalogue import Level, scopes_of_level
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import revoke_connection
from roboflow_auth.oauth.models import AuthorizationCode, AuthorizationRequest, Client, Connection
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, answer_of, field_value, login_target, signed_in

MANAGE = "workspace:read project:read project:create project:update image:annotate audit-log:read offline_access"


@clause("P-I1.1", "P-A8.1", "RFC6749-4.1.2/a", "RFC9207-2/a", "RFC9700-4.12")
def test_allowing_answers_with_303_a_code_the_state_and_iss(journey: Journey) -> None:
    response = journey.decide(journey.ask())
    answer = answer_of(response)
    assert response["Location"].startswith("http://127.0.0.1:5555/callback?")
    assert answer["code"].startswith("rfoc_")
    assert (answer["state"], answer["iss"]) == ("opaque-state", ISSUER)
    assert "no-store" in response["Cache-Control"]
    journey.client.refresh_from_db()
    assert journey.client.first_connected_at is not None


@clause("RFC6749-4.1.2.1/a", "RFC9207-2/a")
def test_denying_tells_the_client_and_leaves_nothing_but_an_audit_row(journey: Journey) -> None:
    answer = answer_of(journey.decide(journey.ask(), decision="deny", level=""))
    assert answer["error"] == "access_denied"
    assert answer["iss"] == ISSUER
    assert not Connection.objects.exists()
    assert AuditEvent.objects.filter(action="authorize", outcome="refused", reason="user_denied").exists()


@clause("P-I5.1")
def test_a_code_is_stored_as_a_hash_only(journey: Journey) -> None:
    code = journey.code()
    row = AuthorizationCode.objects.get()
    assert code not in str(vars(row))
    assert len(row.code) == 64


@clause("P-A5.4")
def test_a_level_gives_its_part_of_the_request_and_nothing_beyond(journey: Journey) -> None:
    journey.decide(journey.ask(scope=MANAGE), level="read")
    assert AuthorizationCode.objects.get().scope == "offline_access project:read workspace:read"


@clause("P-A5.4")
def test_single_scopes_can_be_unticked(journey: Journey) -> None:
    journey.decide(journey.ask(scope=MANAGE), level="custom", scope=["project:read", "project:create"])
    assert AuthorizationCode.objects.get().scope == "offline_access project:create project:read"


def test_ticks_under_a_level_do_not_count(journey: Journey) -> None:
    journey.decide(journey.ask(scope=MANAGE), level="read", scope=["project:create"])
    assert "project:create" not in AuthorizationCode.objects.get().scope


@clause("P-A5.4")
def test_the_form_can_not_add_what_was_not_asked_for(journey: Journey) -> None:
    page = journey.ask(scope="project:read")
    journey.decide(page, level="custom", scope=["project:read", "project:create"], scope_sensitive=["audit-log:read"])
    assert AuthorizationCode.objects.get().scope == "project:read"


def test_sensitive_scopes_are_given_only_when_ticked(journey: Journey) -> None:
    journey.decide(journey.ask(scope=MANAGE))
    assert "audit-log:read" not in AuthorizationCode.objects.latest("id").scope
    page = journey.ask(scope=MANAGE)
    assert "audit-log:read" in page.content.decode()
    journey.decide(page, scope_sensitive=["audit-log:read"])
    assert "audit-log:read" in AuthorizationCode.objects.latest("id").scope


@pytest.mark.parametrize(
    "choices", [{"level": ""}, {"level": "everything"}, {"duration": ""}, {"duration": "3650"}, {"level": "custom"}]
)
def test_an_answer_that_is_not_clear_is_asked_for_again(journey: Journey, choices: dict[str, Any]) -> None:
    page = journey.ask()
    response = journey.decide(page, **choices)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not AuthorizationCode.objects.exists()
    assert answer_of(journey.decide(page))["code"]


@clause("P-G3.1")
@pytest.mark.parametrize(("duration", "days"), [("1", 1), ("30", 30), ("90", 90), ("forever", None)])
def test_the_person_chooses_how_long(journey: Journey, duration: str, days: int | None) -> None:
    journey.decide(journey.ask(), duration=duration)
    expires_at = Connection.objects.get().expires_at
    if days is None:
        assert expires_at is None
    else:
        assert expires_at is not None
        assert abs(expires_at - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_with_several_workspaces_none_is_chosen_silently(journey: Journey, alice: User) -> None:
    builders.make_workspace(alice, "alice")
    page = journey.ask()
    assert [workspace["selected"] for workspace in page.context["workspaces"]] == [False, False]
    assert journey.decide(page).status_code == 422
    shown = journey.decide(page, decision="workspace", workspace="alice")
    assert shown.status_code == 200
    assert [workspace["selected"] for workspace in shown.context["workspaces"]] == [False, True]
    journey.decide(shown)
    assert Connection.objects.get().workspace.slug == "alice"
    assert [workspace["selected"] for workspace in journey.ask().context["workspaces"]] == [False, True]


@clause("P-A3.1")
def test_a_handle_is_answered_once(journey: Journey) -> None:
    page = journey.ask()
    assert answer_of(journey.decide(page))["code"]
    again = journey.decide(page)
    assert again.status_code == 400
    assert "no longer open" in again.content.decode()
    assert AuthorizationCode.objects.count() == 1


@clause("P-A3.2")
def test_a_handle_lives_for_ten_minutes(journey: Journey) -> None:
    journey.ask()
    remaining = AuthorizationRequest.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=9) < remaining <= timedelta(minutes=10)


@clause("P-A3.2")
def test_a_handle_expires_after_ten_minutes(journey: Journey) -> None:
    page = journey.ask()
    AuthorizationRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = journey.decide(page)
    assert response.status_code == 400
    assert f"<code>{response['X-Request-Id']}</code>" in response.content.decode()


@clause("P-A3.3")
def test_a_handle_of_another_person_or_browser_is_refused(journey: Journey, alice: User, bob: User) -> None:
    page = journey.ask()
    handle = field_value(page.content.decode(), "handle")
    for somebody in (bob, alice):
        other = Journey(journey.client, signed_in(somebody))
        assert other.decide(other.ask(), handle=handle).status_code == 400
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("handle", ["", "junk", "MQ:1abc:forged", "\x00"])
def test_a_forged_handle_is_refused(journey: Journey, handle: str) -> None:
    assert journey.decide(journey.ask(), handle=handle).status_code == 400


@clause("P-A3.3")
def test_the_answer_needs_a_csrf_token(journey: Journey) -> None:
    page = journey.ask()
    assert journey.decide(page, csrfmiddlewaretoken="").status_code == 403
    assert not AuthorizationCode.objects.exists()


@clause("P-A3.4")
def test_protocol_parameters_in_the_form_change_nothing(journey: Journey) -> None:
    response = journey.decide(
        journey.ask(), redirect_uri="https://evil.example/", client_id="other", scope_extra="x", state="other"
    )
    assert response["Location"].startswith("http://127.0.0.1:5555/callback?")
    assert answer_of(response)["state"] == "opaque-state"


@clause("P-A5.5")
def test_a_role_that_shrank_since_the_page_was_shown_counts_at_the_answer(
    bobs_journey: Journey, bob: User, acme: Workspace
) -> None:
    bob.memberships.filter(workspace=acme).update(role=RoleName.ADMIN)
    page = bobs_journey.ask(scope="project:read project:create")
    bob.memberships.filter(workspace=acme).update(role=RoleName.LABELER)
    bobs_journey.decide(page)
    assert AuthorizationCode.objects.get().scope == "project:read"


def test_carol_is_not_let_into_acme_by_a_handle_of_her_own(carols_journey: Journey) -> None:
    assert carols_journey.decide(carols_journey.ask(), workspace="acme").status_code == 422


def test_another_account_answers_the_same_request(journey: Journey) -> None:
    page = journey.ask(state="kept")
    response = journey.browser.get(page.context["switch_account_url"])
    assert response["Location"].startswith("/accounts/login/?next=%2Foauth%2Fauthorize")
    assert "state=kept" in login_target(response)
    assert journey.ask().status_code == 302


def test_a_stranger_can_not_sign_a_person_out_by_a_link(journey: Journey) -> None:
    assert journey.browser.get("/oauth/authorize/switch-account?handle=forged").status_code == 400
    assert journey.ask().status_code == 200


def test_a_logo_is_shown_only_for_apps_that_staff_verified(journey: Journey) -> None:
    journey.client.metadata = {"logo_uri": "https://app.example/logo.png"}
    journey.client.save()
    page = journey.ask()
    assert "app.example" not in page.content.decode() + page["Content-Security-Policy"]
    journey.client.is_verified = True
    journey.client.save()
    page = journey.ask()
    assert "https://app.example/logo.png" in page.content.decode()
    assert "img-src 'self' data: https://app.example" in page["Content-Security-Policy"]


def test_an_answer_after_signing_out_is_an_answer_to_nothing(journey: Journey) -> None:
    page = journey.ask()
    html = page.content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    journey.browser.cookies.pop("sessionid")
    response = journey.browser.post("/oauth/authorize", {**form, "decision": "allow"})
    assert response.status_code == 400
    assert journey.browser.get("/oauth/authorize/switch-account", {"handle": form["handle"]}).status_code == 400


def test_a_client_that_is_disabled_while_the_page_is_open_gets_nothing(journey: Journey) -> None:
    page = journey.ask()
    Client.objects.update(is_disabled=True)
    assert journey.decide(page).status_code == 400


@clause("P-G4.3")
def test_a_connection_is_ended_with_all_its_sessions_and_once(journey: Journey) -> None:
    first, second = journey.tokens(), journey.tokens()
    connection = Connection.objects.get()
    for _ in range(2):
        revoke_connection(connection, "revoked_by_staff")
    for tokens in (first, second):
        assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert AuditEvent.objects.filter(action="revoke_connection", reason="revoked_by_staff").count() == 1


def test_carol_can_not_choose_acme(carols_journey: Journey, acme: Workspace) -> None:
    page = carols_journey.ask()
    assert [workspace["slug"] for workspace in page.context["workspaces"]] == ["carol"]
    response = carols_journey.decide(page, workspace=acme.slug)
    assert response.status_code == 422
    assert not AuthorizationCode.objects.exists()


@clause("P-A5.5")
def test_bob_is_not_offered_what_his_role_can_not_use(bobs_journey: Journey) -> None:
    page = bobs_journey.ask(scope="project:read project:create")
    offered = {scope["value"] for level in page.context["levels"] for scope in level["scopes"]}
    assert offered == {"project:read"}
    assert [limited["text"] for limited in page.context["role_limited"]] == ["Create projects"]
    bobs_journey.decide(page, level="custom", scope=["project:read", "project:create"])
    assert AuthorizationCode.objects.get().scope == "project:read"


def test_someone_without_any_workspace_has_nothing_to_give(acme: Workspace) -> None:
    nobody = builders.make_user("nobody@demo.local")
    journey = Journey(builders.make_client(), signed_in(nobody))
    page = journey.ask()
    assert "You are not in any workspace" in page.content.decode()
    assert journey.decide(page).status_code == 422


def test_a_level_that_adds_little_says_just_that(journey: Journey) -> None:
    few = journey.ask(scope="workspace:read project:read project:create").context["levels"]
    assert [level["sentence"] for level in few][1:] == ["Create projects"]
    many = journey.ask(scope=" ".join(scopes_of_level(Level.MANAGE))).context["levels"]
    assert many[-1]["sentence"].startswith("Also create, change and remove")
