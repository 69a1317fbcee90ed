"""Whether a request agrees with itself: since 2026-07-28 its headers repeat what its body says.

MCP 2026-07-28, Transports, "Standard MCP Request Headers" (SEP-2243), and basic/index, "Per-request protocol fields"
(SEP-2575). The SDK's own rules are asked, so that the door and the SDK are of one mind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.shared.inbound import (
    MCP_PROTOCOL_VERSION_HEADER,
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
)
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.datastructures import Headers


def agrees_with_itself(headers: Headers, message: Mapping[str, Any]) -> bool:
    """Return whether the SDK will take `message` as it came; older revisions of the protocol repeat nothing."""
    revision = headers.get(MCP_PROTOCOL_VERSION_HEADER)
    if revision is None or revision in HANDSHAKE_PROTOCOL_VERSIONS:
        return True
    # A header that came twice says two things.
    if find_duplicated_routing_header(headers.items()) is not None:
        return False
    return not isinstance(classify_inbound_request(message, headers=dict(headers)), InboundLadderRejection)
