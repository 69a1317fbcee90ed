"""`manage.py seal_audit`: put new rows of the audit log under the hash chain, and look at a part of the chain."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from roboflow_auth.audit.checking import check_further
from roboflow_auth.audit.sealing import seal_settled

_MOST_LINKS = 1000
_WAIT_SECONDS = 5.0


class Command(BaseCommand):
    """Seal what is settled. Any number of nodes may run it at once."""

    help = "Seal new rows of the audit log into the hash chain, and look at the next part of the chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let someone choose how often, and how much of the chain is looked at each time."""
        parser.add_argument("--every", type=int, default=0, help="seconds between runs; default: 0, one run")
        parser.add_argument("--check", type=int, default=50, help="links to look at in each run; default: 50")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal once, or again and again until the process is told to stop."""
        while True:
            self._run(max(1, options["check"]))
            if options["every"] <= 0:
                return
            time.sleep(options["every"])

    def _run(self, links: int) -> None:
        made = seal_settled(links=_MOST_LINKS, wait_seconds=_WAIT_SECONDS)
        if made:
            self.stdout.write(f"new seals: {made}")
        check = check_further(links)
        if check.broken_at is not None:
            self.stderr.write(f"The chain is broken at seal {check.broken_at}: {check.reason}.")
