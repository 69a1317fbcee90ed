"""A workspace's first page, leaving, making one, renaming, giving away, deleting; who may not, and what remains."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.builders import PASSWORD, make_api_key, make_member, make_project, make_token, make_user
from tests.oauth.journeys import signed_in
from tests.support.limits import set_limits
from tests.support.statements import at_most
from tests.web.forms import prove, said, send

# What each page of Acme answers to a stranger and to a labeler.
PAGES = {
    "/w/acme": 200,
    "/w/acme/members": 403,
    "/w/acme/roles": 403,
    "/w/acme/roles/new": 403,
    "/w/acme/roles/line-lead": 403,
    "/w/acme/audit": 403,
    "/w/acme/audit.csv": 403,
    "/w/acme/settings": 403,
    "/w/acme/transfer": 403,
    "/w/acme/delete": 403,
}


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_finds_nothing_and_a_labeler_what_the_role_allows(
    path: str, bob: User, carol: User, acme: Workspace
) -> None:
    assert signed_in(carol).get(path).status_code == 404
    assert signed_in(carol).get(path.replace("acme", "absent")).status_code == 404
    assert signed_in(bob).get(path).status_code == PAGES[path]
    assert Browser().get(path)["Location"].startswith("/accounts/login/?next=/w/acme")
    refusals = AuditEvent.objects.filter(outcome="refused", actor_email=bob.email, target=path)
    assert refusals.count() == (PAGES[path] == 403)


def test_who_is_refused_reads_which_role_they_have_and_which_they_need(bob: User, carol: User, acme: Workspace) -> None:
    page = signed_in(bob).get("/w/acme/members").content.decode()
    assert "Your role in Acme Robotics is Labeler. This needs the role Owner, Admin, Reviewer or Viewer" in page
    assert "Only the owner can do this." in signed_in(bob).get("/w/acme/delete").content.decode()
    assert "Acme" not in signed_in(carol).get("/w/acme/members").content.decode()


def test_tabs_are_those_that_the_role_can_use(alice: User, bob: User, acme: Workspace) -> None:
    owner, labeler = (signed_in(user).get("/w/acme").content.decode() for user in (alice, bob))
    for tab in ("members", "roles", "audit", "settings"):
        assert f'href="/w/acme/{tab}"' in owner
        assert f'href="/w/acme/{tab}"' not in labeler


def test_the_first_page_says_what_the_role_allows(alice: User, bob: User, acme: Workspace) -> None:
    labeler = signed_in(bob).get("/w/acme").content.decode()
    assert "Your role: Labeler" in labeler
    assert "Draw and change annotations" in labeler
    assert "Create projects" not in labeler
    assert "Create projects" in signed_in(alice).get("/w/acme").content.decode()


def test_the_first_page_takes_as_many_statements_however_many_there_are(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    for number in range(5):
        make_member(acme, make_user(f"member-{number}@demo.local"), RoleName.VIEWER)
    with at_most(9):
        assert browser.get("/w/acme").status_code == 200


def test_who_leaves_is_out_at_once_with_their_apps_and_keys(bob: User, acme: Workspace, bob_token: str) -> None:
    browser = signed_in(bob)
    assert find_principal(bob_token, Resource.MCP) is not None
    response = send(browser, "/w/acme", "/w/acme/leave")
    assert "You left Acme Robotics" in said(browser, response)
    assert browser.get("/w/acme").status_code == 404
    assert find_principal(bob_token, Resource.MCP) is None
    assert AuditEvent.objects.filter(action="leave_workspace", actor_email=bob.email).count() == 1


def test_the_owner_can_not_leave(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    assert "You own this workspace" in said(browser, send(browser, "/w/acme", "/w/acme/leave"))
    assert acme.memberships.filter(user=alice).exists()


def test_a_stranger_can_not_leave_what_they_are_not_in(carol: User, acme: Workspace) -> None:
    assert send(signed_in(carol), "/workspaces/new", "/w/acme/leave").status_code == 404


def test_anybody_makes_a_workspace_and_owns_it(bob: User, acme: Workspace) -> None:
    browser = signed_in(bob)
    response = send(browser, "/workspaces/new", "/workspaces/new", name="  Bob & Sons ")
    assert response["Location"] == "/w/bob-sons"
    membership = Membership.objects.get(user=bob, workspace__slug="bob-sons")
    assert (membership.role, membership.workspace.name) == ("owner", "Bob & Sons")


@pytest.mark.parametrize("name", ["", "\x00", "n" * 121, "bell\x07"])
def test_a_name_that_is_none_makes_no_workspace(name: str, bob: User, acme: Workspace) -> None:
    before = Workspace.objects.count()
    assert send(signed_in(bob), "/workspaces/new", "/workspaces/new", name=name).status_code in (200, 303)
    assert Workspace.objects.count() == before


def test_nobody_makes_workspaces_without_end(bob: User, acme: Workspace, settings: Any) -> None:
    set_limits(settings, workspaces="1/hour")
    browser = signed_in(bob)
    send(browser, "/workspaces/new", "/workspaces/new", name="One")
    assert "Too many requests" in said(browser, send(browser, "/workspaces/new", "/workspaces/new", name="Two"))
    assert Workspace.objects.filter(memberships__user=bob).count() == 2


def test_the_owner_renames_it_and_its_address_stays(alice: User, acme: Workspace) -> None:
    send(signed_in(alice), "/w/acme/settings", "/w/acme/settings", name="Acme Ltd")
    acme.refresh_from_db()
    assert (acme.name, acme.slug) == ("Acme Ltd", "acme")
    assert AuditEvent.objects.get(action="rename_workspace").detail == "Acme Robotics → Acme Ltd"


def test_an_admin_does_none_of_what_owners_alone_may(alice: User, bob: User, acme: Workspace) -> None:
    acme.memberships.filter(user=bob).update(role=RoleName.ADMIN)
    browser = signed_in(bob)
    for path in ("/w/acme/settings", "/w/acme/transfer", "/w/acme/delete"):
        assert send(browser, "/w/acme", path, name="Mine", member="1", slug="acme").status_code == 403
    acme.refresh_from_db()
    assert acme.name == "Acme Robotics"


@pytest.mark.parametrize("path", ["/w/acme/transfer", "/w/acme/delete"])
def test_what_is_final_asks_for_a_recent_sign_in_and_then_goes_on(
    path: str, alice: User, bob: User, acme: Workspace
) -> None:
    browser = signed_in(alice)
    assert browser.get(path)["Location"].startswith("/accounts/reauthenticate/")
    member = acme.memberships.get(user=bob)
    asked = send(browser, "/w/acme", path, member=str(member.pk), slug="acme")["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    assert acme.memberships.get(user=alice).role == "owner"
    send(browser, asked, asked, password="wrong", next=path)
    assert acme.memberships.get(user=alice).role == "owner"
    send(browser, asked, asked, password=PASSWORD, next=path)
    assert not Membership.objects.filter(workspace=acme, user=alice, role="owner").exists()


def test_a_workspace_is_given_to_another_member(alice: User, bob: User, acme: Workspace) -> None:
    browser = prove(signed_in(alice), "/w/acme/transfer")
    member = acme.memberships.get(user=bob)
    send(browser, "/w/acme/transfer", "/w/acme/transfer", member=str(member.pk))
    roles = dict(acme.memberships.values_list("user__email", "role"))
    assert roles == {"alice@demo.local": "admin", "bob@demo.local": "owner"}
    # What it takes is gone, too.
    assert browser.get("/w/acme/transfer").status_code == 403
    assert AuditEvent.objects.get(action="transfer_workspace", outcome="allowed").target == "bob@demo.local"


def test_it_is_given_to_nobody_outside_and_to_no_address_that_nobody_confirmed(
    alice: User, bob: User, carol: User, acme: Workspace
) -> None:
    browser = prove(signed_in(alice), "/w/acme/transfer")
    unconfirmed = make_member(acme, User.objects.create_user("service@service.invalid"), RoleName.ADMIN)
    strangers = Membership.objects.get(user=carol)
    for member in (unconfirmed.pk, strangers.pk, acme.memberships.get(user=alice).pk, "x", "9" * 30):
        assert send(browser, "/w/acme/transfer", "/w/acme/transfer", member=str(member)).status_code == 200
    assert acme.memberships.get(user=alice).role == "owner"


def test_a_deleted_workspace_is_gone_with_all_in_it_and_its_log_stays(
    alice: User, bob: User, acme: Workspace, alice_token: str
) -> None:
    make_project(acme)
    make_api_key(alice, acme)
    make_token(bob, acme, WORKSPACE_SCOPES)
    browser = prove(signed_in(alice), "/w/acme/delete")
    assert "This is not what" in send(browser, "/w/acme/delete", "/w/acme/delete", slug="Acme").content.decode()
    assert Workspace.objects.filter(slug="acme").exists()
    send(browser, "/w/acme/delete", "/w/acme/delete", slug="acme")
    assert not Workspace.objects.filter(slug="acme").exists()
    assert not Project.objects.exists()
    assert find_principal(alice_token, Resource.MCP) is None
    assert AuditEvent.objects.filter(workspace="acme", action="delete_workspace").count() == 1


def test_the_log_of_a_deleted_workspace_is_not_given_to_who_takes_its_name(
    alice: User, carol: User, acme: Workspace
) -> None:
    browser = prove(signed_in(alice), "/w/acme/delete")
    send(browser, "/w/acme/delete", "/w/acme/delete", slug="acme")
    response = send(signed_in(carol), "/workspaces/new", "/workspaces/new", name="Acme")
    assert response["Location"].startswith("/w/acme-")
    html = signed_in(carol).get(f"{response['Location']}/audit").content.decode()
    assert "alice@demo.local" not in html


def test_the_start_page_leads_to_each_workspace(bob: User, acme: Workspace) -> None:
    html = signed_in(bob).get("/").content.decode()
    assert 'href="/w/acme"' in html
    assert 'href="/workspaces/new"' in html
