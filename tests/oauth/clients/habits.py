"""How each real client asks: to which redirect URI, for which scopes, with or without state and prompt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """Where a client takes the scopes from that it asks for."""

    RESOURCE = "what the challenge and the resource's metadata list"
    SERVER = "all that the authorization server lists"
    NOTHING = "it names no scope"


@dataclass(frozen=True, slots=True)
class Habit:
    """One client's way to ask, by the name of its registration.

    `redirect_uri` is the one that it asks with, where that is another than it registered. `asks_to_stay` clients add
    offline_access, which the server lists, and with it prompt=consent.
    """

    client: str
    redirect_uri: str = ""
    wish: Wish = Wish.RESOURCE
    asks_to_stay: bool = False
    has_state: bool = True


HABITS = (
    # A new port each time, and the registration is kept.
    Habit("claude_code", "http://localhost:61022/callback", asks_to_stay=True),
    Habit("claude_desktop"),
    Habit("claude_desktop_code_tab", asks_to_stay=True),
    Habit("chatgpt", asks_to_stay=True),
    # The end of its path is its own id of the server.
    Habit("codex", "http://127.0.0.1:51999/callback/a1B2c3D4e5F6", asks_to_stay=True),
    Habit("cursor", "http://localhost:8787/callback"),
    Habit("vs_code", "http://127.0.0.1:50123/"),
    Habit("gemini_cli", "http://localhost:37773/oauth/callback", Wish.SERVER),
    Habit("opencode", asks_to_stay=True),
    Habit("windsurf", "http://localhost:60001/oauth/callback", Wish.NOTHING),
    Habit("antigravity"),
    Habit("mcporter", "http://127.0.0.1:60002/callback"),
    # It tries the ports from 8000 on, one after the other.
    Habit("mcpc", "http://localhost:8001/callback", has_state=False),
    Habit("mcp_remote", asks_to_stay=True),
    Habit("mcp_inspector", asks_to_stay=True),
    Habit("py_mcp", asks_to_stay=True),
    Habit("ts_sdk_v1", has_state=False),
    Habit("ts_sdk_v2", asks_to_stay=True, has_state=False),
    Habit("fastmcp", "http://localhost:60003/callback", asks_to_stay=True),
    Habit("use_mcp"),
)
