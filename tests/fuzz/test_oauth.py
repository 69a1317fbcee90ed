"""The authorization server's endpoints for programs: token, revocation, introspection, userinfo, metadata."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.fuzz.desk import Desk, make_desk, send
from tests.fuzz.effort import effort
from tests.fuzz.formats import CLIENT_ERRORS, TOKEN_ERRORS, USERINFO_ERRORS, assert_oauth, undone
from tests.fuzz.hostile import ODD_TYPES, encoded, encoded_form, forms, header_values, odd_headers, texts

PATHS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/userinfo")
FURTHER = ("client_secret", "scope", "resource", "token_type_hint", "client_assertion", "assertion", "code", "username")


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Desk:
    """Return what there is to attack."""
    return make_desk(alice)


@effort
@given(data=st.data())
def test_the_token_endpoint_answers_any_code_request(desk: Desk, data: st.DataObject) -> None:
    raw = data.draw(forms(desk.code_request, FURTHER))
    with undone():
        assert_oauth(send("POST", "/oauth/token", raw), TOKEN_ERRORS, *desk.secrets)


@effort
@given(data=st.data())
def test_the_token_endpoint_answers_any_refresh_request(desk: Desk, data: st.DataObject) -> None:
    raw = data.draw(forms(desk.refresh_request, FURTHER))
    with undone():
        assert_oauth(send("POST", "/oauth/token", raw), TOKEN_ERRORS, *desk.secrets)


@effort
@given(data=st.data())
@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_revocation_and_introspection_answer_any_request(desk: Desk, path: str, data: st.DataObject) -> None:
    journey = desk.secret_journey
    token = data.draw(st.sampled_from((desk.access_token, desk.refresh_request["refresh_token"])))
    valid = {"client_id": journey.client.client_id, "client_secret": journey.raw_secret, "token": token}
    raw = data.draw(forms(valid, FURTHER))
    with undone():
        assert_oauth(send("POST", path, raw), CLIENT_ERRORS | {"unsupported_token_type"}, *desk.secrets)


@st.composite
def authorizations(draw: st.DrawFn, client_id: str, secret: str, token: str) -> str:
    """Return a header with a client's credentials or a token, right or nearly so."""
    scheme = draw(st.sampled_from(("Basic", "basic", "BASIC ", "Bearer", "bearer", "Digest", "", "Basic\t")))
    pair = draw(
        st.one_of(
            st.just(f"{client_id}:{secret}"),
            st.tuples(texts, texts).map(":".join),
            texts.map(lambda text: f"{client_id}:{text}"),
            texts.map(lambda text: f"{encoded(text)}:{secret}"),
            st.sampled_from((client_id, ":", f"{client_id}:", f":{secret}", f"{client_id}:{secret}:", "%00:%ff")),
        )
    )
    sent = base64.b64encode(pair.encode("utf-8", "surrogatepass")).decode()
    changed = (sent[:-1], sent + "=", sent + " x", sent.replace("=", ""), sent + "é", token, token[:-1] + "0", "")
    return f"{scheme} {draw(st.one_of(st.just(sent), st.sampled_from(changed), header_values))}"


@effort
@given(data=st.data())
@pytest.mark.parametrize("path", PATHS)
def test_any_authorization_header_is_answered(desk: Desk, path: str, data: st.DataObject) -> None:
    journey = desk.secret_journey
    header = data.draw(authorizations(journey.client.client_id, journey.raw_secret, desk.access_token))
    raw = encoded_form([("grant_type", "refresh_token"), ("token", desk.access_token), ("refresh_token", "rfor_")])
    with undone():
        answer = send("POST", path, raw, headers={"Authorization": header})
        assert_oauth(answer, TOKEN_ERRORS | USERINFO_ERRORS, *desk.secrets)


@effort
@given(data=st.data())
@pytest.mark.parametrize("path", [*PATHS, "/oauth/register"])
def test_any_method_type_and_header_is_answered(desk: Desk, path: str, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")))
    content_type = data.draw(st.sampled_from(ODD_TYPES))
    headers = data.draw(odd_headers())
    raw = data.draw(st.one_of(st.binary(max_size=40), st.just(encoded_form(list(desk.code_request.items())).encode())))
    query = data.draw(st.one_of(st.just(""), texts.map(encoded)))
    errors = TOKEN_ERRORS | USERINFO_ERRORS | {"invalid_client_metadata"}
    with undone():
        answer = send(method, f"{path}?{query}", raw, content_type, headers)
        if not is_bare(answer, method):
            assert_oauth(answer, errors, *desk.secrets)


WELL_KNOWN = (
    *("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/oauth/jwks"),
    *("/.well-known/oauth-protected-resource", "/mcp/.well-known/oauth-protected-resource"),
)


@effort
@given(data=st.data())
@pytest.mark.parametrize("path", WELL_KNOWN)
def test_documents_are_found_or_not_but_always_json(db: None, path: str, data: st.DataObject) -> None:
    ending = data.draw(
        st.one_of(st.sampled_from(("", "/", "/mcp", "/api/v1", "/mcp/", "//", "%0a")), texts.map(encoded))
    )
    method = data.draw(st.sampled_from(("GET", "HEAD", "POST", "OPTIONS", "DELETE")))
    headers = data.draw(odd_headers())
    with undone():
        answer = send(method, path + ending, headers=headers)
        assert answer.status_code in (200, 304, 404, 405)
        if not is_bare(answer, method) and answer.status_code != 304:
            assert answer["Content-Type"] == "application/json"


def is_bare(answer: Any, method: str) -> bool:
    """Return whether an answer has no body by the rules of HTTP or of CORS."""
    is_preflight = method == "OPTIONS" and answer.status_code == 200 and not answer.content
    return method == "HEAD" or is_preflight
