"""The tools about images."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mcp_server.arguments import Limit, Offset, ProjectId
from mcp_server.caller import Caller
from mcp_server.registry import tool
from mcp_server.results import Illustrated
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.errors import NotFound
from roboflow_auth.images.selectors import read_thumbnail, search_images, view_image
from roboflow_auth.images.shapes import ImageList, ImageView
from roboflow_auth.images.storage import THUMBNAIL_CONTENT_TYPE

_Query = Annotated[
    str,
    Field(
        description="Words that must all occur in the file name, a tag or a class on the image; "
        "`*` or an empty text finds every image."
    ),
]
_Tag = Annotated[str, Field(description="Only images with exactly this tag.")]
_ClassName = Annotated[str, Field(description="Only images on which something of exactly this class is annotated.")]
_InDataset = Annotated[
    bool | None, Field(description="Only images that are in the dataset (true) or not yet in it (false).")
]
_ImageId = Annotated[str, Field(description="The image's `id` as images_search returns it.")]


@tool(Action.VIEW_IMAGE, read_only=True)
def images_search(
    caller: Caller,
    project_id: ProjectId,
    query: _Query,
    limit: Limit = 50,
    offset: Offset = 0,
    tag: _Tag = "",
    class_name: _ClassName = "",
    in_dataset: _InDataset = None,
) -> ImageList:
    """Search the images of a project, newest first.

    All conditions must hold. Returns name, size, tags, classes and state of each image, and the total; images_get
    shows one of them with its annotations.
    """
    return search_images(
        caller, project_id, query, limit=limit, offset=offset, tag=tag, class_name=class_name, in_dataset=in_dataset
    )


@tool(Action.VIEW_IMAGE, read_only=True)
def images_get(caller: Caller, project_id: ProjectId, image_id: _ImageId) -> Illustrated[ImageView]:
    """Show one image: a thumbnail that you can look at, its metadata and its annotations.

    Boxes and polygons are in pixels of the original, `width` by `height`; the thumbnail is smaller. Give the person
    `thumbnail_url` to see it; it works for an hour.
    """
    image = view_image(caller, project_id, image_id)
    return Illustrated(image, _thumbnail_of(image), THUMBNAIL_CONTENT_TYPE)


def _thumbnail_of(image: ImageView) -> bytes:
    try:
        return read_thumbnail(image.thumbnail_url.rpartition("/")[2])
    except NotFound:
        # The storage has lost the bytes; what the database knows of the image is still worth an answer.
        return b""
