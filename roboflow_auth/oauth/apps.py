"""The app's configuration."""

from django.apps import AppConfig


class OauthConfig(AppConfig):
    """The authorization server."""

    name = "roboflow_auth.oauth"
    label = "oauth"
