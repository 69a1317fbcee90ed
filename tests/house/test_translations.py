"""Every text can be translated, and is: what is marked, extracted, translated and compiled."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import to_locale

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.wording import OTHER_ACTIONS
from tests.translations import catalogues
from tests.translations.catalogues import catalogue_paths, compiled, load
from tests.translations.extraction import KEYWORDS, ROOT, extracted
from tests.translations.templates import template_paths, unmarked_texts

CATALOGUES = catalogue_paths()
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\{.*?\}\}")
# The functions that write rows of the audit log; the action is their first argument or their second.
_RECORDING = {"record", "record_event", "draft_event", "record_on_connection", "record_on_session", "record_staff"}
_MARKUP = re.compile(r"</?\w+[^>]*>")

in_every_language = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)


def messages_of(path: Path) -> list[Message]:
    """Return the texts of the catalogue at `path`, without its header."""
    return [message for message in load(path) if message.id]


def pairs_of(message: Message) -> list[tuple[str, str]]:
    """Return each translation of `message` beside the English that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=True))


def test_every_language_of_the_settings_but_english_has_a_catalogue() -> None:
    codes = {to_locale(code) for code, _ in settings.LANGUAGES} - {"en"}
    assert codes == {path.parents[1].name for path in CATALOGUES} != set()


@pytest.mark.parametrize("path", template_paths(), ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_text_of_a_template_is_unmarked(path: Path) -> None:
    assert not unmarked_texts(path.read_text())


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello you</p>",
        '<img alt="A picture">',
        '{% translate "Fine" %} but not this',
        '{{ name|default:"Nobody here" }}',
        '{% include "partials/problem.html" with title="Too late" %}',
        '{% blocktranslate with name=name|default:"Nobody" %}{{ name }}{% endblocktranslate %}',
        "{% blocktranslate %}Fine{% endblocktranslate %}<b>left</b>",
    ],
)
def test_a_text_that_nobody_marked_is_found(source: str) -> None:
    assert unmarked_texts(source)


def test_only_texts_are_marked_and_never_variables() -> None:
    """A variable can't be extracted; what registries state goes through `core.languages.translated`."""
    marks = KEYWORDS.keys() - {"sentence"}
    for path in (ROOT / "roboflow_auth").rglob("*.py"):
        if path.name == "languages.py" and path.parent.name == "core":
            continue
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in marks:
                assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"


@in_every_language
def test_the_catalogue_holds_the_texts_of_the_code_and_no_others(path: Path) -> None:
    """Run `make messages` when this fails, and translate what it lists."""
    ours = {(message.context, message.id) for message in messages_of(path)}
    assert ours == {(message.context, message.id) for message in extracted() if message.id}


@in_every_language
def test_every_text_is_translated_and_nothing_is_guessed(path: Path) -> None:
    forms = load(path).num_plurals
    for message in messages_of(path):
        assert not message.fuzzy, message.id
        assert all(translation.strip() for _, translation in pairs_of(message)), message.id
        assert len(pairs_of(message)) == (1 if isinstance(message.id, str) else forms)


@in_every_language
def test_translations_have_the_placeholders_and_the_markup_of_the_text(path: Path) -> None:
    for message in messages_of(path):
        for text, said in pairs_of(message):
            for pattern in (_PLACEHOLDER, _MARKUP):
                assert sorted(pattern.findall(text)) == sorted(pattern.findall(said)), text


@in_every_language
def test_translations_begin_and_end_like_the_text(path: Path) -> None:
    for message in messages_of(path):
        for text, said in pairs_of(message):
            assert (text[:1].isspace(), text[-1:].isspace()) == (said[:1].isspace(), said[-1:].isspace())
            for mark in (".", "?", ":", "…", ","):
                assert text.endswith(mark) == said.endswith(mark), text


@in_every_language
def test_what_django_loads_is_compiled_from_the_catalogue(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(load(path)), "make messages"


def test_a_new_text_of_the_code_is_left_to_translate_and_a_gone_one_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "pt_BR" / "LC_MESSAGES"
    place.mkdir(parents=True)
    text = CATALOGUES[0].read_text().replace('msgid "Skip to content"', 'msgid "Was here once"')
    (place / "django.po").write_text(text)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    catalogues.update()
    assert "1 not translated\n  'Skip to content'" in capsys.readouterr().out
    assert "Was here once" not in (place / "django.po").read_text()


@in_every_language
def test_the_names_of_months_and_days_are_left_to_django(path: Path) -> None:
    """A text of ours that is spelled like a month takes its place in every date, as «May» once did."""
    names = {*MONTHS.values(), *MONTHS_3.values(), *WEEKDAYS.values(), *WEEKDAYS_ABBR.values()}
    with translation.override("en"):
        taken = {str(name) for name in names} & {message.id for message in messages_of(path) if not message.context}
    assert not taken


def test_every_action_of_the_audit_log_has_words() -> None:
    known = {*Action, *OTHER_ACTIONS}
    for path in [*(ROOT / "roboflow_auth").rglob("*.py"), *(ROOT / "mcp_server").rglob("*.py")]:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in _RECORDING:
                inner = [node for argument in call.args[:2] for node in ast.walk(argument)]
                found = {node.value for node in inner if isinstance(node, ast.Constant) and _is_action(node)}
                assert found <= known, f"{path}:{call.lineno} {found - known}"


def _is_action(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.fullmatch(r"[a-z_]+", node.value))
