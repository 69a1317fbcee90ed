"""The authorization server's fixtures: pages show what apps were allowed."""

from tests.oauth.conftest import journey

__all__ = ("journey",)
