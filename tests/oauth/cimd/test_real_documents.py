"""The metadata documents of real clients get them in."""

from __future__ import annotations

import pytest

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.grants import SELF_REGISTERED
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.cimd.real_documents import REAL_DOCUMENTS, RealDocument
from tests.oauth.cimd.steps import journey_of
from tests.support.documents import DocumentServer


@clause("P-C1.2", "P-C2.1")
@pytest.mark.parametrize("real", REAL_DOCUMENTS, ids=lambda real: real.name)
@pytest.mark.parametrize(("name", "workspace"), [("alice", "acme"), ("bob", "acme"), ("carol", "carol")])
def test_a_real_document_gets_its_client_in(
    request: pytest.FixtureRequest,
    documents: DocumentServer,
    acme: Workspace,
    real: RealDocument,
    name: str,
    workspace: str,
) -> None:
    journey = journey_of(documents.serve_document(real.path, real.document), request.getfixturevalue(name))
    journey.redirect_uri = real.redirect_uri
    tokens = journey.tokens()
    principal = find_principal(tokens["access_token"], Resource.MCP)
    assert principal is not None
    assert principal.workspace == workspace
    client = Client.objects.get()
    assert (client.redirect_uri_list, client.auth_method) == (real.document["redirect_uris"], "none")
    assert client.grant_types == [grant for grant in real.document["grant_types"] if grant in SELF_REGISTERED]
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
