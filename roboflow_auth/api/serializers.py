"""The form of what callers send, by operation: names, types and bounds. What values mean is for the services to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from roboflow_auth.access.catalogue import SCOPES
from roboflow_auth.api_keys.models import NAME_LENGTH as KEY_NAME_LENGTH
from roboflow_auth.api_keys.subset import DEFAULT_LIFETIME_DAYS, MAX_LIFETIME_DAYS
from roboflow_auth.audit.models import Outcome
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.paging import MAX_LIMIT, MAX_OFFSET
from roboflow_auth.images.selectors import MAX_QUERY_LENGTH
from roboflow_auth.projects.models import NAME_LENGTH, ProjectType

_DIGITS = re.compile(r"-?[0-9]+")
_MAX_TEXT = 254
_MAX_ERRORS = 10
_PRINTED_NAME = 60


class InvalidFields(InvalidInput):
    """What was sent has the wrong form; `errors` names each field and what is wrong with it."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(
            " ".join(f"{error['field']}: {error['detail']}" if error["field"] else error["detail"] for error in errors)
        )
        self.errors = errors


class WholeNumber(serializers.IntegerField):
    """A number in plain decimal digits. Python would also read `1_0`, `1.0` and digits of other scripts."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, str) and not _DIGITS.fullmatch(data):
            self.fail("invalid")
        number: int = super().to_internal_value(data)
        return number


class Input(serializers.Serializer[dict[str, Any]]):
    """Fields that an operation takes. Unknown ones are refused: they are misspelt, or promise what is not done."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values by name."""
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise ValidationError({name[:_PRINTED_NAME]: ["There is no such field."] for name in unknown})
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class Paging(Input):
    """Which part of a list."""

    limit = WholeNumber(default=50, min_value=1, max_value=MAX_LIMIT, help_text="How many to return at the most.")
    offset = WholeNumber(
        default=0,
        min_value=0,
        max_value=MAX_OFFSET,
        help_text="How many to skip: the offset of the page before plus its limit.",
    )


class ImageSearch(Paging):
    """Which images of a project; all conditions must hold."""

    query = serializers.CharField(
        default="",
        max_length=MAX_QUERY_LENGTH,
        help_text="Words that must all occur in the file name, a tag or the name of a class; `*` finds all.",
    )
    tag = serializers.CharField(default="", max_length=MAX_QUERY_LENGTH, help_text="Only images with this tag.")
    class_name = serializers.CharField(
        default="", max_length=MAX_QUERY_LENGTH, help_text="Only images on which this class is marked."
    )
    in_dataset = serializers.BooleanField(
        default=None, help_text="`true`: only images in the dataset; `false`: only those that are not."
    )


class AuditLogQuery(Input):
    """Which part of the audit log."""

    limit = WholeNumber(default=50, min_value=1, max_value=MAX_LIMIT, help_text="How many to return at the most.")
    after = serializers.CharField(default="", max_length=_MAX_TEXT, help_text="The `after` of the page before.")
    actor_email = serializers.CharField(default="", max_length=_MAX_TEXT, help_text="Only what this person did.")
    action = serializers.CharField(
        default="", max_length=_MAX_TEXT, help_text="Only this action, for example `create_project`."
    )
    outcome = serializers.ChoiceField(default="", choices=Outcome.values, help_text="Only what ended like this.")


class NewProject(Input):
    """A project to create."""

    name = serializers.CharField(max_length=NAME_LENGTH, help_text="A name for people, for example `Warehouse boxes`.")
    type = serializers.ChoiceField(
        choices=ProjectType.values, help_text="What is annotated, and how. It can't be changed later."
    )
    annotation = serializers.CharField(
        max_length=NAME_LENGTH, help_text="What is annotated, as one plural noun: `boxes`, `screws`."
    )
    license = serializers.CharField(
        default="", allow_blank=True, max_length=NAME_LENGTH, help_text="For example `CC BY 4.0`; empty for none."
    )


class Scopes(serializers.ListField):
    """Names of scopes."""

    child = serializers.CharField(max_length=64)

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty=False, max_length=len(SCOPES), **options)


class ApiKeysQuery(Paging):
    """Which API keys."""

    include_disabled = serializers.BooleanField(
        default=False, help_text="`true`: also those that are disabled, expired, or whose maker left."
    )


class WantedApiKey(Input):
    """An API key to create."""

    name = serializers.CharField(max_length=KEY_NAME_LENGTH, help_text="What will use it, for people to recognise.")
    scopes = Scopes(required=False, help_text="What it may do, at most what you hold; reading only unless given.")
    expires_in_days = WholeNumber(
        default=DEFAULT_LIFETIME_DAYS,
        min_value=1,
        max_value=MAX_LIFETIME_DAYS,
        help_text="Its lifetime; it never outlives the credential that makes it.",
    )


class ApiKeyChanges(Input):
    """What to change of an API key; what is left out stays as it is."""

    name = serializers.CharField(required=False, max_length=KEY_NAME_LENGTH, help_text="Another name.")
    scopes = Scopes(required=False, help_text="What it may do from now on: some of what it carries, never more.")
    disabled = serializers.BooleanField(required=False, help_text="`true` makes it stop working until it is enabled.")


def read_input(form: type[Input], data: Any) -> dict[str, Any]:
    """Return the values of `form`'s fields in `data`, with defaults. Raises `InvalidFields`."""
    serializer = form(data=data)
    if not serializer.is_valid():
        raise InvalidFields(_errors_of(serializer.errors))
    return dict(serializer.validated_data)


def _errors_of(errors: Mapping[str, Any]) -> list[dict[str, str]]:
    flat = [
        # The framework's name for «the whole» is for itself.
        {"field": "" if field == "non_field_errors" else field, "detail": str(detail)}
        for field, details in errors.items()
        for detail in _flat(details)
    ]
    return flat[:_MAX_ERRORS]


def _flat(details: Any) -> list[Any]:
    # Of a list's members the framework says which one is wrong, by its place.
    if isinstance(details, Mapping):
        return [detail for inner in details.values() for detail in _flat(inner)]
    return list(details)
