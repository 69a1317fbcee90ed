"""Fixtures of the MCP tests: the application with its lifespan running, and credentials of the cast."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from mcp_server import registry
from roboflow_auth.access.principal import Principal
from roboflow_auth.accounts.models import User
from roboflow_auth.images.services import add_image
from roboflow_auth.images.shapes import ImageView
from roboflow_auth.projects.services import create_project
from roboflow_auth.projects.shapes import ProjectView
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.selectors import principal_of_member


@pytest.fixture
def alice_principal(alice: User, acme: Workspace) -> Principal:
    """Return Alice in a browser, in Acme."""
    return principal_of_member(Membership.objects.select_related("user", "workspace").get(user=alice, workspace=acme))


@pytest.fixture
def shelves(alice_principal: Principal) -> ProjectView:
    """Return a project of Acme without images."""
    return create_project(alice_principal, name="Shelves", project_type="object-detection", annotation="shelves")


@pytest.fixture
def picture(alice_principal: Principal, shelves: ProjectView, settings: Any, tmp_path: Path) -> ImageView:
    """Return an image of the project, with real bytes in the storage."""
    settings.MEDIA_ROOT = tmp_path
    stream = io.BytesIO()
    Pillow.new("RGB", (640, 480), "teal").save(stream, "PNG")
    return add_image(alice_principal, shelves.id, "aisle 7.png", stream.getvalue(), tags=["night"]).image


@pytest.fixture
def own_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register tools of its own, which are gone when it is over."""
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
