"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Projects."""

    name = "roboflow_auth.projects"
    label = "projects"
    verbose_name = _("Projects")
