"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People."""

    name = "roboflow_auth.accounts"
    label = "accounts"
    verbose_name = _("People")
