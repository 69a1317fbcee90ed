"""images_search and images_get."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.images.shapes import ImageView
from roboflow_auth.projects.shapes import ProjectView
from tests.mcp_server.client import McpClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("arguments", "total"), [
    ({"query": ""}, 1), ({"query": "*"}, 1), ({"query": "aisle"}, 1), ({"query": "aisle 8"}, 0),
    ({"query": "", "tag": "night"}, 1), ({"query": "", "tag": "day"}, 0), ({"query": "", "class_name": "box"}, 0),
    ({"query": "", "in_dataset": True}, 0), ({"query": "", "in_dataset": False}, 1),
    ({"query": "", "in_dataset": None}, 1), ({"query": "", "offset": 1}, 1),
])  # fmt: skip
def test_images_are_found_by_all_conditions(
    mcp: McpClient, alice_token: str, shelves: ProjectView, picture: ImageView, arguments: dict[str, Any], total: int
) -> None:
    found = mcp.result("images_search", {"project_id": shelves.id, **arguments}, token=alice_token)
    assert found["total"] == total


def test_the_model_can_look_at_an_image(
    mcp: McpClient, alice_token: str, shelves: ProjectView, picture: ImageView
) -> None:
    arguments = {"project_id": shelves.id, "image_id": picture.id}
    result = mcp.call("images_get", arguments, token=alice_token).json()["result"]
    shape = result["structuredContent"]
    assert (shape["id"], shape["width"], shape["height"], shape["tags"]) == (picture.id, 640, 480, ["night"])
    text, image = result["content"]
    assert text["type"] == "text"
    assert (image["type"], image["mimeType"]) == ("image", "image/jpeg")
    assert Pillow.open(io.BytesIO(base64.b64decode(image["data"]))).size == (320, 240)
    assert AuditEvent.objects.filter(via="mcp").count() == 1


@pytest.mark.parametrize("host", ["testserver", "127.0.0.1:8000"])
def test_links_begin_with_the_address_that_the_client_used(
    mcp: McpClient, alice_token: str, shelves: ProjectView, picture: ImageView, host: str
) -> None:
    params = {"name": "images_get", "arguments": {"project_id": shelves.id, "image_id": picture.id}}
    answer = mcp.rpc("tools/call", params, token=alice_token, headers={"Host": host})
    url = answer.json()["result"]["structuredContent"]["thumbnail_url"]
    assert url.startswith(f"http://{host}/thumbnails/")


def test_an_image_whose_bytes_are_lost_is_still_described(
    mcp: McpClient, alice_token: str, shelves: ProjectView, picture: ImageView, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "thumbnails")
    arguments = {"project_id": shelves.id, "image_id": picture.id}
    [text] = mcp.call("images_get", arguments, token=alice_token).json()["result"]["content"]
    assert text["type"] == "text"


def test_a_labeler_sees_no_image_that_is_not_assigned(
    mcp: McpClient, bob_token: str, shelves: ProjectView, picture: ImageView
) -> None:
    assert mcp.result("images_search", {"project_id": shelves.id, "query": ""}, token=bob_token)["total"] == 0
    arguments = {"project_id": shelves.id, "image_id": picture.id}
    assert mcp.error("images_get", arguments, token=bob_token)["code"] == "not_found"


def test_to_a_stranger_images_are_absent(
    mcp: McpClient, carol_token: str, shelves: ProjectView, picture: ImageView
) -> None:
    search = {"project_id": shelves.id, "query": ""}
    assert mcp.error("images_search", search, token=carol_token)["code"] == "not_found"
    arguments = {"project_id": shelves.id, "image_id": picture.id}
    assert mcp.error("images_get", arguments, token=carol_token)["code"] == "not_found"
