"""The one builder of Bearer challenges, and of whatever stands beside them (RFC 6750 §3, RFC 9728 §5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from roboflow_auth.core.public_url import Resource, resource_metadata_url


def bearer_challenge(
    issuer: str, resource: Resource, *, scopes: Iterable[str] = (), error: str = "", description: str = ""
) -> str:
    """Return a Bearer challenge with exactly one `resource_metadata` (P-M2).

    Without `error` it answers a request that carried no credential (RFC 6750 §3.1: no error code then).
    """
    return challenge(
        "Bearer",
        {
            "resource_metadata": resource_metadata_url(issuer, resource),
            "scope": " ".join(sorted(scopes)),
            "error": error,
            "error_description": description,
        },
    )


def challenge(scheme: str, parameters: Mapping[str, str]) -> str:
    """Return a challenge (RFC 9110 §11.6.1) with those of `parameters` that are not empty, in their order."""
    return f"{scheme} " + ", ".join(f'{name}="{_quotable(value)}"' for name, value in parameters.items() if value)


def _quotable(value: str) -> str:
    # RFC 6750 §3: error_description and scope exclude the quotation mark and the backslash.
    return "".join(character for character in value if " " <= character <= "~" and character not in '"\\')
