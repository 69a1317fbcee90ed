"""CSV files (RFC 4180) that are safe to open in a spreadsheet, sent line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from roboflow_auth.core.http import no_store

# What spreadsheets take for the beginning of a formula, their wide forms and white space before them included.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_line(cells: Iterable[object]) -> str:
    """Return one line. Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    stream = io.StringIO()
    csv.writer(stream).writerow([_harmless(cell) for cell in cells])
    return stream.getvalue()


def answer_csv(request: HttpRequest, name: str, lines: Iterator[str]) -> StreamingHttpResponse:
    """Return `lines` as the file `name`.csv, sent as they come: on an event loop each is fetched in a thread."""
    content = _from_thread(lines) if isinstance(request, ASGIRequest) else lines
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return no_store(response)


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and (cell.startswith(_FORMULA_MARKS) or cell.lstrip().startswith(_FORMULA_MARKS)):
        return f"'{cell}"
    return cell


async def _from_thread(lines: Iterator[str]) -> AsyncIterator[str]:
    fetch = sync_to_async(lambda: next(lines, None))
    while (line := await fetch()) is not None:
        yield line
