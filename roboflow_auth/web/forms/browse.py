"""The filter above the images of a project; it comes in the query, so that a filtered list has an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from roboflow_auth.images.browsing import ImageFilter
from roboflow_auth.images.models import ImageStatus, Split
from roboflow_auth.images.selectors import MAX_QUERY_LENGTH

_FIELDS = ("query", "split", "status", "class_name", "tag")
_MOST_PAGES = 40_000


class ImageFilterForm(forms.Form):
    """Narrows the images to a split, a status, a class, a tag, or words."""

    query = forms.CharField(label=_("Words"), required=False, max_length=MAX_QUERY_LENGTH)
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("All")), *Split.choices])
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *ImageStatus.choices])
    class_name = forms.ChoiceField(label=_("Class"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=_MOST_PAGES, widget=forms.HiddenInput())

    def __init__(self, query: QueryDict, classes: Iterable[str], tags: Iterable[str]) -> None:
        super().__init__(query, use_required_attribute=False)
        self._offer("class_name", classes)
        self._offer("tag", tags)

    @property
    def wanted(self) -> ImageFilter:
        """What the valid form asks for."""
        return ImageFilter(**{name: self.cleaned_data[name] for name in _FIELDS})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the page is asked for."""
        return any(self.data.get(name) for name in _FIELDS)

    def query_of_page(self, page: int) -> str:
        """Return the query of another page of the same list."""
        wanted = QueryDict(mutable=True)
        wanted.update({name: self.data[name] for name in _FIELDS if self.data.get(name)})
        wanted["page"] = str(page)
        return wanted.urlencode()

    def _offer(self, name: str, values: Iterable[str]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("All")), *((value, value) for value in values)]
