"""Guides for assistants on the web: Claude and ChatGPT. Both know only the sign-in, no API key."""

from __future__ import annotations

from django.utils.translation import gettext as _

from roboflow_auth.web.setups.parts import Setup, Step, sign_in_here


def claude(mcp_url: str) -> Setup:
    """Return the guide for Claude on the web, desktop and phone (support.claude.com, «custom connectors»)."""
    return Setup(
        slug="claude",
        name="Claude",
        kind=_("Web, desktop, phone"),
        icon="globe",
        covers=frozenset({"claude"}),
        needs_internet=True,
        steps=(
            Step(
                _("Open the connectors in Claude's settings, on the web or in the desktop app."),
                link="https://claude.ai/customize/connectors",
                link_text=_("Open Claude's connectors"),
            ),
            Step(
                _("Press +, choose “Add custom connector”, name it Roboflow, and paste this address."), mcp_url, "URL"
            ),
            Step(_("Press “Add”, then “Connect”. In a Team or Enterprise plan an owner adds it first.")),
            sign_in_here(),
        ),
    )


def chatgpt(mcp_url: str) -> Setup:
    """Return the guide for ChatGPT on the web (developers.openai.com, «developer mode»)."""
    return Setup(
        slug="chatgpt",
        name="ChatGPT",
        kind=_("Web"),
        icon="globe",
        covers=frozenset({"chatgpt"}),
        needs_internet=True,
        steps=(
            Step(
                _("In ChatGPT on the web, open Settings, Apps, “Advanced settings”, and turn “Developer mode” on."),
                link="https://chatgpt.com/#settings/Connectors",
                link_text=_("Open ChatGPT's settings"),
            ),
            Step(_("Press “Create app”, name it Roboflow, and paste this as the MCP server URL."), mcp_url, "URL"),
            Step(_("Leave the authentication at OAuth, and press “Create”.")),
            sign_in_here(),
            Step(_("In a chat, choose the app under +, “More”, “Developer mode”.")),
        ),
    )
