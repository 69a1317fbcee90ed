"""Fixtures of the MCP tests: the application with its lifespan running, and credentials of the cast."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from PIL import Image as Pillow

from mcp_server import registry
from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.principal import Principal
from roboflow_auth.accounts.models import User
from roboflow_auth.asgi import application
from roboflow_auth.images.services import add_image
from roboflow_auth.images.shapes import ImageView
from roboflow_auth.projects.services import create_project
from roboflow_auth.projects.shapes import ProjectView
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.selectors import principal_of_member
from tests import builders
from tests.mcp_server.client import McpClient, running


@pytest.fixture(scope="session")
def mcp(django_db_setup: None) -> Iterator[McpClient]:
    """Return a client of the application, whose event loop runs in a thread of its own as under a server."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(application)):
        yield McpClient(portal, application)


@pytest.fixture
def alice_token(alice: User, acme: Workspace) -> str:
    """Return a token with every workspace scope of Alice, who owns Acme."""
    return builders.make_token(alice, acme, WORKSPACE_SCOPES)


@pytest.fixture
def bob_token(bob: User, acme: Workspace) -> str:
    """Return a token with every workspace scope of Bob, who labels in Acme."""
    return builders.make_token(bob, acme, WORKSPACE_SCOPES)


@pytest.fixture
def carol_token(carol: User) -> str:
    """Return a token with every workspace scope of Carol, for the workspace that is her own."""
    return builders.make_token(carol, Workspace.objects.get(slug="carol"), WORKSPACE_SCOPES)


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
