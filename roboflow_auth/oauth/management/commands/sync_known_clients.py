"""`manage.py sync_known_clients`: write the shipped list of known apps into the table, for staff to see."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from roboflow_auth.oauth.known_clients.shipping import sync_catalogue


class Command(BaseCommand):
    """Bring the shipped entries of the catalogue up to date."""

    help = "Write the list of known apps that comes with the product into the database. Staff's decisions stay."
    # The checks stand in `make lint` and `migrate`; here they would cost more than the command does.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        sync_catalogue()
