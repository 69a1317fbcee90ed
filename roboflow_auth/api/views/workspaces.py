"""The caller, the workspace, and its members."""

from __future__ import annotations

from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.serializers import Paging
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.workspaces.selectors import list_members, view_caller, view_workspace
from roboflow_auth.workspaces.shapes import CallerView, MemberList, WorkspaceView


class Me(ResourceView):
    """Who is asking."""

    tag = "Workspace"
    actions = {"GET": Action.VIEW_WORKSPACE}

    def get(self, request: Request) -> CallerView:
        """Show who you are.

        A credential acts for one person in one workspace. The answer names both, the person's role there, the scopes
        that were lent, and the actions that role and scopes together allow now.
        """
        return view_caller(self.caller)


class WorkspaceResource(ResourceView):
    """A workspace."""

    tag = "Workspace"
    actions = {"GET": Action.VIEW_WORKSPACE}

    def get(self, request: Request, workspace: str) -> WorkspaceView:
        """Show the workspace."""
        return view_workspace(self.caller, workspace)


class Members(ResourceView):
    """The people of a workspace."""

    tag = "Workspace"
    actions = {"GET": Action.VIEW_MEMBER}
    queries = {"GET": Paging}

    def get(self, request: Request, workspace: str) -> MemberList:
        """List the members.

        In the order in which they joined.
        """
        return list_members(self.caller, **self.inputs)
