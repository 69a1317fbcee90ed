"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OauthConfig(AppConfig):
    """The authorization server."""

    name = "roboflow_auth.oauth"
    label = "oauth"
    verbose_name = _("Authorization server")
