"""Moments as people say them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from roboflow_auth.web.templatetags.moments import moment


@pytest.mark.parametrize(("distance", "words"), [
    (timedelta(0), "just now"),
    (timedelta(seconds=-59), "just now"),
    (timedelta(minutes=-5), "5\xa0minutes ago"),
    (timedelta(hours=30), "in 1\xa0day"),
    (timedelta(days=-3), "3 days ago"),
    (timedelta(days=90), "in 90 days"),
    (timedelta(days=365), "in 1\xa0year"),
    (timedelta(days=-400), "1\xa0year ago"),
])  # fmt: skip
def test_a_moment_is_told_by_its_distance_and_exactly_to_whoever_points_at_it(distance: timedelta, words: str) -> None:
    when = timezone.now() + distance + timedelta(seconds=5 if distance > timedelta(0) else 0)
    told = str(moment(when))
    assert re.sub(r"<[^>]+>", "", told) == words
    assert f'datetime="{when.isoformat()}"' in told
    assert re.search(r'title="\d+ \w+ \d{4}, \d\d:\d\d UTC"', told)
