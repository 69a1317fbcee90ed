"""The app's configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "roboflow_auth.audit"
    label = "audit"
