"""The app's configuration."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """Images."""

    name = "roboflow_auth.images"
    label = "images"
