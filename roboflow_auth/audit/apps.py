"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The audit log."""

    name = "roboflow_auth.audit"
    label = "audit"
    verbose_name = _("Audit log")
