"""Thumbnails: the links in answers lead to them for an hour, without a session, and nothing else does."""

from __future__ import annotations

import io
import time

import pytest
from django.core.files.storage import default_storage
from django.core.signing import TimestampSigner
from django.http import HttpResponse
from django.test import Client, RequestFactory
from PIL import Image as Picture

from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.middleware import RequestContextMiddleware
from roboflow_auth.core.request_context import RequestContext, current_request, request_scope
from roboflow_auth.images.models import Image
from roboflow_auth.images.selectors import search_images, view_image
from roboflow_auth.projects.services import delete_project, restore_project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_image, make_picture, make_principal, make_project


@pytest.fixture
def image(acme: Workspace) -> Image:
    """Return an image of Acme, larger than a thumbnail."""
    return make_image(make_project(acme), "a.png", make_picture("teal", (640, 480)))


@pytest.fixture
def link(alice: User, acme: Workspace, image: Image) -> str:
    """Return the link that Alice was given."""
    return view_image(make_principal(alice, acme), "shelves", image.public_id).thumbnail_url


def test_whoever_holds_the_link_sees_the_thumbnail_and_nobody_keeps_it_for_others(client: Client, link: str) -> None:
    assert link.startswith("http://testserver/thumbnails/")
    answer = client.get(link)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, max-age=3600, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Picture.open(io.BytesIO(answer.content)).size == (320, 240)
    assert "Set-Cookie" not in answer
    assert client.head(link).status_code == 200
    assert client.post(link).status_code == 405


def test_a_search_gives_links_too(client: Client, alice: User, acme: Workspace, image: Image) -> None:
    (summary,) = search_images(make_principal(alice, acme), "shelves").images
    assert client.get(summary.thumbnail_url).status_code == 200


def test_links_begin_with_the_name_by_which_the_caller_knows_the_server(
    alice: User, acme: Workspace, image: Image
) -> None:
    with request_scope(RequestContext(issuer="http://localhost:4321")):
        view = view_image(make_principal(alice, acme), "shelves", image.public_id)
    assert view.thumbnail_url.startswith("http://localhost:4321/thumbnails/")


@pytest.mark.parametrize(
    "host, issuer",
    [
        ("testserver", "http://testserver"),
        ("localhost:4321", "http://localhost:4321"),
        ("[::1]:80", "http://[::1]:80"),
        ("evil.example", "http://testserver"),
        ("[bad", "http://testserver"),
        ("", "http://testserver"),
    ],
)
def test_a_page_request_knows_the_name_that_was_typed_if_it_is_ours(host: str, issuer: str) -> None:
    answer = RequestContextMiddleware(lambda request: HttpResponse(current_request().issuer))(
        RequestFactory().get("/", HTTP_HOST=host)
    )
    assert isinstance(answer, HttpResponse)
    assert answer.content.decode() == issuer


def test_a_link_dies_after_an_hour(client: Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3590)
    assert client.get(link).status_code == 200
    monkeypatch.setattr("time.time", lambda: now + 3602)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("signed", ["x", "a:b:c", "::", "%00", "%ED%A0%80", "x" * 5000])
def test_what_was_not_signed_here_leads_nowhere(client: Client, image: Image, signed: str) -> None:
    assert client.get(f"/thumbnails/{signed}").status_code == 404
    assert client.get(f"/thumbnails/{image.public_id}").status_code == 404


def test_a_link_cannot_be_bent_to_another_image_or_made_for_another_purpose(
    client: Client, link: str, image: Image
) -> None:
    other = make_image(image.project)
    assert client.get(link.replace(image.public_id, other.public_id)).status_code == 404
    assert client.get(f"/thumbnails/{TimestampSigner().sign(image.public_id)}").status_code == 404


def test_what_is_gone_is_not_found(client: Client, alice: User, acme: Workspace, image: Image, link: str) -> None:
    owner = make_principal(alice, acme)
    delete_project(owner, "shelves")
    assert client.get(link).status_code == 404
    restore_project(owner, "acme/shelves")
    assert client.get(link).status_code == 200
    default_storage.delete(f"thumbnails/{image.sha256[:2]}/{image.sha256}.jpg")
    assert client.get(link).status_code == 404
    image.delete()
    assert client.get(link).status_code == 404


def test_neither_a_stranger_nor_a_labeler_without_the_job_is_given_a_link(
    bob: User, carol: User, acme: Workspace, image: Image
) -> None:
    for caller in (make_principal(bob, acme), make_principal(carol, Workspace.objects.get(slug="carol"))):
        with pytest.raises(NotFound):
            view_image(caller, "acme/shelves", image.public_id)
