"""The table of a run: for the terminal, and between two marks in docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.bench.load import CONNECTIONS
from tests.bench.parts import ROOT
from tests.bench.processes import PROCESSES
from tests.bench.rounds import Comparison, Schedule

DOCUMENT = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- make bench writes from here -->\n", "<!-- to here -->\n"
_HEADS = ("path", "ours (req/s)", "beside", "theirs (req/s)", "ratio", "aim", "met")


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the comparisons as a Markdown table whose columns are aligned for a terminal too."""
    rows = [_HEADS, *map(_cells, comparisons)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def facts(postgres_version: str, schedule: Schedule, load_before: float) -> str:
    """Return what the figures depend on; `load_before` is the machine's load average before the run began."""
    return (
        f"{os.cpu_count()} cores, shared with the load generator; {PROCESSES} processes of every server; "
        f"{CONNECTIONS} connections; PostgreSQL {postgres_version}; Python {platform.python_version()}. "
        f"Medians of {schedule.rounds} rounds of {schedule.seconds} seconds, the competitors taking turns. "
        f"Load average before the run: {load_before:.1f}; above 1 other work took part of the machine.\n"
    )


def write(text: str, document: Path = DOCUMENT) -> None:
    """Put `text` between the marks of the document. Raises ValueError where they are missing."""
    before, mark, rest = document.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (mark and end):
        raise ValueError(f"{document.name} has lost the marks between which the table stands")
    document.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}")


def _cells(comparison: Comparison) -> tuple[str, ...]:
    aim = comparison.aim
    return (
        comparison.path,
        _rate(comparison.ours),
        comparison.competitor,
        _rate(comparison.theirs),
        f"{comparison.ratio:.2f}" if comparison.ratio < 10 else f"{comparison.ratio:.0f}",
        f"≥ {aim:g}" if aim else "–",
        ("yes" if comparison.is_met else "no") if aim else "–",
    )


def _rate(rate: float) -> str:
    return f"{rate:.1f}" if rate < 100 else f"{rate:.0f}"
