"""Registration and its management: whatever JSON, or none, and whatever token (RFC 7591, RFC 7592)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.fuzz.desk import Desk, make_desk, send
from tests.fuzz.effort import effort
from tests.fuzz.formats import REGISTRATION_ERRORS, assert_oauth, undone
from tests.fuzz.hostile import documents, encoded, header_values, texts
from tests.oauth.registrations import metadata

FURTHER = (
    *("client_uri", "logo_uri", "tos_uri", "policy_uri", "contacts", "scope", "software_id", "software_version"),
    *("application_type", "jwks", "jwks_uri", "token_endpoint_auth_methods_supported", "client_id", "client_secret"),
)
GOOD = metadata("Shelf counter", "http://127.0.0.1/callback", "https://app.example/callback")


@pytest.fixture
def desk(alice: User, acme: Workspace) -> Desk:
    """Return what there is to attack."""
    return make_desk(alice)


@effort
@given(data=st.data())
def test_any_document_is_registered_or_refused(db: None, data: st.DataObject) -> None:
    body = data.draw(documents(GOOD, FURTHER))
    with undone():
        answer = send("POST", "/oauth/register", body, "application/json")
        assert_oauth(answer, REGISTRATION_ERRORS)
        assert answer.status_code in (201, 400)


@effort
@given(data=st.data())
def test_any_document_replaces_a_registration_or_is_refused(desk: Desk, data: st.DataObject) -> None:
    body = data.draw(documents({**GOOD, "client_id": desk.registration["client_id"]}, FURTHER))
    token = desk.registration["registration_access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with undone():
        path = f"/oauth/register/{desk.registration['client_id']}"
        answer = send("PUT", path, body, "application/json", headers)
        assert_oauth(answer, REGISTRATION_ERRORS, token)
        assert answer.status_code in (200, 400)


@effort
@given(data=st.data())
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_manages_a_registration_by_a_made_up_token(desk: Desk, method: str, data: st.DataObject) -> None:
    token = desk.registration["registration_access_token"]
    made_up = data.draw(st.one_of(st.sampled_from((token[:-1], token + "0", "", desk.access_token)), header_values))
    own = desk.registration["client_id"]
    client_id = data.draw(st.one_of(st.just(own), texts.map(encoded)))
    with undone():
        path = f"/oauth/register/{client_id}"
        answer = send(method, path, b"{}", "application/json", {"Authorization": f"Bearer {made_up}"})
        assert answer.status_code in (401, 404, 405)
        if client_id == own:
            assert_oauth(answer, REGISTRATION_ERRORS, token)
            assert answer.status_code == 401
