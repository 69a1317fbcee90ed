"""Roles: what is shown of them, making own ones, how far they reach, and how soon a change is felt."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from roboflow_auth.access.catalogue import ROLES, WORKSPACE_SCOPES
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.access.wording import ACTION_GROUPS, OWNERS_ALONE, words_of
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.principals import find_principal as find_key_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.images.selectors import search_images
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Role, Workspace, actions_of_role
from roboflow_auth.workspaces.roles import create_role
from tests.builders import (
    make_api_key,
    make_client,
    make_image,
    make_job,
    make_member,
    make_principal,
    make_project,
    make_token,
    make_user,
)
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.oauth.journeys import Journey, signed_in
from tests.support.statements import at_most
from tests.web.forms import prove, said, send

ROLES_PAGE = "/w/acme/roles"
NEW = "/w/acme/roles/new"


@pytest.fixture
def owner(alice: User, acme: Workspace) -> Principal:
    """Return Alice in Acme."""
    return make_principal(alice, acme)


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Browser:
    """Return Alice's browser, in which she proved a moment ago who she is."""
    return prove(signed_in(alice), NEW)


def give(user: User, acme: Workspace, role: Role) -> None:
    """Give a member an own role."""
    Membership.objects.filter(user=user, workspace=acme).update(role=role.slug, own_role=role)


def test_every_action_has_words_and_stands_in_one_group() -> None:
    shown = [action for actions in ACTION_GROUPS.values() for action in actions]
    assert sorted(shown) == sorted(Action)
    words = [words_of(action) for action in Action]
    assert all(words)
    assert len({*words}) == len(words)


def test_roles_are_shown_with_what_they_allow(alice: User, owner: Principal) -> None:
    create_role(owner, "Line lead", [Action.UPLOAD_IMAGE])
    html = signed_in(alice).get(ROLES_PAGE).content.decode()
    for words in ("Line lead", "Owner", "Reviewer", "Approve and reject labeled images", "Upload images"):
        assert words in html


def test_a_viewer_reads_roles_and_changes_none(bob: User, owner: Principal, acme: Workspace) -> None:
    role = create_role(owner, "Line lead", [Action.UPLOAD_IMAGE])
    acme.memberships.filter(user=bob).update(role=RoleName.VIEWER)
    browser = signed_in(bob)
    html = browser.get(ROLES_PAGE).content.decode()
    assert "Line lead" in html
    assert "Duplicate" not in html
    for path in (NEW, f"{ROLES_PAGE}/{role.slug}", f"{ROLES_PAGE}/{role.slug}/remove"):
        assert send(browser, "/", path, name="Mine").status_code == 403
    assert Role.objects.get().name == "Line lead"


def test_a_stranger_changes_none(carol: User, owner: Principal) -> None:
    role = create_role(owner, "Line lead", [Action.UPLOAD_IMAGE])
    browser = prove(signed_in(carol), "/w/carol/roles/new")
    assert send(browser, "/", f"{ROLES_PAGE}/{role.slug}", name="Mine").status_code == 404
    assert send(browser, "/", f"/w/carol/roles/{role.slug}", name="Mine").status_code == 404
    assert send(browser, "/", f"/w/carol/roles/{role.slug}/remove").status_code == 404


def test_the_page_takes_as_many_statements_for_one_role_as_for_many(alice: User, owner: Principal) -> None:
    browser = signed_in(alice)
    for number in range(4):
        with at_most(6):
            assert browser.get(ROLES_PAGE).status_code == 200
        create_role(owner, f"Role {number}", [Action.VIEW_IMAGE])


def test_editing_roles_asks_for_a_recent_sign_in(alice: User, owner: Principal) -> None:
    role = create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    browser = signed_in(alice)
    for path in (NEW, f"{ROLES_PAGE}/{role.slug}"):
        assert browser.get(path)["Location"].startswith("/accounts/reauthenticate/")
    assert send(browser, "/", f"{ROLES_PAGE}/{role.slug}/remove").status_code == 302
    assert Role.objects.exists()


def test_a_role_is_made_from_a_copy(desk: Browser) -> None:
    html = desk.get(NEW, {"from": "labeler"}).content.decode()
    assert 'value="Copy of Labeler"' in html
    assert html.count(" checked") == len(ROLES[RoleName.LABELER] - {Action.VIEW_WORKSPACE})
    response = send(desk, NEW, NEW, name="Line lead", actions=["view_image", "annotate_image"])
    assert "The role Line lead is made." in said(desk, response)
    role = Role.objects.get()
    assert (role.slug, role.actions) == ("line-lead", "annotate_image view_image view_workspace")
    assert AuditEvent.objects.get(action="create_role").detail == role.actions


@pytest.mark.parametrize("source", ["absent", "\x00", "owner"])
def test_a_copy_of_what_is_no_role_or_of_the_owner_is_answered(source: str, desk: Browser) -> None:
    html = desk.get(NEW, {"from": source}).content.decode()
    assert 'value="transfer_workspace"' not in html


@pytest.mark.parametrize("action", [*sorted(OWNERS_ALONE), "fly", "\x00"])
def test_what_only_owners_may_is_in_no_other_role(action: str, desk: Browser) -> None:
    response = send(desk, NEW, NEW, name="Deputy", actions=["view_image", action])
    assert response.status_code == 200
    assert not Role.objects.exists()


def test_a_role_contains_no_more_than_its_maker_may(desk: Browser, bob: User, owner: Principal) -> None:
    role = create_role(owner, "Role maker", [Action.MANAGE_ROLE, Action.VIEW_MEMBER, Action.VIEW_IMAGE])
    other = create_role(owner, "Uploader", [Action.UPLOAD_IMAGE])
    give(bob, Workspace.objects.get(slug="acme"), role)
    browser = prove(signed_in(bob), NEW)
    assert "upload_image" not in browser.get(NEW).content.decode()
    assert send(browser, NEW, NEW, name="More", actions=["upload_image"]).status_code == 200
    assert send(browser, NEW, NEW, name="Less", actions=["view_image"]).status_code == 303
    # Nor does such a one take anything away from a role that may do more.
    for path in (f"{ROLES_PAGE}/{other.slug}", f"{ROLES_PAGE}/{other.slug}/remove"):
        assert send(browser, NEW, path, name="Nothing").status_code == 403
    assert {*Role.objects.values_list("name", flat=True)} == {"Role maker", "Uploader", "Less"}


@pytest.mark.parametrize("name", ["Owner", "admin", "line LEAD", "", "   ", "n" * 61, "bell\x07", "\x00"])
def test_a_role_needs_a_name_of_its_own(name: str, desk: Browser, owner: Principal) -> None:
    create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    assert send(desk, NEW, NEW, name=name, actions=["view_image"]).status_code == 200
    assert Role.objects.count() == 1


@pytest.mark.parametrize(("name", "slug"), [("New", "new-"), ("Viewer!", "viewer-"), ("角色", "role"), ("x" * 60, "x")])
def test_slugs_are_never_taken_by_something_else(name: str, slug: str, desk: Browser) -> None:
    assert send(desk, NEW, NEW, name=name, actions=["view_image"]).status_code == 303
    found = Role.objects.get().slug
    assert found.startswith(slug)
    assert desk.get(f"{ROLES_PAGE}/{found}").status_code == 200


def test_a_workspace_makes_no_roles_without_end(
    desk: Browser, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roboflow_auth.workspaces.roles.MAX_OWN_ROLES", 1)
    create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    assert "at the most" in send(desk, NEW, NEW, name="One more").content.decode()
    assert Role.objects.count() == 1


def test_a_role_that_somebody_has_or_is_invited_to_is_not_removed(
    desk: Browser, bob: User, owner: Principal, acme: Workspace
) -> None:
    role = create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    give(bob, acme, role)
    path = f"{ROLES_PAGE}/{role.slug}/remove"
    assert "Somebody has this role" in said(desk, send(desk, NEW, path))
    acme.memberships.filter(user=bob).update(role="viewer", own_role=None)
    send(desk, "/w/acme/members", "/w/acme/members", email="dana@demo.local", role=role.slug)
    assert "Somebody has this role" in said(desk, send(desk, NEW, path))
    acme.invitations.all().delete()
    assert "is removed" in said(desk, send(desk, NEW, path))
    assert not Role.objects.exists()


@clause("P-G2.1")
@pytest.mark.django_db(transaction=True)
def test_an_own_role_works_for_apps_and_keys_and_a_change_is_felt_at_the_next_call(
    alice: User, bob: User, acme: Workspace, mcp: McpClient
) -> None:
    role = create_role(make_principal(alice, acme), "Line lead", [Action.VIEW_PROJECT, Action.UPLOAD_IMAGE])
    give(bob, acme, role)
    token = make_token(bob, acme, WORKSPACE_SCOPES)
    seen = mcp.result("workspace_get", token=token)
    assert (seen["role"], seen["effective_actions"]) == (
        "line-lead",
        ["upload_image", "view_project", "view_workspace"],
    )
    desk = prove(signed_in(alice), NEW)
    send(desk, NEW, f"{ROLES_PAGE}/line-lead", name="Line lead", actions=["view_image"])
    assert mcp.result("workspace_get", token=token)["effective_actions"] == ["view_image", "view_workspace"]
    assert mcp.call("projects_list", token=token).json()["result"]["isError"]


def test_an_own_role_costs_no_further_statement(
    alice: User, bob: User, acme: Workspace, owner: Principal, bob_token: str
) -> None:
    role = create_role(owner, "Line lead", [Action.VIEW_PROJECT])
    key = make_api_key(bob, acme, ["image:read"])
    give(bob, acme, role)
    for _ in range(2):
        # The first use of each is noted, once a minute.
        token_principal, key_principal = find_principal(bob_token, Resource.MCP), find_key_principal(key)
    with at_most(1):
        token_principal = find_principal(bob_token, Resource.MCP)
    with at_most(1):
        key_principal = find_key_principal(key)
    assert token_principal is not None
    assert key_principal is not None
    assert token_principal.actions == key_principal.actions == {Action.VIEW_PROJECT, Action.VIEW_WORKSPACE}


@clause("P-G2.1")
def test_introspection_and_consent_know_own_roles(bob: User, acme: Workspace, owner: Principal) -> None:
    give(bob, acme, create_role(owner, "Line lead", [Action.VIEW_PROJECT]))
    journey = Journey(make_client(), signed_in(bob))
    page = journey.ask(scope="project:read project:create").content.decode()
    assert "Line lead" in page
    tokens = journey.tokens(scope="project:read project:create")
    assert tokens["scope"] == "project:read"


def test_a_copy_of_the_labeler_s_shows_the_images_of_one_s_own_jobs_alone(
    bob: User, acme: Workspace, owner: Principal
) -> None:
    project = make_project(acme)
    mine = make_image(project, "mine.png")
    make_image(project, "other.png")
    make_job(project, bob, mine)
    narrow = create_role(owner, "Tagger", ROLES[RoleName.LABELER] | {Action.TAG_IMAGE})
    give(bob, acme, narrow)
    assert search_images(make_principal(bob, acme), "shelves").total == 1
    wide = create_role(owner, "Sorter", ROLES[RoleName.LABELER] | {Action.VIEW_BATCH})
    give(bob, acme, wide)
    assert search_images(make_principal(bob, acme), "shelves").total == 2


def test_a_role_known_by_name_alone_or_with_words_that_are_no_actions_allows_nothing() -> None:
    assert actions_of_role("line-lead") == frozenset()
    assert actions_of_role("line-lead", "fly view_image") == {Action.VIEW_IMAGE}


@pytest.mark.parametrize("fields", [{"role": "line-lead"}, {"role": "admin", "own_role": True}])
def test_the_database_keeps_names_and_rows_of_roles_together(
    fields: dict[str, Any], acme: Workspace, owner: Principal
) -> None:
    role = create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            workspace=acme,
            user=make_user("x@demo.local"),
            role=fields["role"],
            own_role=role if "own_role" in fields else None,
        )


def test_a_role_of_another_workspace_is_given_to_nobody(carol: User, acme: Workspace, owner: Principal) -> None:
    role = create_role(owner, "Line lead", [Action.VIEW_IMAGE])
    mate = make_user("mate@demo.local")
    workspace = Workspace.objects.get(slug="carol")
    make_member(workspace, mate, RoleName.VIEWER)
    path = f"/w/carol/members/{workspace.memberships.get(user=mate).pk}/role"
    assert send(signed_in(carol), "/", path, role=role.slug).status_code == 404
