"""The command lines behind the process types of docs/running.md."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from roboflow_auth.serve import BASE_DIR, PROCESS_TYPES, command


def test_a_server_listens_on_this_machine_only_unless_told_otherwise() -> None:
    assert "--bind=127.0.0.1:8000" in command(["all"], {})
    assert "--bind=0.0.0.0:9000" in command(["all"], {"HOST": "0.0.0.0", "PORT": "9000"})  # noqa: S104
    assert "--bind=[::1]:8000" in command(["all"], {"HOST": "::1"})


def test_forwarded_headers_are_believed_from_nobody_unless_proxies_are_named() -> None:
    assert "--forwarded-allow-ips=" in command(["web"], {})
    assert "--forwarded-allow-ips=10.0.0.0/8" in command(["web"], {"TRUSTED_PROXIES": "10.0.0.0/8"})


def test_an_authorization_request_with_a_long_state_gets_in() -> None:
    assert "--limit-request-line=8190" in command(["all"], {})


@pytest.mark.parametrize(("kind", "worker", "application"), [
    ("all", "asgi", "roboflow_auth.asgi:application"),
    ("web", "gthread", "roboflow_auth.wsgi:application"),
    ("mcp", "asgi", "roboflow_auth.asgi:application"),
    ("dev", "asgi", "roboflow_auth.asgi:application"),
])  # fmt: skip
def test_each_process_type_serves_its_application_with_its_worker(kind: str, worker: str, application: str) -> None:
    line = command([kind], {})
    assert f"--worker-class={worker}" in line
    assert line[-1] == application


def test_web_concurrency_sets_the_number_of_workers() -> None:
    assert "--workers=1" in command(["all"], {"WEB_CONCURRENCY": ""})
    assert "--workers=5" in command(["mcp"], {"WEB_CONCURRENCY": "5"})


def test_connections_are_shared_out_where_there_are_several_workers() -> None:
    # Not where one worker serves: there a second server on the same port has to fail.
    assert [kind for kind in PROCESS_TYPES if "--reuse-port" in command([kind], {})] == ["web", "mcp"]


def test_only_the_development_server_reloads() -> None:
    assert [kind for kind in PROCESS_TYPES if "--reload" in command([kind], {})] == ["dev"]


def test_manage_is_djangos_command_line() -> None:
    line = command(["manage", "migrate", "--no-input"], {})
    assert line[0] == sys.executable
    assert line[1].endswith("/manage.py")
    assert line[2:] == ["migrate", "--no-input"]


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["all", "web"]])
def test_anything_else_is_answered_with_the_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage:"):
        command(arguments, {})


def test_the_program_becomes_the_process_that_was_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    became: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.execv", lambda _, line: became.append(line))
    monkeypatch.setattr("sys.argv", ["serve.py", "manage", "check"])
    runpy.run_path(str(BASE_DIR / "roboflow_auth" / "serve.py"), run_name="__main__")
    assert became == [[sys.executable, str(BASE_DIR / "manage.py"), "check"]]
    # Whatever directory it was started from, relative paths mean those of the project.
    assert Path.cwd() == BASE_DIR
