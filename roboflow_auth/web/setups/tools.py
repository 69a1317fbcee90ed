"""Guides for developers: MCP Inspector, and whatever else speaks MCP."""

from __future__ import annotations

from shlex import quote

from django.utils.translation import gettext as _

from roboflow_auth.web.setups.parts import KEY_VARIABLE, Setup, Step, in_terminal, keep_key, settings_file, sign_in_here


def mcp_inspector(mcp_url: str) -> Setup:
    """Return the guide for the Inspector (modelcontextprotocol.io/docs/tools/inspector)."""
    call = f"npx @modelcontextprotocol/inspector --cli {quote(mcp_url)} --transport http --method tools/list"
    return Setup(
        slug="mcp-inspector",
        name="MCP Inspector",
        kind=_("For developers"),
        icon="tool",
        covers=frozenset({"mcp-inspector"}),
        steps=(
            in_terminal(_("List the tools from a terminal."), call),
            sign_in_here(),
            in_terminal(_("Or start it in the browser."), "npx @modelcontextprotocol/inspector"),
            Step(_("There choose “Streamable HTTP”, paste this address, and press “Connect”."), mcp_url, "URL"),
        ),
        key_steps=(
            keep_key(),
            in_terminal(_("Send it as a header."), f'{call} --header "x-api-key: ${KEY_VARIABLE}"'),
        ),
    )


def other(mcp_url: str) -> Setup:
    """Return the guide for every other app, with a bridge for those that only start programs (mcp-remote's manual)."""
    bridge = settings_file("mcpServers", command="npx", args=["-y", "mcp-remote", mcp_url])
    header = ["--header", f"x-api-key:${{{KEY_VARIABLE}}}"]
    with_key = settings_file(
        "mcpServers", command="npx", args=["-y", "mcp-remote", mcp_url, *header], env={KEY_VARIABLE: "rfk_…"}
    )
    return Setup(
        slug="other",
        name=_("Another app"),
        kind=_("Anything that speaks MCP"),
        icon="plus",
        covers=frozenset({"mcporter", "mcpc", "mcp-remote", "fastmcp"}),
        steps=(
            Step(_("Add a remote server with this address. The transport is “Streamable HTTP”."), mcp_url, "URL"),
            sign_in_here(),
            Step(
                _("If the app can only start programs, let mcp-remote stand between. It needs Node.js."),
                bridge,
                _("The app's MCP settings"),
            ),
        ),
        key_steps=(
            Step(_("Where the app lets you set headers, send the key in this one."), "x-api-key: rfk_…", _("Header")),
            Step(_("Through mcp-remote, put the key in place of the dots."), with_key, _("The app's MCP settings")),
            keep_key(),
            in_terminal(_("Or call the server yourself."), _call_by_hand(mcp_url)),
        ),
    )


def _call_by_hand(mcp_url: str) -> str:
    message = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
    headers = f'-H "x-api-key: ${KEY_VARIABLE}" -H "Content-Type: application/json" -H "Accept: application/json"'
    return f"curl {quote(mcp_url)} {headers} -d '{message}'"
