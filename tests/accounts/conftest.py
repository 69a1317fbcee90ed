"""The authorization server's fixtures: sign-in is mostly done while an app waits."""

from tests.oauth.conftest import journey

__all__ = ("journey",)
