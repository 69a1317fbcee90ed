"""What a User-Agent header says to people."""

from __future__ import annotations

import pytest

from roboflow_auth.core.user_agents import device_of

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{MAC} Chrome/131.0.0.0 Safari/537.36", "Chrome · macOS"),
        (f"{MAC} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge · macOS"),
        (f"{MAC} Version/18.1 Safari/605.1.15", "Safari · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1", "Chrome · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("\x00" * 10_000, ""),
    ],
)
def test_a_browser_and_a_system_are_told_and_nothing_finer(user_agent: str, words: str) -> None:
    assert device_of(user_agent) == words
