"""Fixtures of the API's tests: the cast, each with every workspace scope, and something to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.images.models import Image
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ApiClient


@pytest.fixture
def as_alice(alice: User, acme: Workspace) -> ApiClient:
    """Return Alice, who owns Acme."""
    return ApiClient(builders.make_token(alice, acme, WORKSPACE_SCOPES, resource=Resource.API))


@pytest.fixture
def as_bob(bob: User, acme: Workspace) -> ApiClient:
    """Return Bob, who labels in Acme."""
    return ApiClient(builders.make_token(bob, acme, WORKSPACE_SCOPES, resource=Resource.API))


@pytest.fixture
def as_carol(carol: User) -> ApiClient:
    """Return Carol, in the workspace that is her own."""
    own = Workspace.objects.get(slug="carol")
    return ApiClient(builders.make_token(carol, own, WORKSPACE_SCOPES, resource=Resource.API))


@pytest.fixture
def nobody(db: None) -> ApiClient:
    """Return a caller without a credential."""
    return ApiClient()


@pytest.fixture
def shelves(acme: Workspace) -> Project:
    """Return a project of Acme."""
    return builders.make_project(acme)


@pytest.fixture
def picture(shelves: Project, settings: Any, tmp_path: Path) -> Image:
    """Return an image of the project, with real bytes in a storage of this test alone."""
    settings.MEDIA_ROOT = tmp_path
    return builders.make_image(shelves, "aisle 7.png", tags=["night"])
