"""Making projects, and moving them to the trash and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied, InvalidInput, MissingScope, NotFound
from roboflow_auth.projects.models import Project, ProjectType
from roboflow_auth.projects.selectors import list_projects, view_project
from roboflow_auth.projects.services import create_project, delete_project, restore_project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_image, make_principal, make_project


@pytest.mark.parametrize("project_type", ProjectType.values)
def test_a_project_can_be_of_every_type(alice: User, acme: Workspace, project_type: str) -> None:
    view = create_project(
        make_principal(alice, acme), name="  Loose screws ", project_type=project_type, annotation="screws"
    )
    assert (view.id, view.name, view.type, view.annotation) == (
        "acme/loose-screws",
        "Loose screws",
        project_type,
        "screws",
    )
    assert Project.objects.get(slug="loose-screws").created_by == alice


@pytest.mark.parametrize("name, slug", [("Écrous & vis", "ecrous-vis"), ("电路板", "project"), ("__", "project")])
def test_a_slug_is_made_from_any_name(alice: User, acme: Workspace, name: str, slug: str) -> None:
    assert make_project(acme, name).slug == slug


def test_the_same_name_again_makes_another_slug(alice: User, acme: Workspace) -> None:
    first, second = make_project(acme, "x" * 120), make_project(acme, "x" * 120)
    assert second.slug.startswith(first.slug)
    assert view_project(make_principal(alice, acme), second.slug).name == first.name


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 121},
        {"name": "x" * 1_000_000},
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"project_type": "object-detection\x00"},
        {"project_type": "classification"},
        {"annotation": ""},
        {"annotation": "two\nlines"},
        {"license": "x" * 121},
    ],
)
def test_what_a_project_cannot_be_is_refused(alice: User, acme: Workspace, wrong: dict[str, str]) -> None:
    wanted = {"name": "Shelves", "project_type": "object-detection", "annotation": "goods", **wrong}
    with pytest.raises(InvalidInput):
        create_project(make_principal(alice, acme), **wanted)
    assert not Project.objects.exists()


def test_a_labeler_can_change_nothing_and_is_not_sent_for_scopes(bob: User, acme: Workspace) -> None:
    make_project(acme)
    labeler = make_principal(bob, acme, ["project:read"])
    with pytest.raises(Denied, match="labeler"):
        create_project(labeler, name="Mine", project_type="object-detection", annotation="goods")
    for change in (delete_project, restore_project):
        with pytest.raises(Denied):
            change(labeler, "acme/shelves")
    assert Project.objects.get().deleted_at is None


def test_a_client_needs_the_scope_of_each_change(alice: User, acme: Workspace) -> None:
    make_project(acme)
    reader = make_principal(alice, acme, ["project:read"])
    with pytest.raises(MissingScope) as refusal:
        create_project(reader, name="Mine", project_type="object-detection", annotation="goods")
    assert refusal.value.scopes == {"project:create"}
    for change in (delete_project, restore_project):
        with pytest.raises(MissingScope) as refusal:
            change(reader, "acme/shelves")
        assert refusal.value.scopes == {"project:update"}


def test_a_stranger_can_neither_delete_nor_restore(alice: User, acme: Workspace, carol: User) -> None:
    make_project(acme)
    stranger = make_principal(carol, Workspace.objects.get(slug="carol"))
    for change in (delete_project, restore_project):
        with pytest.raises(NotFound):
            change(stranger, "acme/shelves")
    assert Project.objects.get().deleted_at is None


def test_a_project_goes_to_the_trash_and_comes_back_whole(alice: User, acme: Workspace) -> None:
    owner, project = make_principal(alice, acme), make_project(acme)
    make_image(project)
    before = view_project(owner, "shelves")
    item = delete_project(owner, "shelves")
    assert (item.project_id, item.name, item.deleted_by) == ("acme/shelves", "Shelves", "alice@demo.local")
    with pytest.raises(NotFound):
        view_project(owner, "shelves")
    after = restore_project(owner, item.id)
    assert (after.id, after.images) == (before.id, before.images)
    assert after.updated_at > before.updated_at
    assert [view.id for view in list_projects(owner).projects] == ["acme/shelves"]


def test_doing_it_again_changes_nothing(alice: User, acme: Workspace) -> None:
    owner = make_principal(alice, acme)
    make_project(acme)
    assert delete_project(owner, "shelves") == delete_project(owner, "acme/shelves")
    assert restore_project(owner, "acme/shelves") == restore_project(owner, "acme/shelves")


def test_a_slug_in_the_trash_is_not_given_out(alice: User, acme: Workspace) -> None:
    owner = make_principal(alice, acme)
    make_project(acme)
    item = delete_project(owner, "shelves")
    assert make_project(acme).slug != "shelves"
    assert restore_project(owner, item.id).id == "acme/shelves"


def test_after_30_days_there_is_nothing_to_restore_or_delete(alice: User, acme: Workspace) -> None:
    owner = make_principal(alice, acme)
    make_project(acme)
    item = delete_project(owner, "shelves")
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=30, seconds=1))
    for change in (delete_project, restore_project):
        with pytest.raises(NotFound):
            change(owner, item.id)


def test_each_change_leaves_one_row_in_the_audit_log(alice: User, acme: Workspace) -> None:
    owner, before = make_principal(alice, acme), AuditEvent.objects.count()
    create_project(owner, name="Shelves", project_type="object-detection", annotation="goods")
    delete_project(owner, "shelves")
    restore_project(owner, "acme/shelves")
    rows = AuditEvent.objects.order_by("id")[before:]
    assert [row.action for row in rows] == ["create_project", "delete_project", "restore_project"]
    assert {(row.target, row.actor_email, row.outcome) for row in rows} == {
        ("acme/shelves", "alice@demo.local", "allowed")
    }


@pytest.mark.django_db(transaction=True)
def test_two_who_use_the_same_name_at_once_both_get_a_project(alice: User, acme: Workspace) -> None:
    owner = make_principal(alice, acme)

    def create(_: int) -> str:
        try:
            return create_project(owner, name="Shelves", project_type="object-detection", annotation="goods").id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(create, range(4)))) == 4


def test_a_project_for_which_no_address_is_free_is_not_made(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "c0ffee")
    make_project(acme, "Shelves")
    make_project(acme, "Shelves")
    with pytest.raises(RuntimeError):
        make_project(acme, "Shelves")
    assert sorted(Project.objects.values_list("slug", flat=True)) == ["shelves", "shelves-c0ffee"]
