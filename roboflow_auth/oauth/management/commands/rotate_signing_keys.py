"""`manage.py rotate_signing_keys`: replace the key that signs ID tokens when it is time. Made for cron, on any node."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from roboflow_auth.audit.recorder import record_event
from roboflow_auth.oauth.key_rotation import PUBLISHED_BEFORE_USE, Step, rotate_keys, withdraw_key

_DAYS = 90
_SAID = {
    Step.NONE: f"Nothing to do: the key is young, or the next one is published for less than {PUBLISHED_BEFORE_USE}.",
    Step.PUBLISHED: f"The next key is published. It can sign in {PUBLISHED_BEFORE_USE}.",
    Step.ROTATED: "The next key signs from now on, and another one is published.",
}


class Command(BaseCommand):
    """Take the step that is due, if any."""

    help = "Replace the key that signs ID tokens when it is old enough. Run it daily, on one node or on all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let someone choose how old a key may get, or name one that must go."""
        parser.add_argument("--days", type=int, default=_DAYS, help=f"how long a key signs; default: {_DAYS}, 0: now")
        parser.add_argument("--withdraw", metavar="KID", help="end this key at once, because it leaked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it, and say what was done."""
        if options["withdraw"]:
            self._withdraw(options["withdraw"])
            return
        with transaction.atomic():
            step = rotate_keys(older_than=timedelta(days=max(0, options["days"])))
            if step is not Step.NONE:
                record_event("rotate_signing_keys", detail=step)
        self.stdout.write(_SAID[step])

    def _withdraw(self, kid: str) -> None:
        with transaction.atomic():
            is_done = withdraw_key(kid)
            if is_done:
                record_event("withdraw_signing_key", detail=kid)
        if not is_done:
            raise CommandError("There is no such key, or no longer.")
        self.stdout.write("The key is withdrawn. What it signed does not verify any more.")
