"""The one builder of Bearer challenges (RFC 6750 §3, RFC 9728 §5.1)."""

from __future__ import annotations

from collections.abc import Iterable

from roboflow_auth.core.public_url import Resource, resource_metadata_url


def bearer_challenge(
    issuer: str, resource: Resource, *, scopes: Iterable[str] = (), error: str = "", description: str = ""
) -> str:
    """Return the value of a WWW-Authenticate header with exactly one `resource_metadata` (P-M2).

    Without `error` it answers a request that carried no credential (RFC 6750 §3.1: no error code then).
    """
    parameters = {"resource_metadata": resource_metadata_url(issuer, resource)}
    if scopes:
        parameters["scope"] = " ".join(sorted(scopes))
    if error:
        parameters["error"] = error
    if description:
        parameters["error_description"] = description
    return "Bearer " + ", ".join(f'{name}="{_quotable(value)}"' for name, value in parameters.items())


def _quotable(value: str) -> str:
    # RFC 6750 §3: error_description and scope exclude the quotation mark and the backslash.
    return "".join(character for character in value if " " <= character <= "~" and character not in '"\\')
