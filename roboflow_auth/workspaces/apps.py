"""The app's configuration."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """Workspaces."""

    name = "roboflow_auth.workspaces"
    label = "workspaces"
