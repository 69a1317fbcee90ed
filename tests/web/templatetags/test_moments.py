"""Points in time as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone


def shown(when: datetime | None) -> str:
    """Return what a template makes of `when`."""
    return Template("{% load moments %}{% moment when %}").render(Context({"when": when}))


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=-61), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-50), "1 hour ago"),
        (timedelta(hours=-5), "5 hours ago"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=90), "in 90 days"),
    ],
)
def test_near_times_are_told_by_how_far_they_are(away: timedelta, words: str) -> None:
    when = timezone.now() + away
    assert f">{words}</time>" in shown(when)
    assert f'datetime="{when.isoformat()}"' in shown(when)


def test_what_is_long_past_is_told_by_its_day() -> None:
    html = shown(datetime(2026, 3, 4, 15, 6, tzinfo=timezone.get_default_timezone()))
    assert ">4 March 2026</time>" in html
    assert 'title="4 March 2026, 15:06 UTC"' in html


def test_what_never_was_is_nothing() -> None:
    assert shown(None) == ""
