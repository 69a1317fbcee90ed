"""Guides for agents in a terminal: Claude Code, Codex, Gemini CLI, opencode."""

from __future__ import annotations

from shlex import quote

from django.utils.translation import gettext as _

from roboflow_auth.web.setups.parts import (
    KEY_VARIABLE,
    SERVER_NAME,
    Setup,
    Step,
    in_terminal,
    keep_key,
    settings_file,
    sign_in_here,
)


def claude_code(mcp_url: str) -> Setup:
    """Return the guide for Claude Code (code.claude.com/docs, «MCP»)."""
    add = f"claude mcp add --transport http {SERVER_NAME} {quote(mcp_url)}"
    return Setup(
        slug="claude-code",
        name="Claude Code",
        kind=_("Terminal"),
        icon="terminal",
        covers=frozenset({"claude-code"}),
        steps=(
            in_terminal(_("Add the server. With --scope user it is there in all your projects."), add),
            Step(_("Start Claude Code, type this, choose roboflow, and “Authenticate”."), "/mcp", "Claude Code"),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            in_terminal(_("Add the server with the key as a header."), f'{add} --header "x-api-key: ${KEY_VARIABLE}"'),
        ),
    )


def codex(mcp_url: str) -> Setup:
    """Return the guide for Codex (developers.openai.com/codex/mcp)."""
    with_key = (
        f'[mcp_servers.{SERVER_NAME}]\nurl = "{mcp_url}"\nenv_http_headers = {{ "x-api-key" = "{KEY_VARIABLE}" }}'
    )
    return Setup(
        slug="codex",
        name="Codex",
        kind=_("Terminal, editor, desktop"),
        icon="terminal",
        covers=frozenset({"codex"}),
        steps=(
            in_terminal(_("Add the server."), f"codex mcp add {SERVER_NAME} --url {quote(mcp_url)}"),
            in_terminal(_("If the browser did not open by itself, sign in."), f"codex mcp login {SERVER_NAME}"),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            Step(_("Name it in the file of Codex."), with_key, "~/.codex/config.toml"),
        ),
    )


def gemini_cli(mcp_url: str) -> Setup:
    """Return the guide for Gemini CLI (its documentation, docs/tools/mcp-server.md)."""
    add = "gemini mcp add --scope user --transport http"
    name = f"{SERVER_NAME} {quote(mcp_url)}"
    return Setup(
        slug="gemini-cli",
        name="Gemini CLI",
        kind=_("Terminal"),
        icon="terminal",
        covers=frozenset({"gemini-cli"}),
        steps=(
            in_terminal(_("Add the server."), f"{add} {name}"),
            Step(_("Start Gemini CLI and type this."), f"/mcp auth {SERVER_NAME}", "Gemini CLI"),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            in_terminal(
                _("Add the server with the key as a header."), f'{add} --header "x-api-key: ${KEY_VARIABLE}" {name}'
            ),
        ),
    )


def opencode(mcp_url: str) -> Setup:
    """Return the guide for opencode (opencode.ai/docs/mcp-servers)."""
    headers = {"x-api-key": f"{{env:{KEY_VARIABLE}}}"}
    add = f"opencode mcp add {SERVER_NAME} --url {quote(mcp_url)}"
    return Setup(
        slug="opencode",
        name="opencode",
        kind=_("Terminal"),
        icon="terminal",
        covers=frozenset({"opencode"}),
        steps=(
            in_terminal(_("Add the server, with --global for all projects. Version 1 asks for name and address."), add),
            in_terminal(_("Sign in."), f"opencode mcp auth {SERVER_NAME}"),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            Step(
                _("Name it in the file of opencode. In version 1, leave out the level “servers”."),
                settings_file("mcp", "servers", type="remote", url=mcp_url, headers=headers),
                "opencode.json",
            ),
        ),
    )
