"""The app's configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API."""

    name = "roboflow_auth.api"
    label = "api"
