"""The product's settings, on a server whose clock is a whole number of seconds, `CLOCK_OFFSET`, away from now.

So pictures that are taken again show the same days and hours, and differ only where a page does.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from roboflow_auth.settings import *  # noqa: F403 - these are those settings

_OFFSET = int(os.environ["CLOCK_OFFSET"])
_real_time = time.time


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_OFFSET)


def _time() -> float:
    return _real_time() + _OFFSET


timezone.now = _now
# Proofs of who somebody is are dated with this one, and compared with the other.
time.time = _time
