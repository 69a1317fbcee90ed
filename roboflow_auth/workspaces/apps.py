"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspacesConfig(AppConfig):
    """Workspaces."""

    name = "roboflow_auth.workspaces"
    label = "workspaces"
    verbose_name = _("Workspaces")
