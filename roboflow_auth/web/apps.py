"""The app's configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages."""

    name = "roboflow_auth.web"
    label = "web"
