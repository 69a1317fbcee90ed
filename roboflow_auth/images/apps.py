"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    """Images."""

    name = "roboflow_auth.images"
    label = "images"
    verbose_name = _("Images")
