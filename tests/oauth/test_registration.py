"""Client metadata: real clients get in and are narrowed, and nothing that anybody sends is a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.registrations import (
    CODE_AND_REFRESH,
    LOOPBACK,
    REAL_CLIENTS,
    RealClient,
    assert_refused,
    metadata,
    register,
    registered,
    registered_journey,
    send,
)

pytestmark = pytest.mark.django_db

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
_MEMBERS = st.sampled_from(
    ["client_name", "redirect_uris", "grant_types", "response_types", "scope", "contacts", "client_uri", "jwks"]
)


@clause("P-C2.1")
@pytest.mark.parametrize("real", REAL_CLIENTS, ids=lambda real: real.name)
def test_a_real_client_gets_in_and_is_told_exactly_what_was_registered(real: RealClient) -> None:
    members = registered(real.body)
    for name, value in real.expected.items():
        assert members.get(name) == value, name


@clause("P-C1.3")
@pytest.mark.parametrize("real", REAL_CLIENTS, ids=lambda real: real.name)
@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_a_real_client_goes_on_to_tokens_at_every_uri_it_registered(
    request: pytest.FixtureRequest, acme: Workspace, real: RealClient, name: str
) -> None:
    members = registered(real.body)
    user = request.getfixturevalue(name)
    redirect_uris = members["redirect_uris"] if name == "alice" else members["redirect_uris"][:1]
    for redirect_uri in redirect_uris:
        tokens = registered_journey(members, user, redirect_uri).tokens()
        principal = find_principal(tokens["access_token"], Resource.MCP)
        assert principal is not None
        assert principal.workspace == ("carol" if name == "carol" else "acme")


@clause("P-C2.3")
def test_a_client_may_ask_for_more_scopes_than_it_registered(alice: User, acme: Workspace) -> None:
    members = registered(scope="project:read")
    tokens = registered_journey(members, alice, LOOPBACK).tokens(scope="project:read project:create")
    assert tokens["scope"] == "project:create project:read"


@clause("P-C2.1", "P-C10.3")
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "blob:https://x.example/1",
        "https://user@x.example/cb",
        "https://user:password@x.example/cb",
        "https://x.example%40evil.example/cb",
        "https://x.example\\@evil.example/cb",
        "https://x.example/cb#fragment",
        "https://x.example/cb#",
        "https://*.x.example/cb",
        "https://x.example/*",
        "https://x.example/c b",
        "https://x.example/\r\nSet-Cookie:a=b",
        "https://x.example/\x00",
        "https://x.example/ü",
        "https://x.example/\ud800",
        "https://x.example;evil.example/cb",
        "https://[::1/cb",
        "https://x.example:99999/cb",
        "https:///cb",
        "https:x.example",
        "//x.example/cb",
        "/cb",
        "",
        "http://x.example/cb",
        "http://127.0.0.1.x.example/cb",
        "http://localhost.x.example/cb",
        "http://127.0.0.2/cb",
        "http://0.0.0.0/cb",
        "http://[::2]/cb",
        "com.example.app:/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback/more",
        "cursor://evil/oauth/callback",
        "https://x.example/" + "a" * 2048,
    ],
)
def test_a_redirect_uri_that_policy_refuses_is_dropped_and_alone_is_an_error(uri: str) -> None:
    assert_refused(register(redirect_uris=[uri]), "invalid_redirect_uri")
    assert registered(redirect_uris=[uri, LOOPBACK, LOOPBACK])["redirect_uris"] == [LOOPBACK]


@clause("P-C8.4")
@pytest.mark.parametrize(
    "name",
    [
        "Roboflow",
        "roboflow helper",
        "R0bоflow",
        "Ro\u200bbo\u2060flow",
        "Robof\u0399ow",
        "RobofIow MCP",
        "Ｒｏｂｏｆｌｏｗ",
        "R.o.b.o.f.l.o.w",
        "ʀᴏʙᴏꜰʟᴏᴡ",
        "Röbóflow",
        " . Roboflow",
        "🤖 Roboflow",
        "🇺🇸 Roboflow",
        "🇷oboflow",
        "🆁🅾🅱oflow",
        "1️⃣ Roboflow",
        "①Roboflow",
        "2. Roboflow",
        "ーRoboflow",
        "ǃRoboflow",
        "\u3164Roboflow",
        "\u2800Roboflow",
        "Ro\u034fboflow",
        "Ꭱoboflow",
        "Rоbоflow’s own",
        "(Roboflow)",
        "✔ verified",
        "v e r i f i e d",
        "Un-official",
        "Official Claude",
        "Claude (0fficial)",
        "ОFFIСIAL Cursor",
        "Verified app",
        "VERIF1ED",
    ],
)
def test_a_name_that_borrows_this_product_or_claims_a_check_is_refused(name: str) -> None:
    assert_refused(register(client_name=name), "invalid_client_metadata")


@pytest.mark.parametrize(
    "name, shown",
    [
        ("  Padded  ", "Padded"),
        ("edualC \u202eelif", "edualC elif"),
        ("Zero\u200bwidth", "Zerowidth"),
        ("\u200b", ""),
        ("Empty\u3164cell\u2800", "Emptycell"),
        ("Two\u2028lines", "Twolines"),
        ("Ünïcödé 日本", "Ünïcödé 日本"),
        ("My Roboflow app", "My Roboflow app"),
        (None, ""),
    ],
)
def test_a_name_loses_what_nobody_can_see(name: str | None, shown: str) -> None:
    assert registered(client_name=name)["client_name"] == shown


@clause("P-L2.2")
@pytest.mark.parametrize("value", [True, 1, 1.5, [], {}, [1], [None], [[]], {"a": []}, "\x00", "a\ud800", "x" * 5000])
@pytest.mark.parametrize(
    "name",
    [
        "client_name",
        "redirect_uris",
        "grant_types",
        "response_types",
        "token_endpoint_auth_method",
        "token_endpoint_auth_methods_supported",
        "scope",
        "contacts",
        "client_uri",
        "logo_uri",
        "software_id",
        "application_type",
        "jwks",
        "client_id",
        "client_secret",
    ],
)
def test_a_member_of_a_wrong_type_is_refused_or_left_out_and_never_a_fault(name: str, value: Any) -> None:
    body = {"redirect_uris": [LOOPBACK], name: value}
    response = send(json.dumps(body).encode())
    if response.status_code == 201:
        assert response.json().get(name) != value or value == []
    else:
        assert_refused(response)


@pytest.mark.parametrize("items", [["a\x00"], ["\ud800"], ["x" * 500], ["dev@example.com"] * 50])
def test_contacts_keep_what_is_text_and_not_too_much_of_it(items: list[str]) -> None:
    members = registered(contacts=items)
    assert members.get("contacts", []) == (items[:10] if "@" in items[0] else [])


@clause("P-C2.2", "P-C3.3", "RFC7591-2")
@pytest.mark.parametrize(
    "changes",
    [
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": ["implicit"], "response_types": ["token"]},
        {"response_types": ["token"]},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "tls_client_auth"},
        {"token_endpoint_auth_method": None, "token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
)
def test_nothing_usable_left_is_an_error(changes: dict[str, Any]) -> None:
    assert_refused(register(**changes), "invalid_client_metadata")


@clause("P-C2.2")
@pytest.mark.parametrize("changes", [{"redirect_uris": None}, {"redirect_uris": []}])
def test_no_redirect_uri_is_an_error(changes: dict[str, Any]) -> None:
    assert_refused(register(**changes), "invalid_redirect_uri")


def test_grants_that_are_not_named_are_the_ones_that_keep_an_app_connected() -> None:
    assert registered(grant_types=None)["grant_types"] == CODE_AND_REFRESH
    assert registered(grant_types=["authorization_code"])["grant_types"] == ["authorization_code"]


@pytest.mark.parametrize("name", ["client_uri", "logo_uri", "tos_uri", "policy_uri"])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x"])
def test_an_address_that_is_no_web_page_is_left_out(name: str, address: str) -> None:
    assert name not in registered({**metadata("Test client", LOOPBACK), name: address})


def test_an_app_that_can_also_do_without_a_key_is_registered_without() -> None:
    members = registered(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_methods_supported=["private_key_jwt", "none"],
    )
    assert members["token_endpoint_auth_method"] == "none"


@clause("P-C3.3", "P-L2.2")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(_MEMBERS, _JSON), is_usable=st.booleans())
def test_any_json_is_registered_or_refused_as_the_rfc_has_it(body: dict[str, Any], is_usable: bool) -> None:
    response = send(json.dumps({**body, "redirect_uris": [LOOPBACK]} if is_usable else body).encode())
    if response.status_code != 201:
        assert_refused(response)
