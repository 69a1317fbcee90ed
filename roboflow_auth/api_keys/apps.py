"""The app's configuration."""

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    """API keys."""

    name = "roboflow_auth.api_keys"
    label = "api_keys"
