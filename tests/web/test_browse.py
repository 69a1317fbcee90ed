"""Projects and images as pages: what a role sees and no more, drawn, filtered, at one cost for one and many."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.storage import default_storage
from django.test import Client as Browser
from PIL import Image as Picture

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.images.models import Image, ImageStatus, ImageTag, Split
from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.workspace_apps.desk import at_desk
from tests.support.statements import statements_of

pytestmark = pytest.mark.django_db

PROJECTS = "/w/acme/projects"
SHELVES = f"{PROJECTS}/shelves"
BOX = NewAnnotation("crate", Box(4, 6, 20, 12.5))
POLYGON = NewAnnotation("barrel", points=((1, 1), (30, 2), (20, 30)))


@pytest.fixture
def shelves(acme: Workspace) -> Project:
    """Return a project of Acme."""
    return builders.make_project(acme)


@pytest.fixture
def image(shelves: Project) -> Image:
    """Return an image of it with a box and a polygon."""
    image = builders.make_image(shelves, "aisle-1.png", builders.make_picture("teal", (640, 480)), tags=["night"])
    builders.make_annotations(image, BOX, POLYGON)
    return image


def write_change(
    image: Image, action: str = "annotate_image", client: str = "Cursor", email: str = "bob@demo.local"
) -> None:
    """Write down that somebody's app changed an image."""
    AuditEvent.objects.create(
        workspace=image.project.workspace.slug,
        actor_email=email,
        client_name=client,
        action=action,
        target=f"{image.project.wire_id}/{image.public_id}",
        outcome=Outcome.ALLOWED,
    )


def address_of(image: Image, size: str = "") -> str:
    """Return the address of an image's page, or of its bytes."""
    return f"{SHELVES}/images/{image.public_id}{'/' + size if size else ''}"


def test_the_list_says_what_a_project_is_and_holds(alice: User, image: Image) -> None:
    html = at_desk(alice).get(PROJECTS).content.decode()
    for shown in ("Shelves", "Object detection", "1 image", "1 annotated", "crate", "barrel"):
        assert shown in html


def test_what_is_marked_is_drawn_over_the_thumbnail_in_the_colours_of_the_classes(alice: User, image: Image) -> None:
    page = at_desk(alice).get(SHELVES)
    html = page.content.decode()
    assert 'viewBox="0 0 640 480"' in html
    box = re.search(r'<rect class="shape" x="4.0" y="6.0" width="20.0" height="12.5" stroke="(#\w{6})"', html)
    polygon = re.search(r'<polygon class="shape" points="1.0,1.0 30.0,2.0 20.0,30.0" stroke="(#\w{6})"', html)
    colors = dict(image.project.classes.values_list("name", "color"))
    assert (box and box[1], polygon and polygon[1]) == (colors["crate"], colors["barrel"])
    assert "style=" not in html
    assert [(entry.name, entry.count) for entry in page.context["legend"]] == [("barrel", 1), ("crate", 1)]


def test_numbers_are_drawn_alike_in_every_language(alice: User, image: Image) -> None:
    html = at_desk(alice).get(SHELVES, headers={"Accept-Language": "pt-br"}).content.decode()
    assert 'width="20.0" height="12.5"' in html
    assert 'viewBox="0 0 640 480"' in html


def test_a_label_of_the_whole_image_is_told_in_words(alice: User, image: Image) -> None:
    builders.make_annotations(image, NewAnnotation("ripe"))
    html = at_desk(alice).get(SHELVES).content.decode()
    assert "<span>ripe</span>" in html
    assert 'class="shape"' not in html


def test_the_page_of_an_image_tells_all_of_it_and_who_did_what_through_which_app(alice: User, image: Image) -> None:
    Image.objects.update(metadata={"camera": "cam-03", "lux": 490})
    write_change(image)
    page = at_desk(alice).get(address_of(image))
    html = page.content.decode()
    for shown in ("aisle-1.png", "640 × 480", "night", "cam-03", "490", "2 annotations", "3 corners", "Annotated"):
        assert shown in html
    assert "<strong>Cursor</strong> for bob@demo.local" in html
    assert [change.action for change in page.context["changes"]] == [
        "annotate_image",
        "annotate_image",
        "upload_image",
    ]


def test_the_list_says_which_app_changed_an_image_last(alice: User, image: Image) -> None:
    write_change(image, client="Earlier app")
    write_change(image)
    (tile,) = at_desk(alice).get(SHELVES).context["tiles"]
    assert tile["change"].client_name == "Cursor"


def test_who_may_not_read_the_log_is_not_told_who_did_what(acme: Workspace, image: Image) -> None:
    viewer = builders.make_user("eve@demo.local")
    builders.make_member(acme, viewer, RoleName.VIEWER)
    write_change(image)
    for page in (SHELVES, address_of(image)):
        html = at_desk(viewer).get(page).content.decode()
        assert "aisle-1.png" in html
        assert "Cursor" not in html
        assert "bob@demo.local" not in html


def test_a_labeler_sees_the_images_of_their_jobs_and_no_others(bob: User, image: Image, shelves: Project) -> None:
    others = builders.make_image(shelves, "others.png", tags=["secret-tag"])
    builders.make_job(shelves, bob, image)
    browser = at_desk(bob)
    html = browser.get(SHELVES).content.decode()
    assert "aisle-1.png" in html
    for hidden in ("others.png", "secret-tag"):
        assert hidden not in html
    assert browser.get(address_of(image)).status_code == 200
    for size in ("", "thumbnail", "picture"):
        assert browser.get(address_of(others, size)).status_code == 404
    assert "1 image" in browser.get(PROJECTS).content.decode()


def test_a_labeler_without_a_job_finds_the_project_empty(bob: User, image: Image) -> None:
    page = at_desk(bob).get(SHELVES)
    assert page.context["tiles"] == []
    assert "No job of yours has images here." in page.content.decode()


@pytest.mark.parametrize("size", ["", "thumbnail", "picture"])
def test_a_stranger_finds_nothing(carol: User, image: Image, size: str) -> None:
    browser = at_desk(carol)
    paths = (PROJECTS, SHELVES, address_of(image, size), address_of(image, size).replace("/acme/", "/carol/"))
    assert [browser.get(path).status_code for path in paths] == [404] * 4


def test_who_is_not_signed_in_signs_in_first(image: Image) -> None:
    for path in (PROJECTS, SHELVES, address_of(image), address_of(image, "thumbnail")):
        response = Browser().get(path)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("size, side", [("thumbnail", 320), ("picture", 1600)])
def test_the_bytes_are_private_kept_for_an_hour_and_small_enough(
    alice: User, shelves: Project, size: str, side: int
) -> None:
    large = builders.make_image(shelves, "large.png", builders.make_picture("teal", (3200, 1600)))
    browser = at_desk(alice)
    answer = browser.get(address_of(large, size))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert "Cookie" in answer["Vary"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Picture.open(io.BytesIO(answer.content)).size == (side, side // 2)
    again = browser.get(address_of(large, size), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])


def test_a_picture_stands_upright_and_tells_nothing_of_the_camera(alice: User, shelves: Project) -> None:
    exif = Picture.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at the secret place"
    sideways = builders.make_picture("teal", (200, 100), "JPEG", exif=exif)
    image = builders.make_image(shelves, "sideways.jpg", sideways)
    data = at_desk(alice).get(address_of(image, "picture")).content
    assert Picture.open(io.BytesIO(data)).size == (100, 200)
    assert b"secret place" not in data


def test_bytes_that_the_storage_lost_are_not_found(alice: User, image: Image) -> None:
    # A picture that no other test stores at the same moment: what is the same is stored once.
    image = builders.make_image(image.project, "lost.png", builders.make_picture("teal", (61, 43)))
    default_storage.delete(f"thumbnails/{image.sha256[:2]}/{image.sha256}.jpg")
    default_storage.delete(f"originals/{image.sha256[:2]}/{image.sha256}")
    for size in ("thumbnail", "picture", "enormous"):
        assert at_desk(alice).get(address_of(image, size)).status_code == 404


@pytest.mark.parametrize(
    "query, found",
    [
        ({"split": "valid"}, ["b.png"]),
        ({"status": "approved"}, ["c.png"]),
        ({"class_name": "crate"}, ["a.png"]),
        ({"tag": "night"}, ["d.png"]),
        ({"query": "b.p"}, ["b.png"]),
        ({"split": "train", "tag": "night"}, ["d.png"]),
        ({"split": "test"}, []),
        ({}, ["d.png", "c.png", "b.png", "a.png"]),
    ],
)
def test_images_are_narrowed_by_what_is_known_of_them(
    alice: User, shelves: Project, query: dict[str, str], found: list[str]
) -> None:
    first, _, _, last = [builders.make_image(shelves, f"{name}.png") for name in "abcd"]
    builders.make_annotations(first, BOX)
    Image.objects.filter(name="b.png").update(split=Split.VALID)
    Image.objects.filter(name="c.png").update(status=ImageStatus.APPROVED)
    ImageTag.objects.create(image=last, name="night")
    page = at_desk(alice).get(SHELVES, query)
    assert [tile["image"].name for tile in page.context["tiles"]] == found


def test_a_long_list_goes_on_page_by_page_with_its_filter(alice: User, shelves: Project) -> None:
    for number in range(26):
        builders.make_image(shelves, f"{number}.png", builders.make_picture(f"#0000{number:02x}"))
    browser = at_desk(alice)
    first = browser.get(SHELVES, {"split": "train"})
    assert len(first.context["tiles"]) == 24
    assert "1 to 24 of 26" in first.content.decode()
    second = browser.get(first.context["older_url"])
    assert [tile["image"].name for tile in second.context["tiles"]] == ["1.png", "0.png"]
    assert second.context["older_url"] == ""
    assert "split=train" in second.context["newer_url"]


@pytest.mark.parametrize("value", ["\x00", "x" * 300, "-1", "9" * 30, "💥", "a b c d e f g h i j k l", "%FF", "all"])
def test_hostile_queries_are_answered_with_a_page(alice: User, image: Image, value: str) -> None:
    browser = at_desk(alice)
    for name in ("query", "split", "status", "class_name", "tag", "page"):
        assert browser.get(SHELVES, {name: value}).status_code in (200, 303)
    assert browser.get(PROJECTS, {"page": value}).status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "x" * 200, "SHELVES", "carol"])
def test_what_is_not_there_is_not_found(alice: User, image: Image, slug: str) -> None:
    browser = at_desk(alice)
    paths = (f"{PROJECTS}/{slug}", f"{SHELVES}/images/{slug}", f"{SHELVES}/images/{slug}/thumbnail")
    assert [browser.get(path).status_code for path in paths] == [404] * 3


def test_a_project_in_the_trash_is_not_found(alice: User, image: Image) -> None:
    Project.objects.update(deleted_at=image.created_at)
    for path in (SHELVES, address_of(image), address_of(image, "thumbnail")):
        assert at_desk(alice).get(path).status_code == 404


def test_one_and_many_cost_the_same(alice: User, bob: User, image: Image, shelves: Project, acme: Workspace) -> None:
    browsers = [at_desk(alice), at_desk(bob)]
    builders.make_job(shelves, bob, image)
    write_change(image)

    def costs() -> list[int]:
        pages = (PROJECTS, SHELVES, address_of(image))
        return [statements_of(lambda b=b, p=p: b.get(p)) for b in browsers for p in pages]  # type: ignore[misc]

    costs()
    few = costs()
    for number in range(20):
        more = builders.make_image(shelves, f"{number}.png", tags=[f"tag-{number}"])
        builders.make_annotations(more, BOX, POLYGON, NewAnnotation(f"class-{number % 5}"))
        builders.make_job(shelves, bob, more)
        write_change(more)
        builders.make_project(acme, f"Project {number}")
    builders.make_annotations(image, *[BOX] * 30)
    assert costs() == few
    assert max(few) <= 18


def test_looking_leaves_a_row_and_loading_the_bytes_does_not(alice: User, image: Image) -> None:
    browser = at_desk(alice)
    before = AuditEvent.objects.count()
    browser.get(address_of(image, "thumbnail"))
    assert AuditEvent.objects.count() == before
    browser.get(address_of(image))
    seen = AuditEvent.objects.filter(action="view_image", target=f"acme/shelves/{image.public_id}").get()
    assert (seen.via, seen.actor_email) == ("web", "alice@demo.local")
