"""The app's configuration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People."""

    name = "roboflow_auth.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Have sign-outs written down; there are three doors out, and one signal that all of them send."""
        from roboflow_auth.accounts.journal import sign_out_was_noticed  # noqa: PLC0415 - models are loaded by now.

        user_logged_out.connect(sign_out_was_noticed)
