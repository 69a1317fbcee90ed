"""Guides for code editors: Cursor, VS Code, Windsurf, Antigravity."""

from __future__ import annotations

from django.utils.translation import gettext as _

from roboflow_auth.web.setups.parts import (
    KEY_VARIABLE,
    SERVER_NAME,
    Setup,
    Step,
    as_json,
    cursor_link,
    in_terminal,
    keep_key,
    settings_file,
    sign_in_here,
    vs_code_entry,
    vs_code_link,
)


def cursor(mcp_url: str) -> Setup:
    """Return the guide for Cursor (cursor.com/docs/mcp)."""
    headers = {"x-api-key": f"${{env:{KEY_VARIABLE}}}"}
    return Setup(
        slug="cursor",
        name="Cursor",
        kind=_("Editor"),
        icon="code",
        covers=frozenset({"cursor"}),
        steps=(
            Step(
                _("Let this link add the server, and confirm it in Cursor."),
                link=cursor_link(mcp_url),
                link_text=_("Add to Cursor"),
            ),
            Step(
                _("Or put it into the file yourself: for all projects, or as .cursor/mcp.json for one."),
                settings_file("mcpServers", url=mcp_url),
                "~/.cursor/mcp.json",
            ),
            Step(_("In Cursor, open the MCP settings and press “Connect” beside roboflow.")),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            Step(
                _("Name it in the file, and start Cursor again."),
                settings_file("mcpServers", url=mcp_url, headers=headers),
                "~/.cursor/mcp.json",
            ),
        ),
    )


def vs_code(mcp_url: str) -> Setup:
    """Return the guide for VS Code (code.visualstudio.com, «MCP configuration reference» and «MCP developer guide»)."""
    return Setup(
        slug="vs-code",
        name="VS Code",
        kind=_("Editor"),
        icon="code",
        covers=frozenset({"vs-code"}),
        steps=(
            Step(
                _("Let this link add the server, and press “Install” in VS Code."),
                link=vs_code_link(mcp_url),
                link_text=_("Add to VS Code"),
            ),
            in_terminal(_("Or add it from a terminal."), f"code --add-mcp '{vs_code_entry(mcp_url)}'"),
            Step(
                _("Or share it with everyone on a project, in a file of the project."),
                settings_file("servers", type="http", url=mcp_url),
                ".vscode/mcp.json",
            ),
            Step(_("Run “MCP: List Servers” from the command palette, choose roboflow, and start it.")),
            sign_in_here(),
        ),
        key_steps=(
            Step(
                _("Put this into the file. VS Code asks for the key once and keeps it safe."),
                _vs_code_file_with_key(mcp_url),
                ".vscode/mcp.json",
            ),
        ),
    )


def windsurf(mcp_url: str) -> Setup:
    """Return the guide for Windsurf (docs.windsurf.com, «Cascade MCP»)."""
    headers = {"x-api-key": f"${{env:{KEY_VARIABLE}}}"}
    return Setup(
        slug="windsurf",
        name="Windsurf",
        kind=_("Editor"),
        icon="code",
        covers=frozenset({"windsurf"}),
        steps=(
            Step(
                _("Open the MCP settings of Cascade, choose to edit the file, and add the server."),
                settings_file("mcpServers", serverUrl=mcp_url),
                "~/.codeium/windsurf/mcp_config.json",
            ),
            Step(_("Save it, and refresh the list of servers in Cascade.")),
            sign_in_here(),
        ),
        key_steps=(
            keep_key(),
            Step(
                _("Name it in the file, and start Windsurf again."),
                settings_file("mcpServers", serverUrl=mcp_url, headers=headers),
                "~/.codeium/windsurf/mcp_config.json",
            ),
        ),
    )


def antigravity(mcp_url: str) -> Setup:
    """Return the guide for Antigravity (antigravity.google/docs/mcp)."""
    return Setup(
        slug="antigravity",
        name="Antigravity",
        kind=_("Editor"),
        icon="code",
        covers=frozenset({"antigravity"}),
        steps=(
            Step(_("In the agent panel open the menu with three dots, “MCP Servers”, “Manage MCP Servers”.")),
            Step(
                _("Press “View raw config” and add the server."),
                settings_file("mcpServers", serverUrl=mcp_url),
                "mcp_config.json",
            ),
            Step(_("Go back and press “Refresh”.")),
            sign_in_here(),
        ),
        key_steps=(
            Step(
                _("Older versions can't sign in. Put the key into the same file, in place of the dots."),
                settings_file("mcpServers", serverUrl=mcp_url, headers={"x-api-key": "rfk_…"}),
                "mcp_config.json",
            ),
        ),
    )


def _vs_code_file_with_key(mcp_url: str) -> str:
    asked = {"type": "promptString", "id": "roboflow-key", "description": "Roboflow API key", "password": True}
    entry = {"type": "http", "url": mcp_url, "headers": {"x-api-key": "${input:roboflow-key}"}}
    return as_json({"inputs": [asked], "servers": {SERVER_NAME: entry}})
