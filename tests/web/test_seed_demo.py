"""The demo: what `manage.py seed_demo` leaves behind, once and for all."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import override_settings
from PIL import Image as Picture
from pytest_django import DjangoAssertNumQueries

import mcp_server.tools  # noqa: F401 - importing the tools fills the registry.
from mcp_server.registry import list_tools
from roboflow_auth.access.principal import Principal
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.images.models import Image
from roboflow_auth.images.selectors import search_images, view_image
from roboflow_auth.images.storage import read_original
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.selectors import list_projects
from roboflow_auth.projects.services import delete_project
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.builders import PASSWORD, make_principal


def seed(**options: bool) -> str:
    """Run the command and return what it printed."""
    output = io.StringIO()
    call_command("seed_demo", stdout=output, **options)
    return output.getvalue()


def principal_of(name: str, workspace: str) -> Principal:
    """Return one of the demo's people in a workspace."""
    return make_principal(User.objects.get(email=f"{name}@demo.local"), Workspace.objects.get(slug=workspace))


@pytest.mark.django_db
def test_the_demo_has_people_workspaces_projects_and_images_that_fit_their_annotations(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert seed().count("\n") == 1
    _people_can_sign_in()
    _everyone_is_where_they_belong()
    _bob_sees_his_job_only()
    _images_are_real_and_annotated()
    _its_past_is_told_in_order_and_by_tools_that_there_are()
    _a_second_run_does_nothing(django_assert_max_num_queries)
    _what_was_deleted_stays_deleted()


def _people_can_sign_in() -> None:
    for name in ("alice", "bob", "carol", "staff"):
        user = User.objects.get(email=f"{name}@demo.local")
        assert user.check_password(PASSWORD)
        assert user.password.startswith("argon2")
        address = EmailAddress.objects.get(user=user)
        assert (address.email, address.verified, address.primary) == (user.email, True, True)
        assert (user.is_staff, user.is_superuser) == (name == "staff", name == "staff")


def _everyone_is_where_they_belong() -> None:
    rows = Membership.objects.values_list("user__name", "workspace__slug", "workspace__name", "role")
    assert set(rows) == {
        ("Alice Moreau", "acme", "Acme Robotics", "owner"),
        ("Bob Okafor", "acme", "Acme Robotics", "labeler"),
        ("Alice Moreau", "alice", "Alice's workspace", "owner"),
        ("Carol Lindt", "carol", "Carol's workspace", "owner"),
    }
    found = list_projects(principal_of("alice", "acme"))
    assert {view.type for view in found.projects} == {
        "object-detection",
        "instance-segmentation",
        "single-label-classification",
    }
    assert all(view.classes and 0 < view.annotated_images < view.images for view in found.projects)
    assert (
        list_projects(principal_of("alice", "alice")).total == list_projects(principal_of("carol", "carol")).total == 1
    )


def _bob_sees_his_job_only() -> None:
    found = search_images(principal_of("bob", "acme"), "warehouse-shelves")
    assert found.total == 8
    assert {image.status for image in found.images} >= {"unannotated", "approved"}
    assert search_images(principal_of("bob", "acme"), "pcb-defects").total == 0
    assert search_images(principal_of("alice", "acme"), "warehouse-shelves").total == 18


def _images_are_real_and_annotated() -> None:
    images = list(Image.objects.select_related("project__workspace"))
    assert 40 <= len(images) <= 60
    assert {image.split for image in images} == {"train", "valid", "test"}
    assert {image.status for image in images} == {"unannotated", "annotated", "approved", "rejected"}
    assert {image.in_dataset for image in images} == {True, False}
    for image in images:
        assert Picture.open(io.BytesIO(read_original(image.sha256))).size == (image.width, image.height) == (640, 480)
    carton = Image.objects.filter(annotations__project_class__name="carton", tags__name="day").first()
    assert carton is not None
    _annotations_fit_the_pixels(carton)


def _annotations_fit_the_pixels(image: Image) -> None:
    """A carton's box is brown just inside of its edges and is not just outside of them."""
    picture = Picture.open(io.BytesIO(read_original(image.sha256))).convert("RGB")
    view = view_image(principal_of("alice", "acme"), "warehouse-shelves", image.public_id)
    cartons = [
        annotation.box for annotation in view.annotations if annotation.class_name == "carton" and annotation.box
    ]
    assert cartons
    for box in cartons:
        y = round(box.y + 8)
        for inside, outside in ((box.x + 3, box.x - 3), (box.x + box.width - 4, box.x + box.width + 3)):
            assert _is_brown(picture.getpixel((round(inside), y)))
            assert not _is_brown(picture.getpixel((round(outside), y)))


def _is_brown(pixel: Any) -> bool:
    red, _, blue = pixel
    return bool(red - blue > 35)


def _its_past_is_told_in_order_and_by_tools_that_there_are() -> None:
    rows = list(AuditEvent.objects.order_by("pk"))
    times = [row.occurred_at for row in rows]
    assert times == sorted(times)
    tools = {(tool.name, str(tool.action)) for tool in list_tools()}
    assert {(row.tool, row.action) for row in rows if row.tool} <= tools
    first_call = next(row.occurred_at for row in rows if row.client_name)
    assert Image.objects.filter(project__workspace__slug="acme", created_at__gte=first_call).count() == 0


def _a_second_run_does_nothing(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    before, started = AuditEvent.objects.count(), time.monotonic()
    with django_assert_max_num_queries(9):
        assert seed() == ""
    assert time.monotonic() - started < 0.5
    assert AuditEvent.objects.count() == before


def _what_was_deleted_stays_deleted() -> None:
    bob = User.objects.get(email="bob@demo.local")
    bob.set_password("another-password")
    bob.save()
    delete_project(principal_of("alice", "acme"), "pcb-defects")
    Membership.objects.filter(user=bob).delete()
    assert seed() == ""
    bob.refresh_from_db()
    assert bob.check_password("another-password")
    assert not bob.memberships.exists()
    assert Project.objects.get(slug="pcb-defects").deleted_at is not None


@pytest.mark.django_db
@override_settings(DEVELOPMENT=False)
def test_a_password_that_everyone_knows_does_not_reach_production() -> None:
    with pytest.raises(CommandError, match="development"):
        seed()
    assert not User.objects.exists()


@override_settings(DEVELOPMENT=False)
def test_someone_may_insist(carol: User, alice: User) -> None:
    assert seed(force=True)
    # Carol had a workspace before; it is hers, and stays as it was.
    assert not Project.objects.filter(workspace__slug="carol").exists()
    assert Project.objects.filter(workspace__slug="alice").count() == 1
