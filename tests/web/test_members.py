"""Members: who sees them, whose role changes and how far, who is removed and what ends with it."""

from __future__ import annotations

import pytest

from roboflow_auth.access.catalogue import ROLES
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.principals import find_principal as find_key_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.roles import create_role
from tests.builders import make_api_key, make_client, make_member, make_principal, make_user
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.oauth.journeys import Journey, signed_in
from tests.support.statements import at_most
from tests.web.forms import said, send

MEMBERS = "/w/acme/members"


@pytest.fixture
def dave(acme: Workspace) -> User:
    """Return Dave, an admin of Acme."""
    dave = make_user("dave@demo.local", "Dave Niemi")
    make_member(acme, dave, RoleName.ADMIN)
    return dave


def path_of(acme: Workspace, user: User, what: str) -> str:
    """Return the address at which something is done to a member."""
    return f"{MEMBERS}/{acme.memberships.get(user=user).pk}/{what}"


def role_of(acme: Workspace, user: User) -> str:
    """Return a member's role, as it is stored."""
    return acme.memberships.get(user=user).role


def test_members_are_listed_with_their_roles(alice: User, acme: Workspace, dave: User) -> None:
    html = signed_in(alice).get(MEMBERS).content.decode()
    for words in ("Bob Okafor", "bob@demo.local", "Labeler", "Dave Niemi", "Admin", "3 people work here."):
        assert words in html


def test_the_page_takes_as_many_statements_for_one_member_as_for_many(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    role = create_role(make_principal(alice, acme), "Line lead", [Action.VIEW_IMAGE])
    for number in range(3):
        with at_most(10):
            assert browser.get(MEMBERS).status_code == 200
        user = make_user(f"member-{number}@demo.local")
        Membership.objects.create(workspace=acme, user=user, role=role.slug, own_role=role)


def test_long_lists_have_pages_and_odd_pages_are_answered(alice: User, acme: Workspace) -> None:
    for number in range(50):
        make_member(acme, User.objects.create(email=f"m{number}@demo.local"), RoleName.VIEWER)
    browser = signed_in(alice)
    first, second = (browser.get(MEMBERS, {"page": page}).content.decode() for page in ("1", "2"))
    assert "m40@demo.local" in first
    assert "m49@demo.local" not in first
    assert "m49@demo.local" in second
    for page in ("0", "-1", "x", "9" * 40, "٣", "\x00"):
        assert browser.get(MEMBERS, {"page": page}).status_code == 200


def test_a_viewer_reads_and_changes_nothing(alice: User, bob: User, acme: Workspace) -> None:
    acme.memberships.filter(user=bob).update(role=RoleName.VIEWER)
    browser = signed_in(bob)
    html = browser.get(MEMBERS).content.decode()
    assert "alice@demo.local" in html
    assert "Invite somebody" not in html
    for path in (path_of(acme, alice, "role"), path_of(acme, bob, "role"), path_of(acme, alice, "remove")):
        assert send(browser, MEMBERS, path, role="admin").status_code == 403
    assert (role_of(acme, alice), role_of(acme, bob)) == ("owner", "viewer")


def test_a_stranger_changes_nothing_even_with_a_member_of_their_own_workspace(
    bob: User, carol: User, acme: Workspace
) -> None:
    browser = signed_in(carol)
    assert send(browser, "/", path_of(acme, bob, "role"), role="viewer").status_code == 404
    of_acme = acme.memberships.get(user=bob).pk
    assert send(browser, "/", f"/w/carol/members/{of_acme}/role", role="viewer").status_code == 404
    assert send(browser, "/", f"/w/carol/members/{of_acme}/remove").status_code == 404
    assert role_of(acme, bob) == "labeler"


@clause("P-G2.1")
@pytest.mark.django_db(transaction=True)
def test_another_role_is_felt_at_the_next_call(
    alice: User, bob: User, acme: Workspace, bob_token: str, mcp: McpClient
) -> None:
    assert "upload_image" not in mcp.result("workspace_get", token=bob_token)["effective_actions"]
    browser = signed_in(alice)
    page = said(browser, send(browser, MEMBERS, path_of(acme, bob, "role"), role="admin"))
    assert "bob@demo.local is Admin now." in page
    assert "upload_image" in mcp.result("workspace_get", token=bob_token)["effective_actions"]
    event = AuditEvent.objects.get(action="change_member_role")
    assert (event.actor_email, event.target, event.detail) == ("alice@demo.local", "bob@demo.local", "labeler → admin")


@pytest.mark.parametrize("role", ["owner", "emperor", "", "\x00", "x" * 500])
def test_nobody_is_given_a_role_that_is_none_to_give(role: str, alice: User, bob: User, acme: Workspace) -> None:
    response = send(signed_in(alice), MEMBERS, path_of(acme, bob, "role"), role=role)
    assert response.status_code in (403, 404)
    assert role_of(acme, bob) == "labeler"


def test_nobody_changes_what_the_owner_is(alice: User, acme: Workspace, dave: User) -> None:
    for user in (dave, alice):
        browser = signed_in(user)
        assert send(browser, MEMBERS, path_of(acme, alice, "role"), role="viewer").status_code == 403
    assert send(signed_in(dave), MEMBERS, path_of(acme, alice, "remove")).status_code == 403
    assert role_of(acme, alice) == "owner"


def test_nobody_raises_anybody_above_themselves_nor_touches_who_may_do_more(
    alice: User, bob: User, acme: Workspace, dave: User
) -> None:
    actions = ROLES[RoleName.LABELER] | {Action.MANAGE_MEMBER, Action.VIEW_MEMBER}
    role = create_role(make_principal(alice, acme), "Crew chief", actions)
    acme.memberships.filter(user=bob).update(role=role.slug, own_role=role)
    browser = signed_in(bob)
    mate = make_user("mate@demo.local")
    make_member(acme, mate, RoleName.LABELER)
    for target in (mate, bob):
        assert send(browser, MEMBERS, path_of(acme, target, "role"), role="admin").status_code == 403
    assert send(browser, MEMBERS, path_of(acme, dave, "role"), role="labeler").status_code == 403
    assert send(browser, MEMBERS, path_of(acme, dave, "remove")).status_code == 403
    assert send(browser, MEMBERS, path_of(acme, mate, "role"), role=role.slug).status_code == 303
    assert (role_of(acme, dave), role_of(acme, mate)) == ("admin", "crew-chief")


@clause("P-G4.4", "P-G4.5")
def test_who_is_removed_is_out_at_once_with_all_they_connected_and_coming_back_revives_nothing(
    alice: User, bob: User, acme: Workspace, bob_token: str
) -> None:
    raw_key = make_api_key(bob, acme, ["image:read"])
    assert find_principal(bob_token, Resource.MCP) is not None
    assert find_key_principal(raw_key) is not None
    browser = signed_in(alice)
    page = said(browser, send(browser, MEMBERS, path_of(acme, bob, "remove")))
    assert "bob@demo.local is out." in page
    assert find_principal(bob_token, Resource.MCP) is None
    assert find_key_principal(raw_key) is None
    make_member(acme, bob, RoleName.ADMIN)
    assert find_principal(bob_token, Resource.MCP) is None
    assert find_key_principal(raw_key) is None


@clause("P-G4.4")
@pytest.mark.django_db(transaction=True)
def test_a_removed_member_s_app_is_answered_401_and_can_not_refresh(
    alice: User, bob: User, acme: Workspace, mcp: McpClient
) -> None:
    journey = Journey(make_client(), signed_in(bob))
    tokens = journey.tokens()
    assert mcp.call("workspace_get", token=tokens["access_token"]).status_code == 200
    send(signed_in(alice), MEMBERS, path_of(acme, bob, "remove"))
    assert mcp.call("workspace_get", token=tokens["access_token"]).status_code == 401
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_nobody_removes_themselves_by_the_way_for_others(alice: User, acme: Workspace, dave: User) -> None:
    browser = signed_in(dave)
    assert "You can leave" in said(browser, send(browser, MEMBERS, path_of(acme, dave, "remove")))
    assert role_of(acme, dave) == "admin"


def test_ids_that_nobody_has_are_not_found(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    for member in ("0", "999999", "9" * 40):
        assert send(browser, MEMBERS, f"{MEMBERS}/{member}/remove").status_code == 404
        assert send(browser, MEMBERS, f"{MEMBERS}/{member}/role", role="viewer").status_code == 404


def test_changes_are_forms_that_were_sent_and_no_links(alice: User, bob: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    for what in ("role", "remove"):
        path = path_of(acme, bob, what)
        assert browser.get(path).status_code == 405
        assert browser.post(path, {"role": "viewer"}).status_code == 403
    assert role_of(acme, bob) == "labeler"
