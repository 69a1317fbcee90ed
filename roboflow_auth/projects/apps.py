"""The app's configuration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects."""

    name = "roboflow_auth.projects"
    label = "projects"
