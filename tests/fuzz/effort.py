"""How much is tried: a fixed set of examples, or with HYPOTHESIS_PROFILE=long a search that takes its time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"

# Nothing is kept between runs, and in CI nothing is random: the same examples fail, or pass, on every machine.
effort = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "1500")) if _IS_LONG else 40,
    derandomize=not _IS_LONG,
    database=None,
    deadline=None,
    print_blob=_IS_LONG,
    # A fixture is made once per test and not once per example; what an example changes is undone (`formats.undone`).
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
