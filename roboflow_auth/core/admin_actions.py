"""Actions on the lists of Django admin that can't be taken back: they ask first, as deleting does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

_SHOWN_ROWS = 20
# Below the number of fields that Django takes of one form.
_MOST_ROWS = 500

AdminAction = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


def asks_first(consequence: Any) -> Callable[[AdminAction], AdminAction]:
    """Return a decorator, to stand below `admin.action`, for what can't be taken back.

    The person who chose the action sees `consequence` (a translatable sentence) and the rows that are meant. It runs
    once they said yes to that; Django asks for its permissions both times.
    """

    def decorate(action: AdminAction) -> AdminAction:
        @wraps(action)
        def asking(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            if request.POST.get("post") == "yes":
                return action(page, request, queryset)
            return _question(page, request, queryset, action.__name__, consequence)

        return asking

    return decorate


def _question(
    page: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Any], action: str, consequence: Any
) -> HttpResponse | None:
    title = getattr(getattr(type(page), action), "short_description", "")
    # These rows and no others, whatever may match the list's filters by the time of the answer.
    selected = list(queryset.values_list("pk", flat=True)[: _MOST_ROWS + 1])
    if len(selected) > _MOST_ROWS:
        page.message_user(request, _("Choose at most %(rows)d at a time.") % {"rows": _MOST_ROWS}, messages.ERROR)
        return None
    columns = page.get_list_display(request)
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.opts,
        "consequence": consequence,
        "headings": [label_for_field(column, page.model, page) for column in columns],
        "rows": [[_shown(page, row, column) for column in columns] for row in queryset[:_SHOWN_ROWS]],
        "more": max(0, len(selected) - _SHOWN_ROWS),
        "action": action,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "selected": selected,
    }
    return TemplateResponse(request, "admin/action_confirmation.html", context)


def _shown(page: admin.ModelAdmin[Any], row: Any, column: Any) -> str:
    field, _attribute, value = lookup_field(column, row, page)
    return display_for_field(value, field, "–") if field else display_for_value(value, "–")
