"""The app's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People."""

    name = "roboflow_auth.accounts"
    label = "accounts"
