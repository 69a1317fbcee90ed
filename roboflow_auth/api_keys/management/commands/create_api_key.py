"""`manage.py create_api_key`: make a key for a person in a workspace and print it once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.api_keys.services import create_api_key
from roboflow_auth.core.errors import DomainError
from roboflow_auth.workspaces.models import Membership
from roboflow_auth.workspaces.selectors import principal_of_member


class Command(BaseCommand):
    """Make an API key."""

    help = "Make an API key for a member of a workspace and print its secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the person, the workspace, and what the key may do."""
        parser.add_argument("email", help="the e-mail address of the member that the key acts for")
        parser.add_argument("workspace", help="the short name of the workspace, as in its addresses: acme")
        parser.add_argument("--name", default="made on the command line")
        parser.add_argument("--scopes", default=" ".join(BASELINE), help="space separated; default: the read baseline")
        parser.add_argument(
            "--days", type=int, default=90, help="lifetime in days, 365 at the most; 0 means until revoked"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the secret on standard output, alone, so that a script can take it."""
        membership = (
            Membership.objects.filter(user__email__iexact=options["email"], workspace__slug=options["workspace"])
            .select_related("user", "workspace")
            .first()
        )
        if membership is None:
            raise CommandError("Nobody with this e-mail address belongs to this workspace.")
        principal, scopes, days = principal_of_member(membership), options["scopes"].split(), options["days"] or None
        try:
            made = create_api_key(principal, name=options["name"], scopes=scopes, lifetime_days=days)
        except DomainError as error:
            raise CommandError(error.description) from error
        self.stderr.write(f"{made.api_key.name}: {' '.join(made.api_key.scopes)}")
        self.stdout.write(made.secret)
