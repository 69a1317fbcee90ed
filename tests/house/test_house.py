"""The house's own rules (docs/architecture.md): what the code promises about itself, checked."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    *("manage.py", "roboflow_auth", "mcp_server", "templates", "tests", "requirements.txt", "Dockerfile"),
    *("README.md", "pyproject.toml", "Makefile", "requirements-dev.txt", "compose.yaml", "CHANGELOG.md", "docs"),
}
# Words that say nothing about what is in a file.
EMPTY_WORDS = {"utils", "helpers", "common", "base", "manager", "misc", "mixins"}
MAX_LINES = 300

# Who may call each path, by its beginning; every URL of the project has to be covered by one.
GUARDS = {
    "admin/": "staff",
    "accounts/": "allauth",
    "api/v1/schema": "public document",
    "api/v1/docs": "public document",
    "api/v1": "bearer token for the API, or an API key",
    "oauth/authorize": "the signed-in person",
    "oauth/device_authorization": "client authentication",
    "device": "the signed-in person",
    "oauth/token": "client authentication",
    "oauth/revoke": "client authentication",
    "oauth/introspect": "client authentication, or the token itself",
    "oauth/register": "anybody; the registration token for what exists",
    "oauth/userinfo": "bearer token with openid",
    "oauth/jwks": "public document",
    "oauth/logout": "the signed-in person",
    "connections": "the signed-in person; their own connections",
    "activity": "the signed-in person; what their own apps did",
    "thumbnails/": "signature",
    "connect": "anybody",
    "keys": "the signed-in person, by their role in the workspace; a recent sign-in for new secrets",
    "workspaces/new": "the signed-in person",
    "w/<slug:workspace>": "a member whose role allows it; strangers find nothing",
    "invitation/": "the link's secret",
    "invitations/": "whoever opened the link, or has confirmed its address; answering takes the latter",
    "language": "anybody",
    "healthz": "anybody",
    "readyz": "anybody",
    "": "anybody; people see their own workspaces",
}


def tracked_files() -> list[Path]:
    """Return the files under version control."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    paths = [ROOT / line for line in listing.splitlines()] or list(ROOT.rglob("*.py"))
    return [path for path in paths if path.exists()]


def source_files() -> list[Path]:
    """Return the Python files but migrations."""
    return [path for path in tracked_files() if path.suffix == ".py" and "migrations" not in path.parts]


def imported_packages(path: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    origins = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    return {name.partition(".")[0] for name in plain | origins}


def urls(resolver: URLResolver, prefix: str = "") -> list[str]:
    """Return every path of the project, as Django's patterns write it."""
    found: list[str] = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        found += urls(pattern, route) if isinstance(pattern, URLResolver) else [route]
        assert isinstance(pattern, URLPattern | URLResolver)
    return found


def test_the_top_level_is_fixed() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_files_are_short_and_their_names_say_what_is_in_them() -> None:
    for path in source_files():
        assert len(path.read_text().splitlines()) <= MAX_LINES, path
        assert path.stem not in EMPTY_WORDS, path


def test_every_module_says_what_is_in_it() -> None:
    silent = [
        path
        for path in source_files()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_env_example_and_the_settings_name_the_same_variables() -> None:
    settings = (ROOT / "roboflow_auth" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == named


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_url_has_a_guard() -> None:
    for url in urls(get_resolver()):
        plain = url.lstrip("^").replace("(?:mcp/)?", "")
        covered = any(plain.startswith(path) for path in GUARDS if path) or plain in ("", r"\.well-known/")
        assert covered or plain.startswith((r"\.well-known/", "robots.txt")), url


def test_nothing_in_the_tree_names_a_machine_or_a_package_registry() -> None:
    forbidden = re.compile(
        "|".join(["/" + "home/", "/" + "root/", "files." + "pythonhosted", "registry." + "npmjs", "index" + "-url"])
    )
    for path in tracked_files():
        if path.suffix in {".py", ".md", ".txt", ".toml", ".html", ".js", ".json", ".yaml", ".css"}:
            assert not forbidden.search(path.read_text()), path


def test_what_the_product_imports_is_among_its_requirements() -> None:
    pinned = set(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    pinned = {name.lower().replace("_", "-") for name in pinned}
    distributions = packages_distributions()
    for path in source_files():
        if "tests" in path.parts:
            continue
        for package in imported_packages(path) - sys.stdlib_module_names - {"roboflow_auth", "mcp_server"}:
            names = {name.lower().replace("_", "-") for name in distributions[package]}
            assert names & pinned, f"{path} imports {package}, which is not in requirements.txt"


def test_no_comment_of_a_template_is_shown_to_people() -> None:
    # Django's short comments end with their line; a longer one is text, before the doctype even.
    templates = [path for path in tracked_files() if path.suffix in (".html", ".txt") and "templates" in path.parts]
    assert templates
    for path in templates:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line.count("{#") == line.count("#}"), (path, line)
