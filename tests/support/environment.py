"""The environment in which Django reads its settings during tests; set before the settings are imported."""

from __future__ import annotations

import os

from roboflow_auth.core.rate_limits import LimitName

TEST_ENVIRONMENT = {
    # Development mode: plain HTTP, no collectstatic, test certificate authorities for client metadata documents.
    "DEBUG": "1",
    "SECRET_KEY": "made-up-secret-key-for-tests-only-0123456789abcdef",
    # The host name that Django's test client sends.
    "PUBLIC_URL": "http://testserver",
    "EMAIL_URL": "memorymail://",
    "LOG_LEVEL": "WARNING",
    # One for each thread of a crowd.
    "DATABASE_POOL_SIZE": "64",
    # Tests do in seconds what people do in months. Those about limits set their own, and one looks at the defaults.
    "RATE_LIMITS": ",".join(f"{name}=1000000/hour" for name in LimitName),
}


def set_test_environment() -> None:
    """Give every variable of TEST_ENVIRONMENT its value, unless the caller's environment has one already."""
    for name, value in TEST_ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def live_server_environment(public_url: str) -> dict[str, str]:
    """Return the environment for a server that a test starts as a process of its own.

    It is this process's environment, so with the database that the tests stand on unless the caller puts another
    DATABASE_URL in, and with `public_url` (no trailing slash) as the server's identity.
    """
    return {**os.environ, "PUBLIC_URL": public_url, "LOG_LEVEL": "INFO"}
