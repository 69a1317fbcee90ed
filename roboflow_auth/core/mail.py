"""Mail that nobody waits for: it is sent by a thread of its own, and what can't be sent is logged.

A mail server that is slow or down holds up no answer and undoes no change. Only so many mails wait at a time; a mail
server that is down for long would otherwise fill the memory with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)

_MOST_WAITING = 200
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
_waiting: set[Future[None]] = set()


def post(template: str, context: Mapping[str, Any], recipient: str) -> None:
    """Send the mail of `template` to `recipient`. Returns before it is sent, and never raises for what befalls it.

    `template` is the beginning of two names: `<template>_subject.txt` and `<template>_message.txt`.
    """
    _post(_written(template, context, recipient))


def post_after_commit(template: str, context: Mapping[str, Any], recipient: str) -> None:
    """Do as `post` once the transaction at hand is committed, and nothing if it is undone."""
    mail = _written(template, context, recipient)
    transaction.on_commit(lambda: _post(mail), robust=True)


def wait_until_sent(seconds: float = 10) -> None:
    """Return when what was posted so far is sent or given up, for commands and tests."""
    wait(list(_waiting), timeout=seconds)


def _written(template: str, context: Mapping[str, Any], recipient: str) -> EmailMessage:
    # In the language of the request; the thread that sends it knows none.
    subject = " ".join(render_to_string(f"{template}_subject.txt", dict(context)).split())
    message = render_to_string(f"{template}_message.txt", dict(context))
    return EmailMessage(subject, message, None, [recipient])


def _post(mail: EmailMessage) -> None:
    if len(_waiting) >= _MOST_WAITING:
        log.error("mail_not_sent", subject=mail.subject, reason="too many wait")
        return
    future = _sender.submit(copy_context().run, _send, mail)
    _waiting.add(future)
    future.add_done_callback(_waiting.discard)


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except Exception:
        # Whatever it is, nobody is there to be told; the log is.
        log.exception("mail_not_sent", subject=mail.subject)
