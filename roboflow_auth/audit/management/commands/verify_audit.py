"""`manage.py verify_audit`: look at the whole hash chain over the audit log, and fail when it is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roboflow_auth.audit.checking import check_all, holds
from roboflow_auth.audit.models import AuditSeal


class Command(BaseCommand):
    """Verify the chain."""

    help = "Hash every sealed row of the audit log again and compare. Fails when a row or a seal is not what it was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let someone name a seal that they wrote down: whoever makes the whole chain anew makes one that fits."""
        parser.add_argument(
            "--expect", default="", metavar="NUMBER:HASH", help="a seal as an earlier `audit_sealed` in the log has it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and say up to when the log is as it was."""
        if options["expect"]:
            self._check_expected(options["expect"])
        check = check_all()
        if check.broken_at is not None:
            raise CommandError(f"Broken at seal {check.broken_at}: {check.reason}.")
        newest = AuditSeal.objects.filter(number=check.through).first()
        if newest is None:
            self.stdout.write("Nothing is sealed yet.")
        else:
            self.stdout.write(f"Whole up to row {newest.last_id}, sealed at {newest.sealed_at:%Y-%m-%d %H:%M:%S} UTC.")
            self.stdout.write(f"Newest seal: {newest.number}:{newest.hash}")

    def _check_expected(self, expected: str) -> None:
        number, _, expected_hash = expected.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise CommandError("Say --expect NUMBER:HASH.")
        if not holds(int(number), expected_hash):
            raise CommandError(f"Broken: seal {number} is not the one that was expected.")
