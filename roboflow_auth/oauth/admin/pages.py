"""What the pages of this package have in common: rows to look at, one button, and staff's name on what they do."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.oauth.models import Client, Connection, Session

ModelT = TypeVar("ModelT", bound=models.Model)


class ReadOnlyAdmin(admin.ModelAdmin[ModelT], Generic[ModelT]):
    """Rows that can be looked at. They come about, change and end in the product, not by hand."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        """Refuse on the row's own pages. A person, workspace or app that is deleted takes its rows along."""
        page = request.resolver_match.url_name if request.resolver_match else None
        is_own_page = (page or "").startswith(f"{self.opts.app_label}_{self.opts.model_name}_")
        return not is_own_page and super().has_delete_permission(request, obj)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may end what the rows stand for: those who could change them."""
        return super().has_change_permission(request)


class ButtonAdmin(admin.ModelAdmin[ModelT], Generic[ModelT]):
    """A change page with a button that does what the form can't: `press` on POST, if `may_press`.

    With `button_choices` there are several, and `press` finds the value of the one pressed in the form, as `choice`.
    """

    change_form_template = "admin/oauth/button_change_form.html"
    button_label: ClassVar[Any] = ""
    button_choices: ClassVar[tuple[tuple[str, Any], ...]] = ()

    @abstractmethod
    def may_press(self, request: HttpRequest, obj: ModelT) -> bool:
        """Return whether the person may press the button, and whether that would do anything; each page says when."""

    @abstractmethod
    def press(self, request: HttpRequest, obj: ModelT) -> HttpResponse | None:
        """Do it, inside a transaction, and return a page that must be seen, if any; each page says what."""

    def get_urls(self) -> list[URLPattern]:
        """Return the pages' URLs and the button's."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_button"
        return [
            path("<path:object_id>/button/", self.admin_site.admin_view(self._button), name=name),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Show the button to whoever may press it."""
        obj = context.get("original")
        if obj is not None and self.may_press(request, obj):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_button"
            choices = self.button_choices or (("", self.button_label),)
            context |= {"button_url": reverse(name, args=[obj.pk]), "button_choices": choices}
        return super().render_change_form(request, context, *args, **options)

    def _button(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.may_press(request, obj):
            raise PermissionDenied
        with transaction.atomic():
            answer = self.press(request, obj)
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return answer or HttpResponseRedirect(reverse(page, args=[obj.pk]))


def record_staff(
    request: HttpRequest,
    action: str,
    *,
    client: Client | None = None,
    connection: Connection | None = None,
    session: Session | None = None,
    detail: str = "",
    outcome: str = Outcome.ALLOWED,
) -> None:
    """Write that this member of staff did `action`, to what; call it in the transaction of the change."""
    staff = cast(User, request.user)
    record_event(
        action,
        subject=str(staff.subject),
        email=staff.email,
        client_id=client.client_id if client else "",
        client_name=client.name if client else "",
        workspace=connection.workspace.slug if connection else "",
        connection_id=connection.pk if connection else None,
        session_id=session.pk if session else None,
        target=connection.user.email if connection else "",
        outcome=Outcome(outcome),
        reason="by_staff",
        detail=detail,
    )


def tell(request: HttpRequest, sentence: str) -> None:
    """Show `sentence` on the next page, once."""
    messages.success(request, sentence)


def tell_count(request: HttpRequest, count: int) -> None:
    """Say how many rows an action ended."""
    tell(request, _("Ended: %(count)d.") % {"count": count})
