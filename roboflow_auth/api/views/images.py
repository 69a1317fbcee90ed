"""Images."""

from __future__ import annotations

from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.serializers import ImageSearch
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.images.selectors import search_images, view_image
from roboflow_auth.images.shapes import ImageList, ImageView


class Images(ResourceView):
    """The images of a project."""

    tag = "Images"
    actions = {"GET": Action.VIEW_IMAGE}
    queries = {"GET": ImageSearch}

    def get(self, request: Request, workspace: str, project: str) -> ImageList:
        """Search images.

        Newest first; all conditions must hold. A labeler finds the images of the jobs assigned to them.
        """
        return search_images(self.caller, project, **self.inputs)


class ImageResource(ResourceView):
    """An image."""

    tag = "Images"
    actions = {"GET": Action.VIEW_IMAGE}

    def get(self, request: Request, workspace: str, project: str, image: str) -> ImageView:
        """Show an image.

        With its metadata and annotations, in pixels of the original. `thumbnail_url` works for an hour, without a
        credential.
        """
        return view_image(self.caller, project, image)
