"""Requests for approval in Django admin: what staff see of an app, and who may decide."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import Approval, ApprovalRequest, Client
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.admin.desk import act, list_of, page_of, press, save
from tests.oauth.journeys import BACKEND


@pytest.fixture
def asked(alice: User, acme: Workspace) -> ApprovalRequest:
    """Return Alice's wish to connect an app that borrows a name."""
    client = builders.make_client(
        name="Claude Code",
        redirect_uris="https://evil.example/cb",
        registered_from="192.0.2.7",
        metadata={"client_uri": "https://evil.example/about"},
    )
    return ApprovalRequest.objects.create(
        user=alice, client=client, redirect_uri="https://evil.example/cb", address="192.0.2.8"
    )


def test_staff_see_who_asks_from_where_and_what_the_app_says_of_itself(desk: Browser, asked: ApprovalRequest) -> None:
    for shown in ("Claude Code", "alice@demo.local", "192.0.2.8", "unverified", "https://evil.example/cb"):
        assert shown in desk.get(list_of("approvalrequest")).content.decode()
    page = desk.get(page_of(asked)).content.decode()
    for shown in (asked.client.client_id, "calls itself Claude Code", "192.0.2.7", "https://evil.example/about"):
        assert shown in page
    assert "Approve" in page
    assert "Deny" in page


def test_the_first_page_says_how_many_apps_wait(desk: Browser, asked: ApprovalRequest, bob: User) -> None:
    ApprovalRequest.objects.create(user=bob, client=asked.client, redirect_uri=asked.redirect_uri)
    assert b"1 app waits for approval" in desk.get("/admin/").content
    press(desk, asked, "denied")
    assert b"for approval</a></li></ul>" not in desk.get("/admin/").content


@pytest.mark.parametrize("way", ["button", "action"])
@pytest.mark.parametrize("choice, action", [("approved", "approve"), ("denied", "deny")])
def test_a_decision_is_about_the_app_and_on_record(
    desk: Browser, asked: ApprovalRequest, staff: User, way: str, choice: str, action: str
) -> None:
    response = press(desk, asked, choice) if way == "button" else act(desk, action, asked)
    assert response.status_code == 200
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by) == (choice, staff)
    client = Client.objects.get()
    wanted = (Approval.ALLOWED, False) if choice == "approved" else (Approval.BY_POLICY, True)
    assert (client.approval, client.is_disabled) == wanted
    event = AuditEvent.objects.get(action=f"{action}_client")
    assert (event.actor_email, event.client_name, event.reason) == ("staff@demo.local", "Claude Code", "by_staff")


def test_what_was_decided_is_decided_once_and_no_longer_in_the_way(desk: Browser, asked: ApprovalRequest) -> None:
    press(desk, asked, "approved")
    assert press(desk, asked, "denied").status_code == 403
    act(desk, "deny", asked)
    assert not Client.objects.get().is_disabled
    assert b"alice@demo.local" not in desk.get(list_of("approvalrequest")).content
    for state in ("approved", "all"):
        assert b"alice@demo.local" in desk.get(list_of("approvalrequest"), {"state": state}).content
    assert b"alice@demo.local" not in desk.get(list_of("approvalrequest"), {"state": "denied"}).content


def test_a_choice_that_is_none_decides_nothing(desk: Browser, asked: ApprovalRequest) -> None:
    for choice in ("", "maybe"):
        assert press(desk, asked, choice).status_code == 400
    assert ApprovalRequest.objects.get().decided_at is None


def test_staff_who_set_it_on_the_apps_own_page_answer_too(desk: Browser, asked: ApprovalRequest) -> None:
    save(desk, asked.client, redirect_uris="https://evil.example/cb")
    assert ApprovalRequest.objects.get().decided_at is None
    save(desk, asked.client, redirect_uris="https://evil.example/cb", approval="allowed")
    assert ApprovalRequest.objects.get().decision == "approved"
    assert AuditEvent.objects.filter(action="update_client", detail="approval").exists()


def test_staff_who_may_only_look_decide_nothing(asked: ApprovalRequest) -> None:
    looker = builders.make_user("looker@demo.local", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_approvalrequest"))
    browser = Browser()
    browser.force_login(looker, BACKEND)
    assert b"Approve<" not in browser.get(page_of(asked)).content
    assert press(browser, asked, "approved").status_code == 403
    act(browser, "approve", asked)
    assert ApprovalRequest.objects.get().decided_at is None
    assert Client.objects.get().approval == Approval.BY_POLICY


def test_people_who_are_not_staff_decide_nothing(alice: User, bob: User, carol: User, asked: ApprovalRequest) -> None:
    for person in (alice, bob, carol):
        browser = Browser()
        browser.force_login(person, BACKEND)
        press(browser, asked, "approved")
        act(browser, "approve", asked)
    assert ApprovalRequest.objects.get().decided_at is None
