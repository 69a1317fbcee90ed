"""Annotation jobs in Django admin, and what giving one to somebody does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.images.selectors import search_images
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_image, make_job, make_principal, make_project


def test_giving_a_job_to_a_labeler_shows_them_its_images_at_once(
    client: Client, staff: User, alice: User, bob: User, acme: Workspace
) -> None:
    project = make_project(acme)
    job = make_job(project, alice, make_image(project))
    assert search_images(make_principal(bob, acme), "shelves").total == 0
    client.force_login(staff)
    change = reverse("admin:labeling_annotationjob_change", args=[job.pk])
    answer = client.post(change, {"name": "Job", "labeler": bob.pk, "reviewer": alice.pk, "status": "assigned"})
    assert answer.status_code == 302
    assert search_images(make_principal(bob, acme), "shelves").total == 1
    assert b"Job" in client.get(reverse("admin:labeling_annotationjob_changelist")).content


def test_a_job_outlives_the_people_it_names(alice: User, bob: User, acme: Workspace) -> None:
    project = make_project(acme)
    job = make_job(project, bob, make_image(project))
    bob.delete()
    job.refresh_from_db()
    assert (job.labeler, job.images.count()) == (None, 1)


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_but_staff_gets_in(client: Client, request: pytest.FixtureRequest, acme: Workspace, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("admin:labeling_annotationjob_changelist")).status_code == 302
