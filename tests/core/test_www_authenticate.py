"""Challenges: what stands in them, and that nothing can break out of them (RFC 6750 §3, RFC 9728 §5.1)."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.www_authenticate import bearer_challenge
from tests.clauses import clause

PARAMETER = re.compile(r'([a-z_]+)="([ !#-\[\]-~]*)"')


def test_without_an_error_it_says_where_and_for_what() -> None:
    assert bearer_challenge("https://a.example", Resource.MCP, scopes=["b:read", "a:read"]) == (
        'Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource/mcp", scope="a:read b:read"'
    )


def test_with_an_error_it_says_which_and_why() -> None:
    challenge = bearer_challenge("https://a.example", Resource.API, error="invalid_token", description="Too old.")
    assert dict(PARAMETER.findall(challenge)) == {
        "resource_metadata": "https://a.example/.well-known/oauth-protected-resource/api/v1",
        "error": "invalid_token",
        "error_description": "Too old.",
    }


@clause("RFC6750-3")
@given(st.lists(st.text(min_size=1, max_size=10), max_size=3), st.text(max_size=40))
def test_no_text_breaks_out_of_its_quotes_or_of_the_header(scopes: list[str], description: str) -> None:
    challenge = bearer_challenge(
        "https://a.example", Resource.MCP, scopes=scopes, error="invalid_token", description=description
    )
    assert re.fullmatch(rf"Bearer {PARAMETER.pattern}(, {PARAMETER.pattern})*", challenge)
    assert challenge.count("resource_metadata=") == 1 or "resource_metadata=" in "".join([*scopes, description])
