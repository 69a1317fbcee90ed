"""What is looked for on every page: faults that axe finds, width, movement, and what is left in forced colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#axe-core-tags
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = "options => axe.run(document, options).then(found => found.violations)"
_UNFOLD = "folds => folds.forEach(fold => { fold.removeAttribute('name'); fold.open = true; })"
_MOVING = """() => document.getAnimations()
  .filter(one => one.playState === 'running' && one.effect.getComputedTiming().endTime > 0)
  .map(one => `${one.effect.target.className} ${one.animationName || one.transitionProperty}`)
"""
# Elements that would move, once somebody points at them or opens them.
_WOULD_MOVE = """() => [...document.querySelectorAll('*')].filter(element => {
  const style = getComputedStyle(element);
  return [style.transitionDuration, style.animationDuration].join().split(',').some(value => parseFloat(value) > 0.001);
}).map(element => `${element.tagName}.${element.className}`)
"""
_EDGELESS = """() => [...document.querySelectorAll('.button, button')].filter(button => {
  const style = getComputedStyle(button);
  return button.checkVisibility() && (style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) < 1);
}).map(button => button.outerHTML.slice(0, 120))
"""


def unfold(page: Page) -> None:
    """Open everything that can be opened, also what is meant to be open alone."""
    page.locator("details").evaluate_all(_UNFOLD)


def find_faults(page: Page, axe: Path, **options: Any) -> list[str]:
    """Return what axe objects to, a line for each place: the rule, where, and why."""
    if not page.evaluate("'axe' in window"):
        # Past the page's own policy: it comes from the debugger, not from a script element.
        page.evaluate(axe.read_text())
    wanted = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], **options}
    violations = page.evaluate(_RUN, wanted)
    return [
        f"{fault['id']}: {' '.join(map(str, node['target']))} {' '.join(node['failureSummary'].split())}"
        for fault in violations
        for node in fault["nodes"]
    ]


def find_movement(page: Page) -> list[str]:
    """Return what moves on the page, or would."""
    moving: list[str] = page.evaluate(_MOVING)
    return moving + [str(element) for element in page.evaluate(_WOULD_MOVE)]


def width_of(page: Page) -> int:
    """Return how wide the page's content is."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def find_edgeless(page: Page) -> list[str]:
    """Return the buttons without an edge, which nobody could tell from text where the system chooses all colours."""
    edgeless: list[str] = page.evaluate(_EDGELESS)
    return edgeless
