"""`manage.py seed_demo`: people, workspaces and drawn images to try the product with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from roboflow_auth.web.demo.people import PASSWORD, PEOPLE
from roboflow_auth.web.demo.seeding import seed


class Command(BaseCommand):
    """Fill an empty server with the demo."""

    help = "Add the demo's people, workspaces, projects and images, unless they are there already."
    # The checks stand in `make lint` and `migrate`; here they would cost more than a second run does.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Let someone insist."""
        parser.add_argument("--force", action="store_true", help="also outside of development (DEBUG)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, and say so in one line when anything was missing."""
        if not (settings.DEVELOPMENT or options["force"]):
            raise CommandError(
                "The demo's people have a password that everyone knows; it is for development (DEBUG=1)."
            )
        if seed():
            self.stdout.write(f"Added the demo: {len(PEOPLE)} people with the password {PASSWORD}.")
