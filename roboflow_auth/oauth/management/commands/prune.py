"""`manage.py prune`: delete what nobody will need again. Registration does a little of it, so it need not run often."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from roboflow_auth.oauth.pruning import prune_all


class Command(BaseCommand):
    """Prune apps that were never connected, and what is over."""

    help = "Delete apps that registered by themselves and were never connected, and codes and tokens that are over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let someone choose how much one transaction holds."""
        parser.add_argument("--batch", type=int, default=500, help="rows of one transaction; default: 500")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune, and say how many of what went."""
        for name, count in prune_all(max(1, options["batch"])).items():
            if count:
                self.stdout.write(f"{name}: {count}")
