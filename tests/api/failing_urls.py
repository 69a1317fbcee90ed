"""URLs of resources that go wrong in every way, for the tests of what the API then answers."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import InterfaceError, OperationalError, transaction
from django.urls import path
from rest_framework.request import Request

from roboflow_auth import urls
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import Conflict, Denied
from roboflow_auth.workspaces.selectors import view_caller


class Failing(ResourceView):
    """Goes wrong in the way that the path names."""

    tag = "Test"
    actions: ClassVar[dict[str, Action]] = {"POST": Action.CREATE_PROJECT}

    def post(self, request: Request, way: str) -> Any:
        """Go wrong."""
        return getattr(self, way)()

    def fault(self) -> NoReturn:
        """Break."""
        raise ZeroDivisionError("a private detail")

    def away(self) -> NoReturn:
        """Lose the database."""
        raise OperationalError("connection to 10.0.0.7 refused")

    def closed(self) -> NoReturn:
        """Lose the connection."""
        raise InterfaceError("connection to 10.0.0.7 is closed")

    def conflict(self) -> NoReturn:
        """Refuse, with a detail for the log."""
        raise Conflict("Somebody else did it.", hint="Look again.", detail="a private detail")

    def role(self) -> NoReturn:
        """Refuse for want of a role, further in."""
        raise Denied("Not with this project.", detail="a private detail")

    def undone(self) -> NoReturn:
        """Record, then fail within the transaction."""
        with transaction.atomic():
            record(self.caller, Action.CREATE_PROJECT)
            raise RuntimeError

    def refused_late(self) -> NoReturn:
        """Record, then refuse within the transaction."""
        with transaction.atomic():
            record(self.caller, Action.CREATE_PROJECT)
            raise Conflict("Somebody else did it.")

    def seen_then_refused(self) -> NoReturn:
        """Record, then refuse."""
        view_caller(self.caller)
        raise Conflict("Too late.")


urlpatterns = [path("api/v1/failing/<str:way>", Failing.as_view()), *urls.urlpatterns]
handler500 = urls.handler500
