"""Instances made on the hot paths are what Django's own constructors and querysets make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models
from django.db.models import QuerySet, Value

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.rows import RowReader, draft
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.models import AccessToken, Client, Connection, RefreshToken
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


def columns_of(instance: models.Model) -> dict[str, Any]:
    """Return all that an instance holds, but for Django's own note on it."""
    return {name: value for name, value in vars(instance).items() if name != "_state"}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (AuditEvent, {"action": "a", "connection_id": 7, "occurred_at": MOMENT}),
        (AccessToken, {"token_checksum": "x", "expires": MOMENT}),
        (RefreshToken, {"token_checksum": "x", "expires_at": MOMENT, "token_family": UUID(int=1)}),
        (Workspace, {"slug": "acme", "created_at": MOMENT}),
    ],
)
def test_a_draft_is_what_the_constructor_makes(model: type[models.Model], values: dict[str, Any]) -> None:
    ours, django = draft(model, **values), model(**values)
    assert columns_of(ours) == columns_of(django)
    assert (ours._state.adding, ours._state.db) == (True, None)


def test_what_a_default_makes_is_made_for_each() -> None:
    first, second = draft(AuditEvent, action="a"), draft(AuditEvent, action="a")
    assert first.occurred_at < second.occurred_at
    clients = [draft(Client, client_id="x"), draft(Client, client_id="y")]
    clients[0].metadata["name"] = "x"
    assert clients[1].metadata == {}


def test_a_draft_refers_to_what_it_is_given(alice: User, acme: Workspace) -> None:
    membership = draft(Membership, user=alice, workspace=acme)
    with at_most(0):
        assert (membership.user_id, membership.user, membership.workspace_id) == (alice.pk, alice, acme.pk)


def test_a_draft_takes_no_name_that_is_no_fields() -> None:
    with pytest.raises(TypeError, match="has no field acton"):
        draft(AuditEvent, acton="a")


def connections(*, email: str) -> QuerySet[Connection]:
    """Return a person's connections with what they name, what is not there among it, and without two columns."""
    found = Connection.objects.filter(user__email=email).defer("label", "client__metadata")
    return found.select_related("client__service_account", "user", "granted_by").annotate(mark=Value("x"))


CONNECTIONS = PreparedQuery(connections, email="email")


def test_an_instance_is_what_the_queryset_finds(alice: User, acme: Workspace) -> None:
    builders.make_token(alice, acme)
    django = connections(email=alice.email).get()
    with at_most(1):
        (ours,) = CONNECTIONS.all(email=alice.email)
        assert columns_of(ours) == columns_of(django)
        assert (ours.client, ours.user, ours.granted_by) == (django.client, alice, None)
        assert columns_of(ours.client) == columns_of(django.client)
        assert ours.client.service_account is None
    assert (ours._state.adding, ours._state.db) == (False, "default")


def test_a_column_that_was_left_out_is_fetched_when_it_is_looked_at(alice: User, acme: Workspace) -> None:
    builders.make_token(alice, acme)
    Client.objects.update(metadata={"name": "x"})
    (found,) = CONNECTIONS.all(email=alice.email)
    assert found.get_deferred_fields() == {"label"}
    assert found.client.metadata == {"name": "x"}


def test_an_instance_can_be_changed_and_stored(alice: User, acme: Workspace) -> None:
    builders.make_token(alice, acme)
    (found,) = CONNECTIONS.all(email=alice.email)
    found.label = "Office"
    found.save(update_fields=["label"])
    assert Connection.objects.get().label == "Office"


class Proud(models.Model):
    """A model that has a say in how its instances are made."""

    class Meta:
        app_label = "core"
        managed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def test_a_model_that_makes_its_instances_itself_is_refused() -> None:
    queryset = Proud._default_manager.all()
    compiler = queryset.query.get_compiler(connection=connection)
    compiler.as_sql()
    with pytest.raises(TypeError, match="in a way of its own"):
        RowReader(queryset, compiler)
    with pytest.raises(TypeError, match="in a way of its own"):
        draft(Proud)
