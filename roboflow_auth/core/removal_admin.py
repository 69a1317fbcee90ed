"""Pages of Django admin that delete what is in use."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from roboflow_auth.core.removal import remove

ModelT = TypeVar("ModelT", bound=Model)


class RemovalAdmin(admin.ModelAdmin[ModelT], Generic[ModelT]):
    """Rows that are taken out of use before they are deleted (`core.removal`), each by itself."""

    @abstractmethod
    def retire(self, obj: ModelT) -> None:
        """Take `obj` out of use; each page says how."""

    @abstractmethod
    def record_deletion(self, request: HttpRequest, obj: ModelT) -> None:
        """Write down who deletes `obj`, in the transaction that does."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, and delete. Django's own does all of it in one transaction, so nobody would see what is out of use."""
        response: HttpResponse = self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]
        return response

    def delete_model(self, request: HttpRequest, obj: ModelT) -> None:
        """Take the row out of use, and delete it with all that refers to it."""
        self.retire(obj)
        remove(partial(self._delete, request, obj))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelT]) -> None:
        """Do the same with each of the rows."""
        for obj in queryset:
            self.delete_model(request, obj)

    def _delete(self, request: HttpRequest, obj: ModelT) -> None:
        self.record_deletion(request, obj)
        # Not the object's own method: after a transaction that failed the object would have lost its key.
        self.model._default_manager.filter(pk=obj.pk).delete()
