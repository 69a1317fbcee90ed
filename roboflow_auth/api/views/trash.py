"""The trash."""

from __future__ import annotations

from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.projects.selectors import list_trash
from roboflow_auth.projects.services import restore_project
from roboflow_auth.projects.shapes import ProjectView, TrashList


class Trash(ResourceView):
    """What can be restored."""

    tag = "Trash"
    actions = {"GET": Action.VIEW_TRASH}

    def get(self, request: Request, workspace: str) -> TrashList:
        """List the trash.

        The latest first. Each item says who deleted it, when, and until when it can be restored.
        """
        return list_trash(self.caller)


class TrashRestore(ResourceView):
    """Taking something back out of the trash."""

    tag = "Trash"
    actions = {"POST": Action.RESTORE_PROJECT}

    def post(self, request: Request, workspace: str, item: str) -> ProjectView:
        """Restore a project.

        With all its images. Doing it again changes nothing.
        """
        return restore_project(self.caller, item)
