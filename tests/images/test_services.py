"""Adding images, and marking what is on them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied, InvalidInput, MissingScope, NotFound
from roboflow_auth.images.models import Image
from roboflow_auth.images.services import add_image, replace_annotations
from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.images.storage import read_original
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.selectors import view_project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_image, make_job, make_picture, make_principal, make_project


@pytest.fixture
def shelves(acme: Workspace) -> Project:
    """Return a project of Acme."""
    return make_project(acme)


def test_an_added_image_keeps_its_very_bytes(alice: User, acme: Workspace, shelves: Project) -> None:
    data = make_picture("teal", (30, 20), "JPEG")
    added = add_image(make_principal(alice, acme), "shelves", "C:\\photos\\a.jpg", data, split="test")
    assert added.is_new
    assert (added.image.name, added.image.width, added.image.height) == ("a.jpg", 30, 20)
    assert (added.image.split, added.image.status, added.image.in_dataset) == ("test", "unannotated", False)
    image = Image.objects.get(public_id=added.image.id)
    assert (image.format, image.size, image.created_by) == ("JPEG", len(data), alice)
    assert read_original(image.sha256) == data


def test_the_same_bytes_are_one_image_per_project(alice: User, acme: Workspace, shelves: Project) -> None:
    owner, data = make_principal(alice, acme), make_picture("teal")
    make_project(acme, "Boards")
    first = add_image(owner, "shelves", "first.png", data, tags=["kept"])
    again = add_image(owner, "shelves", "again.png", data, tags=["dropped"])
    elsewhere = add_image(owner, "boards", "elsewhere.png", data)
    assert (again.image.id, again.image.name, again.image.tags) == (first.image.id, "first.png", ["kept"])
    assert (again.is_new, elsewhere.is_new) == (False, True)
    assert elsewhere.image.id != first.image.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "folder/"},
        {"name": "x" * 256},
        {"name": "a\x00.png"},
        {"split": "training"},
        {"tags": [""]},
        {"tags": ["x" * 65]},
        {"tags": ["\ud800"]},
        {"tags": [str(number) for number in range(51)]},
        {"metadata": {"": 1}},
        {"metadata": {"a": "\x00"}},
        {"metadata": {"a": "x" * 1001}},
        {"metadata": {"a": math.nan}},
        {"metadata": {str(number): number for number in range(51)}},
        {"data": b"GIF89a"},
    ],
)
def test_what_cannot_be_kept_is_refused(alice: User, acme: Workspace, shelves: Project, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        add_image(make_principal(alice, acme), "shelves", **{"name": "a.png", "data": make_picture(), **wrong})
    assert not Image.objects.exists()


def test_annotations_replace_those_before_and_bring_their_classes(
    alice: User, acme: Workspace, shelves: Project
) -> None:
    owner, image = make_principal(alice, acme), make_image(shelves)
    box, polygon = (
        NewAnnotation(" carton ", Box(0, 0, 64, 48)),
        NewAnnotation("hole", points=((0, 0), (64, 0), (9, 48))),
    )
    assert replace_annotations(owner, "shelves", image.public_id, [box, polygon]).status == "annotated"
    view = replace_annotations(owner, "shelves", image.public_id, [polygon, polygon])
    assert [annotation.class_name for annotation in view.annotations] == ["hole", "hole"]
    project = view_project(owner, "shelves")
    assert [project_class.name for project_class in project.classes] == ["carton", "hole"]
    assert len({project_class.color for project_class in project.classes}) == 2
    assert project.annotated_images == 1
    assert replace_annotations(owner, "shelves", image.public_id, []).status == "unannotated"


@pytest.mark.parametrize(
    "wrong",
    [
        NewAnnotation("", Box(0, 0, 1, 1)),
        NewAnnotation("a\x00", Box(0, 0, 1, 1)),
        NewAnnotation("x" * 121, Box(0, 0, 1, 1)),
        NewAnnotation("box", Box(-1, 0, 10, 10)),
        NewAnnotation("box", Box(0, 0, 65, 10)),
        NewAnnotation("box", Box(0, 40, 10, 10)),
        NewAnnotation("box", Box(0, 0, 0, 10)),
        NewAnnotation("box", Box(10, 10, -5, 5)),
        NewAnnotation("box", Box(math.nan, 0, 1, 1)),
        NewAnnotation("box", Box(0, 0, math.inf, 1)),
        NewAnnotation("polygon", points=((0, 0), (1, 1))),
        NewAnnotation("polygon", points=((0, 0), (70, 0), (1, 1))),
        NewAnnotation("polygon", points=((0, 0), (5, 0), (9, 0))),
        NewAnnotation("polygon", points=((0, 0), (5, math.nan), (9, 9))),
        NewAnnotation("polygon", points=((0, 0), (5, 5)) * 1001),
    ],
)
def test_what_does_not_lie_within_the_image_is_refused(
    alice: User, acme: Workspace, shelves: Project, wrong: NewAnnotation
) -> None:
    owner, image = make_principal(alice, acme), make_image(shelves)
    with pytest.raises(InvalidInput):
        replace_annotations(owner, "shelves", image.public_id, [NewAnnotation("good"), wrong])
    image.refresh_from_db()
    assert image.status == "unannotated"


def test_there_is_an_end_to_annotations(alice: User, acme: Workspace, shelves: Project) -> None:
    owner, image = make_principal(alice, acme), make_image(shelves)
    with pytest.raises(InvalidInput, match="5000"):
        replace_annotations(owner, "shelves", image.public_id, [NewAnnotation("x")] * 5001)


def test_a_labeler_annotates_what_is_assigned_to_them_and_uploads_nothing(
    bob: User, acme: Workspace, shelves: Project
) -> None:
    theirs, others = make_image(shelves), make_image(shelves)
    make_job(shelves, bob, theirs)
    labeler = make_principal(bob, acme)
    with pytest.raises(Denied):
        add_image(labeler, "shelves", "a.png", make_picture())
    with pytest.raises(NotFound):
        replace_annotations(labeler, "shelves", others.public_id, [])
    view = replace_annotations(labeler, "shelves", theirs.public_id, [NewAnnotation("carton", Box(0, 0, 5, 5))])
    assert view.status == "annotated"
    assert theirs.annotations.get().created_by == bob


def test_a_stranger_adds_and_annotates_nothing(carol: User, shelves: Project) -> None:
    image, stranger = make_image(shelves), make_principal(carol, Workspace.objects.get(slug="carol"))
    with pytest.raises(NotFound):
        add_image(stranger, "acme/shelves", "a.png", make_picture())
    with pytest.raises(NotFound):
        replace_annotations(stranger, "acme/shelves", image.public_id, [])


def test_a_client_needs_the_scope_of_each_change(alice: User, acme: Workspace, shelves: Project) -> None:
    image, client = make_image(shelves), make_principal(alice, acme, ["image:read"])
    with pytest.raises(MissingScope) as refusal:
        add_image(client, "shelves", "a.png", make_picture())
    assert refusal.value.scopes == {"image:create"}
    with pytest.raises(MissingScope) as refusal:
        replace_annotations(client, "shelves", image.public_id, [])
    assert refusal.value.scopes == {"image:annotate"}


def test_each_change_leaves_one_row_in_the_audit_log(alice: User, acme: Workspace, shelves: Project) -> None:
    owner, data, before = make_principal(alice, acme), make_picture(), AuditEvent.objects.count()
    image = add_image(owner, "shelves", "a.png", data).image
    add_image(owner, "shelves", "a.png", data)
    replace_annotations(owner, "shelves", image.id, [NewAnnotation("carton")])
    rows = AuditEvent.objects.order_by("id")[before:]
    assert [row.action for row in rows] == ["upload_image", "upload_image", "annotate_image"]
    assert {row.target for row in rows} == {f"acme/shelves/{image.id}"}


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_from_two_at_once_are_one_image(alice: User, acme: Workspace, shelves: Project) -> None:
    owner, data = make_principal(alice, acme), make_picture("navy")

    def add(_: int) -> str:
        try:
            return add_image(owner, "shelves", "a.png", data).image.id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(add, range(4)))) == 1
