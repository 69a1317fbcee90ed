"""Images in Django admin."""

from __future__ import annotations

import pytest
from django.db.models import RestrictedError
from django.test import Client
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_annotations, make_image, make_project


def test_staff_look_at_images_but_add_none(client: Client, staff: User, acme: Workspace) -> None:
    image = make_image(make_project(acme), "a.png", tags=["night"])
    make_annotations(image, NewAnnotation("carton", Box(0, 0, 5, 5)))
    client.force_login(staff)
    assert b"a.png" in client.get(reverse("admin:images_image_changelist")).content
    page = client.get(reverse("admin:images_image_change", args=[image.pk])).content
    assert b"night" in page
    assert b"carton" in page
    assert client.get(reverse("admin:images_image_add")).status_code == 403


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_gets_in(client: Client, request: pytest.FixtureRequest, acme: Workspace, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("admin:images_image_changelist")).status_code == 302


def test_staff_can_delete_a_whole_project_but_not_a_class_that_is_in_use(
    client: Client, staff: User, acme: Workspace
) -> None:
    project = make_project(acme)
    make_annotations(make_image(project), NewAnnotation("carton"))
    with pytest.raises(RestrictedError):
        project.classes.get().delete()
    client.force_login(staff)
    answer = client.post(reverse("admin:projects_project_delete", args=[project.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert not Project.objects.exists()
