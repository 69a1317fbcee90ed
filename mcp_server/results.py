"""What a tool may return besides a plain shape, and how either becomes a tool result."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mcp_types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import TypeAdapter

ShapeT = TypeVar("ShapeT")


@dataclass(frozen=True, slots=True)
class Illustrated(Generic[ShapeT]):
    """A shape, and a picture for the model to look at: its bytes, empty where there is none, and its media type."""

    shape: ShapeT
    picture: bytes
    media_type: str


def tool_result(returned: Any, result_type: TypeAdapter[Any]) -> CallToolResult:
    """Return the tool result for what a tool returned, whose shape is `result_type`.

    The text is the same as the structured content, since clients before 2025-06-18, and many later ones, show the
    model nothing else.
    """
    pictures: list[ContentBlock] = []
    if isinstance(returned, Illustrated):
        if returned.picture:
            data = base64.b64encode(returned.picture).decode("ascii")
            pictures = [ImageContent(type="image", data=data, mime_type=returned.media_type)]
        returned = returned.shape
    text = TextContent(type="text", text=result_type.dump_json(returned).decode())
    return CallToolResult(
        content=[text, *pictures], structured_content=result_type.dump_python(returned, mode="json"), is_error=False
    )
