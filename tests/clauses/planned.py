"""Promises that no test proves yet, each with the reason.

A clause leaves this list with the first test that carries its id; `tests/house` keeps both lists apart.
"""

from __future__ import annotations

PLANNED: dict[str, str] = {}
