"""Log lines as key and value, each with the id of its request: JSON for machines, columns on a developer's console."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from roboflow_auth.core.request_context import request_at_hand


def _name_request(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # Asked here and not bound to each request: most requests write no line.
    request = request_at_hand()
    return line if request is None else {"request_id": request.request_id, **line}


_SHARED: list[Any] = [
    _name_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]


class RefusalFilter(logging.Filter):
    """Lets what Django says of a request that it refused be one line: nobody has to act, and no code is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the traceback off, and lower what Django calls an error although it answers with 400."""
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        if record.name.startswith(("django.request", "django.security.")) and record.levelno < logging.ERROR:
            record.exc_info = None
        return True


def logging_config(level: str, *, is_for_people: bool) -> dict[str, Any]:
    """Return Django's LOGGING for everything from `level` up, and set up structlog to go the same way."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Plain tracebacks: the renderer's own ones print local variables, and with them tokens and passwords.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": console if is_for_people else structlog.processors.JSONRenderer(),
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "filters": {"refusals": {"()": RefusalFilter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["refusals"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"mcp": {"level": "WARNING"}, "django.server": {"level": "INFO"}},
    }
