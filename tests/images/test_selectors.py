"""Reading images: one, and a search."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied, InvalidInput, MissingScope, NotFound
from roboflow_auth.images.selectors import find_image, search_images, view_image
from roboflow_auth.images.shapes import Box, ImageList, NewAnnotation
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.services import delete_project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_annotations, make_image, make_job, make_principal, make_project

CARTON = NewAnnotation("carton", Box(1, 2, 30, 20))
SCRATCH = NewAnnotation("scratch", points=((1, 1), (9, 1), (9, 5)))


@pytest.fixture
def shelves(acme: Workspace) -> Project:
    """Return a project of Acme."""
    return make_project(acme)


def names(found: ImageList) -> list[str]:
    """Return the file names in a search's answer."""
    return [image.name for image in found.images]


def test_an_image_tells_its_size_tags_metadata_and_annotations(alice: User, acme: Workspace, shelves: Project) -> None:
    image = make_image(shelves, "a.png", split="valid", tags=["Night", "aisle-3"], metadata={"lux": 40})
    make_annotations(image, CARTON, SCRATCH, NewAnnotation("blurred"))
    view = view_image(make_principal(alice, acme), "acme/shelves", image.public_id)
    assert (view.id, view.project_id, view.name) == (image.public_id, "acme/shelves", "a.png")
    assert (view.width, view.height, view.split, view.status, view.in_dataset) == (64, 48, "valid", "annotated", False)
    assert (view.tags, view.metadata) == (["aisle-3", "night"], {"lux": 40})
    box, polygon, label = view.annotations
    assert (box.class_name, box.kind, box.box, box.points) == ("carton", "box", Box(1, 2, 30, 20), [])
    assert (polygon.kind, polygon.box, polygon.points) == ("polygon", Box(1, 1, 8, 4), [[1, 1], [9, 1], [9, 5]])
    assert (label.kind, label.box, label.points) == ("label", None, [])


@pytest.mark.parametrize(
    "image_id", ["", "x", "x" * 20, "x" * 100_000, "\x00" * 20, "\ud800" * 20, "é" * 20, "../" * 7]
)
def test_an_unknown_or_malformed_id_is_not_found(alice: User, acme: Workspace, shelves: Project, image_id: str) -> None:
    with pytest.raises(NotFound):
        view_image(make_principal(alice, acme), "shelves", image_id)


def test_an_image_is_found_in_its_own_project_only(alice: User, acme: Workspace, shelves: Project) -> None:
    image = make_image(shelves)
    make_project(acme, "Boards")
    with pytest.raises(NotFound):
        view_image(make_principal(alice, acme), "boards", image.public_id)


def test_a_stranger_finds_nothing_by_any_name(carol: User, shelves: Project) -> None:
    image = make_image(shelves)
    hers = Workspace.objects.get(slug="carol")
    make_project(hers, "Kitchen")
    stranger = make_principal(carol, hers)
    for project_id in ("acme/shelves", "shelves", "carol/kitchen"):
        with pytest.raises(NotFound):
            view_image(stranger, project_id, image.public_id)
    for project_id in ("acme/shelves", "shelves"):
        with pytest.raises(NotFound):
            search_images(stranger, project_id)


def test_a_labeler_sees_the_images_of_their_own_jobs_and_no_others(
    bob: User, acme: Workspace, shelves: Project
) -> None:
    theirs, others = make_image(shelves, "theirs.png"), make_image(shelves, "others.png")
    make_job(shelves, bob, theirs)
    make_job(shelves, bob, theirs)
    make_job(shelves, acme.memberships.get(role="owner").user, others)
    labeler = make_principal(bob, acme)
    found = search_images(labeler, "shelves")
    assert (names(found), found.total) == (["theirs.png"], 1)
    assert view_image(labeler, "shelves", theirs.public_id).name == "theirs.png"
    with pytest.raises(NotFound):
        view_image(labeler, "shelves", others.public_id)
    assert find_image(labeler, "shelves", theirs.public_id, to=Action.ANNOTATE_IMAGE) == theirs
    with pytest.raises(Denied):
        find_image(labeler, "shelves", theirs.public_id, to=Action.TAG_IMAGE)


def test_a_labeler_without_a_job_sees_no_image(bob: User, acme: Workspace, shelves: Project) -> None:
    make_image(shelves)
    assert search_images(make_principal(bob, acme), "shelves").total == 0


def test_a_client_without_the_scope_is_told_which_one_it_needs(alice: User, acme: Workspace, shelves: Project) -> None:
    image, client = make_image(shelves), make_principal(alice, acme, ["project:read"])
    with pytest.raises(MissingScope) as refusal:
        search_images(client, "shelves")
    assert refusal.value.scopes == {"image:read"}
    with pytest.raises(MissingScope):
        view_image(client, "shelves", image.public_id)


def test_images_of_a_project_in_the_trash_are_not_found(alice: User, acme: Workspace, shelves: Project) -> None:
    image, owner = make_image(shelves), make_principal(alice, acme)
    delete_project(owner, "shelves")
    with pytest.raises(NotFound):
        view_image(owner, "shelves", image.public_id)
    with pytest.raises(NotFound):
        search_images(owner, "shelves")


@pytest.fixture
def stocked(shelves: Project) -> Project:
    """Return a project with three images that differ in every way one can search by."""
    make_annotations(make_image(shelves, "aisle-1.png", tags=["day"]), CARTON)
    make_annotations(make_image(shelves, "aisle_2.png", tags=["day", "dusty"]), SCRATCH, SCRATCH, CARTON)
    make_image(shelves, "yard 100%.png", tags=["night"])
    return shelves


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", ["yard 100%.png", "aisle_2.png", "aisle-1.png"]),
        ("*", ["yard 100%.png", "aisle_2.png", "aisle-1.png"]),
        ("AISLE", ["aisle_2.png", "aisle-1.png"]),
        ("aisle dusty", ["aisle_2.png"]),
        ("Night", ["yard 100%.png"]),
        ("scratch", ["aisle_2.png"]),
        ("carton day", ["aisle_2.png", "aisle-1.png"]),
        ("carton night", []),
        ("%", ["yard 100%.png"]),
        ("_", ["aisle_2.png"]),
        ("'; drop table", []),
    ],
)
def test_every_word_must_be_in_the_name_a_tag_or_a_class(
    alice: User, acme: Workspace, stocked: Project, query: str, expected: list[str]
) -> None:
    found = search_images(make_principal(alice, acme), "shelves", query)
    assert (names(found), found.total) == (expected, len(expected))


def test_a_search_can_ask_for_a_tag_a_class_and_the_dataset(alice: User, acme: Workspace, stocked: Project) -> None:
    owner = make_principal(alice, acme)
    stocked.images.filter(name="aisle-1.png").update(in_dataset=True)
    assert names(search_images(owner, "shelves", tag="Day")) == ["aisle_2.png", "aisle-1.png"]
    assert names(search_images(owner, "shelves", tag="da")) == []
    assert names(search_images(owner, "shelves", class_name="scratch")) == ["aisle_2.png"]
    assert names(search_images(owner, "shelves", "aisle", in_dataset=True)) == ["aisle-1.png"]
    assert names(search_images(owner, "shelves", tag="day", in_dataset=False)) == ["aisle_2.png"]


def test_a_summary_names_tags_and_each_class_once(alice: User, acme: Workspace, stocked: Project) -> None:
    (summary,) = search_images(make_principal(alice, acme), "shelves", "dusty").images
    assert (summary.tags, summary.classes, summary.status) == (["day", "dusty"], ["carton", "scratch"], "annotated")
    assert (summary.width, summary.height, summary.project_id) == (64, 48, "acme/shelves")


@pytest.mark.parametrize("query", ["x" * 201, "x" * 1_000_000, "a\x00b", "\ud800", "a b c d e f g h i j k"])
def test_a_query_that_cannot_be_searched_is_refused(alice: User, acme: Workspace, shelves: Project, query: str) -> None:
    with pytest.raises(InvalidInput):
        search_images(make_principal(alice, acme), "shelves", query)


@pytest.mark.parametrize("argument", ["tag", "class_name"])
def test_a_name_that_nothing_can_have_is_refused(alice: User, acme: Workspace, shelves: Project, argument: str) -> None:
    for name in ("a\x00b", "\ud800", "x" * 1_000_000):
        wanted: dict[str, Any] = {argument: name}
        with pytest.raises(InvalidInput):
            search_images(make_principal(alice, acme), "shelves", **wanted)


def test_images_are_listed_by_the_page(alice: User, acme: Workspace, stocked: Project) -> None:
    owner = make_principal(alice, acme)
    found = search_images(owner, "shelves", limit=1, offset=1)
    assert (names(found), found.total, found.limit, found.offset) == (["aisle_2.png"], 3, 1, 1)
    beyond = search_images(owner, "shelves", limit=10**30, offset=10**30)
    assert (beyond.images, beyond.total, beyond.limit) == ([], 3, 200)


@pytest.mark.parametrize("is_labeler", [False, True])
def test_a_search_takes_the_same_statements_however_much_it_finds(
    alice: User,
    bob: User,
    acme: Workspace,
    stocked: Project,
    is_labeler: bool,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_job(stocked, bob, *stocked.images.all())
    caller = make_principal(bob if is_labeler else alice, acme)
    # The project, the rows, their tags, how many there are, their classes, and the audit row.
    with django_assert_num_queries(6):
        found = search_images(caller, "shelves", "aisle", tag="day")
    assert len(found.images) == 2


def test_one_image_takes_five_statements(
    alice: User, acme: Workspace, stocked: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image, caller = stocked.images.get(name="aisle_2.png"), make_principal(alice, acme)
    # The project, the image, the audit row, its annotations with their classes, and its tags.
    with django_assert_num_queries(5):
        view_image(caller, "shelves", image.public_id)


def test_each_reading_leaves_one_row_in_the_audit_log(alice: User, acme: Workspace, stocked: Project) -> None:
    image, caller = stocked.images.get(name="aisle_2.png"), make_principal(alice, acme)
    before = AuditEvent.objects.count()
    search_images(caller, "shelves")
    view_image(caller, "shelves", image.public_id)
    rows = AuditEvent.objects.order_by("id")[before:]
    assert [(row.action, row.target) for row in rows] == [
        ("view_image", "acme/shelves"),
        ("view_image", f"acme/shelves/{image.public_id}"),
    ]
