"""Projects."""

from __future__ import annotations

from django.urls import reverse
from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.serializers import NewProject, Paging
from roboflow_auth.api.views.resource import Created, ResourceView
from roboflow_auth.projects.selectors import list_projects, view_project
from roboflow_auth.projects.services import create_project, delete_project
from roboflow_auth.projects.shapes import ProjectList, ProjectView, TrashItem


class Projects(ResourceView):
    """The projects of a workspace."""

    tag = "Projects"
    actions = {"GET": Action.VIEW_PROJECT, "POST": Action.CREATE_PROJECT}
    queries = {"GET": Paging}
    bodies = {"POST": NewProject}

    def get(self, request: Request, workspace: str) -> ProjectList:
        """List the projects.

        Newest first. Projects in the trash are not among them. The counts are of images that you can see.
        """
        return list_projects(self.caller, **self.inputs)

    def post(self, request: Request, workspace: str) -> Created[ProjectView]:
        """Create a project.

        It is empty at first. Sending this twice makes two projects.
        """
        inputs = self.inputs
        project = create_project(
            self.caller,
            name=inputs["name"],
            project_type=inputs["type"],
            annotation=inputs["annotation"],
            license=inputs["license"],
        )
        names = {"workspace": workspace, "project": project.id.partition("/")[2]}
        return Created(project, reverse("api:project", kwargs=names))


class ProjectResource(ResourceView):
    """A project."""

    tag = "Projects"
    actions = {"GET": Action.VIEW_PROJECT, "DELETE": Action.DELETE_PROJECT}

    def get(self, request: Request, workspace: str, project: str) -> ProjectView:
        """Show a project."""
        return view_project(self.caller, project)

    def delete(self, request: Request, workspace: str, project: str) -> TrashItem:
        """Move a project to the trash.

        It disappears for everyone, with all its images, and can be restored until `expires_at`. Doing it again changes
        nothing.
        """
        return delete_project(self.caller, project)
