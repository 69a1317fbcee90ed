"""/projects/{project}/images and its images."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.images.models import Image
from roboflow_auth.images.shapes import Box, NewAnnotation
from tests import builders
from tests.api.client import ACME, ROOT, ApiClient, rows

IMAGES = f"{ACME}/projects/shelves/images"


def test_an_image_is_shown_with_what_is_marked_on_it(as_alice: ApiClient, picture: Image) -> None:
    builders.make_annotations(picture, NewAnnotation("box", Box(1, 2, 30, 40)))
    found = as_alice.result("GET", f"{IMAGES}/{picture.public_id}")
    assert (found["id"], found["project_id"], found["name"]) == (picture.public_id, "acme/shelves", "aisle 7.png")
    assert (found["width"], found["height"], found["tags"]) == (64, 48, ["night"])
    [annotation] = found["annotations"]
    assert (annotation["class_name"], annotation["kind"]) == ("box", "box")
    assert annotation["box"] == {"x": 1, "y": 2, "width": 30, "height": 40}
    assert rows() == [("view_image", f"acme/shelves/{picture.public_id}", "allowed", "")]


def test_a_thumbnails_url_works_without_a_credential(as_alice: ApiClient, nobody: ApiClient, picture: Image) -> None:
    url = as_alice.result("GET", f"{IMAGES}/{picture.public_id}")["thumbnail_url"]
    answer = nobody.send("GET", url.removeprefix("http://testserver"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")


def test_images_are_searched_newest_first(as_alice: ApiClient, picture: Image) -> None:
    builders.make_image(picture.project, "dock.png")
    found = as_alice.result("GET", IMAGES)
    assert [image["name"] for image in found["images"]] == ["dock.png", "aisle 7.png"]
    assert (found["total"], found["limit"], found["offset"]) == (2, 50, 0)
    assert rows() == [("view_image", "acme/shelves", "allowed", "")]


@pytest.mark.parametrize("query", [
    "query=aisle", "query=NIGHT+7", "tag=night", "class_name=box", "in_dataset=false", "limit=1&offset=1",
    "query=aisle&tag=night&class_name=box&in_dataset=false&limit=200&offset=0",
])  # fmt: skip
def test_every_condition_finds_its_images(as_alice: ApiClient, picture: Image, query: str) -> None:
    builders.make_annotations(picture, NewAnnotation("box"))
    builders.make_image(picture.project, "dock.png")
    Image.objects.filter(name="dock.png").update(in_dataset=True)
    names = [image["name"] for image in as_alice.result("GET", f"{IMAGES}?{query}")["images"]]
    assert names == ["aisle 7.png"]


@pytest.mark.parametrize("query", ["query=dock", "tag=day", "class_name=bo", "in_dataset=true", "offset=1"])
def test_every_condition_leaves_out_what_does_not_fit(as_alice: ApiClient, picture: Image, query: str) -> None:
    assert as_alice.result("GET", f"{IMAGES}?{query}")["images"] == []


@pytest.mark.parametrize("query", ["query=", "query=*", "query=&tag=&class_name="])
def test_an_empty_condition_is_none(as_alice: ApiClient, picture: Image, query: str) -> None:
    assert as_alice.result("GET", f"{IMAGES}?{query}")["total"] == 1


@pytest.mark.parametrize("query", [
    "in_dataset=perhaps", "query=" + "x" * 255, "query=" + "+".join("abcdefghijk"), "tag=" + "x" * 255, "batch=1",
])  # fmt: skip
def test_a_condition_that_cannot_be_is_refused(as_alice: ApiClient, picture: Image, query: str) -> None:
    assert as_alice.problem("GET", f"{IMAGES}?{query}", status=422)["code"] == "validation_error"
    assert rows() == [("view_image", "acme/shelves", "refused", "invalid")]


@pytest.mark.parametrize("image_id", ["absent", "%00", "x" * 300, "%FF"])
def test_an_id_that_names_nothing_is_not_found(as_alice: ApiClient, picture: Image, image_id: str) -> None:
    as_alice.problem("GET", f"{IMAGES}/{image_id}", status=404)


def test_a_labeler_sees_the_images_of_the_jobs_assigned_to_them(as_bob: ApiClient, bob: User, picture: Image) -> None:
    assert as_bob.result("GET", IMAGES)["total"] == 0
    as_bob.problem("GET", f"{IMAGES}/{picture.public_id}", status=404)
    builders.make_job(picture.project, bob, picture)
    assert as_bob.result("GET", IMAGES)["total"] == 1
    assert as_bob.result("GET", f"{IMAGES}/{picture.public_id}")["name"] == "aisle 7.png"


def test_to_a_stranger_images_are_absent(as_carol: ApiClient, picture: Image) -> None:
    for path in (IMAGES, f"{IMAGES}/{picture.public_id}", f"{ROOT}/workspaces/carol/projects/shelves/images"):
        as_carol.problem("GET", path, status=404)
