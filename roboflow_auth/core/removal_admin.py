"""Pages of Django admin that delete what is in use."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from roboflow_auth.core.errors import Conflict
from roboflow_auth.core.languages import translated
from roboflow_auth.core.removal import hold, remove

ModelT = TypeVar("ModelT", bound=Model)


class RemovalAdmin(admin.ModelAdmin[ModelT], Generic[ModelT]):
    """Rows that are taken out of use before they are deleted (`core.removal`), each by itself."""

    @abstractmethod
    def retire(self, obj: ModelT) -> None:
        """Take `obj` out of use; each page says how."""

    @abstractmethod
    def record_deletion(self, request: HttpRequest, obj: ModelT, outcome: str = "allowed") -> None:
        """Write down who deletes `obj`, in the transaction that does, or who could not (an `audit.models.Outcome`)."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, and delete. Django's own does all of it in one transaction, so nobody would see what is out of use."""
        return self._or_say_why(self._delete_view, request, object_id, extra_context)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the rows, and do what staff chose to do with some of them."""
        return self._or_say_why(super().changelist_view, request, extra_context)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[ModelT]) -> Any:
        """Leave Django's own log alone: it is asked for before anything is deleted, and gets its row with that."""

    def delete_model(self, request: HttpRequest, obj: ModelT) -> None:
        """Take the row out of use, and delete it with all that refers to it. Raises `Conflict`."""
        self.retire(obj)
        try:
            remove(partial(self._delete, request, obj))
        except Conflict:
            self.record_deletion(request, obj, "refused")
            raise

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelT]) -> None:
        """Do the same with each of the rows."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _delete(self, request: HttpRequest, obj: ModelT) -> None:
        # Not the object's own method: after a transaction that failed the object would have lost its key.
        rows = self.model._default_manager.filter(pk=obj.pk)
        if hold(rows):
            self.record_deletion(request, obj)
            super().log_deletions(request, rows)
            rows.delete()

    def _or_say_why(self, view: Callable[..., HttpResponse], request: HttpRequest, *args: Any) -> HttpResponse:
        try:
            return view(request, *args)
        except Conflict as refusal:
            self.message_user(request, translated(refusal.description), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
