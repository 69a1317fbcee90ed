"""The languages that the pages speak: which one is wished for, and how texts made elsewhere are said in it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import pgettext_lazy

from roboflow_auth.core.sentences import Sentence

# Months as they stand within a date, which is the format «E». Django's own catalogues give them a capital in languages
# that write them without, such as Portuguese; named here, they stand in ours, which come first.
MONTHS_IN_DATES = (
    pgettext_lazy("alt. month", "January"),
    pgettext_lazy("alt. month", "February"),
    pgettext_lazy("alt. month", "March"),
    pgettext_lazy("alt. month", "April"),
    pgettext_lazy("alt. month", "May"),
    pgettext_lazy("alt. month", "June"),
    pgettext_lazy("alt. month", "July"),
    pgettext_lazy("alt. month", "August"),
    pgettext_lazy("alt. month", "September"),
    pgettext_lazy("alt. month", "October"),
    pgettext_lazy("alt. month", "November"),
    pgettext_lazy("alt. month", "December"),
)


def translated(text: str) -> str:
    """Return `text`, which a service made or a registry states, in the language of the page; unknown texts as is."""
    if not isinstance(text, Sentence):
        return translation.gettext(text) if text else text
    values = {name: translated(value) if isinstance(value, Sentence) else value for name, value in text.values.items()}
    return translation.gettext(text.template) % values if values else translation.gettext(text.template)


def first_spoken(wishes: str) -> str:
    """Return the first language of `wishes`, separated by spaces, that the pages speak; empty when they speak none."""
    # OpenID Connect Core §3.1.2.1: ui_locales are tags of RFC 5646, in order of preference, and no error if unknown.
    for wish in wishes.split():
        try:
            return translation.get_supported_language_variant(wish)
        except LookupError:
            continue
    return ""


def language_for(request: HttpRequest, wishes: str) -> str:
    """Return the language for a page that an app wished for: what the person chose here goes before it."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if is_spoken(chosen) else first_spoken(wishes) or str(translation.get_language())


def is_spoken(code: str) -> bool:
    """Return whether `code` is one of the languages of the settings."""
    return code in dict(settings.LANGUAGES)


def language_tags() -> list[str]:
    """Return the languages of the settings as tags of RFC 5646, such as `pt-BR`."""
    return [translation.to_locale(code).replace("_", "-") for code, _ in settings.LANGUAGES]
