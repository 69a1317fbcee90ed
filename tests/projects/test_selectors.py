"""Reading projects and the trash: who sees which, and at what cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied, MissingScope, NotFound
from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.selectors import find_project, list_projects, list_trash, view_project
from roboflow_auth.projects.services import delete_project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import (
    make_annotations,
    make_image,
    make_job,
    make_member,
    make_principal,
    make_project,
    make_user,
)

MALFORMED = [
    "",
    "/",
    "acme/",
    "acme//shelves",
    "acme/shelves/",
    "/shelves",
    "ACME/shelves",
    "shelves\x00",
    "\ud800",
    "s" * 100_000,
]


@pytest.mark.parametrize("project_id", ["acme/shelves", "shelves"])
def test_a_project_is_found_by_its_full_id_and_by_its_slug(alice: User, acme: Workspace, project_id: str) -> None:
    make_project(acme, "Shelves", annotation="goods", license="MIT")
    view = view_project(make_principal(alice, acme), project_id)
    assert (view.id, view.name, view.type) == ("acme/shelves", "Shelves", "object-detection")
    assert (view.annotation, view.license, view.classes) == ("goods", "MIT", [])
    assert (view.images, view.annotated_images) == (0, 0)


@pytest.mark.parametrize("project_id", MALFORMED)
def test_a_malformed_id_is_not_found(alice: User, acme: Workspace, project_id: str) -> None:
    make_project(acme)
    with pytest.raises(NotFound):
        view_project(make_principal(alice, acme), project_id)


def test_a_stranger_hears_of_a_project_what_they_hear_of_none(alice: User, acme: Workspace, carol: User) -> None:
    make_project(acme)
    stranger = make_principal(carol, Workspace.objects.get(slug="carol"))
    answers = []
    for project_id in ("acme/shelves", "acme/absent", "carol/absent", "shelves", "nowhere/shelves"):
        with pytest.raises(NotFound) as refusal:
            view_project(stranger, project_id)
        answers.append((refusal.value.description, refusal.value.hint))
    assert len(set(answers)) == 1
    assert list_projects(stranger).projects == []


def test_a_labeler_sees_every_project_but_counts_only_their_own_images(alice: User, bob: User, acme: Workspace) -> None:
    project = make_project(acme)
    make_project(acme, "Boards")
    images = [make_image(project) for _ in range(3)]
    for image in images[:2]:
        make_annotations(image, NewAnnotation("carton", Box(0, 0, 10, 10)))
    make_job(project, bob, *images[1:])
    make_job(project, bob, images[1])
    labeler, owner = make_principal(bob, acme), make_principal(alice, acme)
    assert [view.id for view in list_projects(labeler).projects] == ["acme/boards", "acme/shelves"]
    assert (view_project(labeler, "shelves").images, view_project(labeler, "shelves").annotated_images) == (2, 1)
    assert (view_project(owner, "shelves").images, view_project(owner, "shelves").annotated_images) == (3, 2)
    assert [(c.name, len(c.color)) for c in view_project(labeler, "shelves").classes] == [("carton", 7)]


def test_a_client_without_the_scope_is_told_which_one_it_needs(alice: User, acme: Workspace) -> None:
    make_project(acme)
    for call in (lambda who: view_project(who, "shelves"), list_projects, list_trash):
        with pytest.raises(MissingScope) as refusal:
            call(make_principal(alice, acme, ["image:read"]))
        assert refusal.value.scopes == {"project:read"}


def test_a_role_that_may_not_is_denied_whether_or_not_the_project_exists(bob: User, acme: Workspace) -> None:
    make_project(acme)
    for slug in ("shelves", "absent"):
        with pytest.raises(Denied):
            find_project(make_principal(bob, acme), slug, to=Action.DELETE_PROJECT)


def test_projects_are_listed_newest_first_and_by_the_page(alice: User, acme: Workspace) -> None:
    for name in ("One", "Two", "Three"):
        make_project(acme, name)
    found = list_projects(make_principal(alice, acme), limit=2, offset=1)
    assert [view.name for view in found.projects] == ["Two", "One"]
    assert (found.total, found.limit, found.offset) == (3, 2, 1)


@pytest.mark.parametrize("role", [RoleName.OWNER, RoleName.LABELER])
def test_a_list_takes_the_same_statements_however_long_it_is(
    alice: User, bob: User, acme: Workspace, role: RoleName, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("One", "Two", "Three"):
        make_annotations(make_image(make_project(acme, name)), NewAnnotation(name))
    caller = make_principal(alice if role == RoleName.OWNER else bob, acme)
    # The rows, their classes, how many there are, their images, and the audit row.
    with django_assert_num_queries(5):
        found = list_projects(caller)
    assert len(found.projects) == 3


def test_one_project_takes_four_statements(
    alice: User, acme: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_project(acme)
    caller = make_principal(alice, acme)
    with django_assert_num_queries(4):
        view_project(caller, "shelves")


def test_each_reading_leaves_one_row_in_the_audit_log(alice: User, acme: Workspace) -> None:
    make_project(acme)
    caller, before = make_principal(alice, acme), AuditEvent.objects.count()
    view_project(caller, "shelves")
    list_projects(caller)
    list_trash(caller)
    rows = AuditEvent.objects.order_by("id")[before:]
    assert [(row.action, row.target) for row in rows] == [
        ("view_project", "acme/shelves"),
        ("view_project", "acme"),
        ("view_trash", "acme"),
    ]


def test_the_trash_tells_what_lies_there_by_whom_and_until_when(
    alice: User, acme: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller = make_principal(alice, acme)
    for name in ("One", "Two", "Three"):
        make_project(acme, name)
    for slug in ("one", "three"):
        delete_project(caller, slug)
    with django_assert_num_queries(3):
        trash = list_trash(caller)
    assert [(item.id, item.kind, item.name) for item in trash.items] == [
        ("acme/three", "project", "Three"),
        ("acme/one", "project", "One"),
    ]
    assert (trash.total, trash.items[0].deleted_by) == (2, "alice@demo.local")
    assert trash.items[0].expires_at - trash.items[0].deleted_at == timedelta(days=30)
    assert [view.name for view in list_projects(caller).projects] == ["Two"]


def test_the_trash_forgets_after_30_days(alice: User, acme: Workspace) -> None:
    project, caller = make_project(acme), make_principal(alice, acme)
    delete_project(caller, "shelves")
    Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now() - timedelta(days=30, seconds=1))
    assert list_trash(caller).items == []


@pytest.mark.parametrize("role", [RoleName.LABELER, RoleName.VIEWER, RoleName.REVIEWER])
def test_only_those_who_run_the_workspace_see_its_trash(acme: Workspace, role: RoleName) -> None:
    dora = make_user("dora@demo.local")
    make_member(acme, dora, role)
    with pytest.raises(Denied):
        list_trash(make_principal(dora, acme))


def test_a_stranger_sees_none_of_the_trash(alice: User, acme: Workspace, carol: User) -> None:
    make_project(acme)
    delete_project(make_principal(alice, acme), "shelves")
    assert list_trash(make_principal(carol, Workspace.objects.get(slug="carol"))).total == 0
