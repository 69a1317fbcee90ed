"""What a guide to connecting an app is made of, and the pieces that several guides share."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

SERVER_NAME = "roboflow"
"""What the server is called in the settings of apps."""

KEY_VARIABLE = "ROBOFLOW_API_KEY"
"""The variable of the environment from which apps take the API key, so that it stands in no file."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a sentence, and what to paste (with where it goes) or a link to open."""

    text: str
    code: str = ""
    label: str = ""
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """How one app is connected to the MCP server.

    `icon` is a file of partials/icons. `steps` lead through the sign-in in the browser, `key_steps` through the way
    with an API key, and are empty where the app knows none. `needs_internet` is for apps whose makers call the server
    from their own machines. `covers` are the slugs of the known clients that this guide is for.
    """

    slug: str
    name: str
    kind: str
    icon: str
    steps: tuple[Step, ...]
    key_steps: tuple[Step, ...] = ()
    needs_internet: bool = False
    covers: frozenset[str] = field(default_factory=frozenset)


def cursor_link(mcp_url: str) -> str:
    """Return the address that adds the server to Cursor: the entry of its settings, as JSON in base64."""
    config = base64.b64encode(json.dumps({"url": mcp_url}).encode()).decode()
    return "cursor://anysphere.cursor-deeplink/mcp/install?" + urlencode({"name": SERVER_NAME, "config": config})


def vs_code_link(mcp_url: str) -> str:
    """Return the address that adds the server to VS Code: the entry of its settings, as percent-encoded JSON."""
    return "vscode:mcp/install?" + quote(vs_code_entry(mcp_url), safe="")


def vs_code_entry(mcp_url: str) -> str:
    """Return what VS Code takes in a link and after `--add-mcp`."""
    return json.dumps({"name": SERVER_NAME, "type": "http", "url": mcp_url}, separators=(",", ":"))


def settings_file(*path: str, **entry: Any) -> str:
    """Return a JSON file in which `entry` stands under `path` and the server's name."""
    content: dict[str, Any] = {SERVER_NAME: entry}
    for name in reversed(path):
        content = {name: content}
    return as_json(content)


def as_json(content: dict[str, Any]) -> str:
    """Return `content` as people read JSON in files."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def in_terminal(text: str, code: str) -> Step:
    """Return the step to run `code`."""
    return Step(text, code, _("Terminal"))


def sign_in_here() -> Step:
    """Return the last step of every guide with a sign-in."""
    return Step(_("Your browser opens this site. Sign in, choose the workspace and what the app may do, and allow it."))


def keep_key() -> Step:
    """Return the first step of the guides with a key in the environment."""
    return in_terminal(_("Put your key where the app finds it, and no file keeps it."), f"export {KEY_VARIABLE}=rfk_…")
