"""A person without a mouse: goes from one element to the next, and sees at each where they are."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_MOST_STOPS = 150
# Radio buttons that are drawn as their whole label are marked there.
_FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels?.[0];
  const box = (label ?? one).getBoundingClientRect();
  const name = one.getAttribute('aria-label') || label?.innerText || one.innerText || one.value || '';
  const isMarked = [one, one.closest('.choice, .segment, .project-card')].some(element => {
    const style = element && getComputedStyle(element);
    return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  return { name: name.trim().replace(/\\s+/g, ' '), tag: one.tagName, isMarked,
           isInView: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
}"""


class Keyboard:
    """The keys of `page`."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def focused(self) -> dict[str, Any]:
        """Return what has the focus: its `name`, `tag`, and whether it `isMarked` and `isInView`."""
        found: dict[str, Any] = self._page.evaluate(_FOCUSED)
        return found

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self._page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._page.keyboard.type(text)

    def go_to(self, name: str) -> None:
        """Press Tab until what begins with `name` has the focus; every stop on the way has to be seen."""
        stops = []
        for _ in range(_MOST_STOPS):
            self.press("Tab")
            at = self.focused()
            if at["tag"] == "BODY":
                continue
            stops.append(at["name"])
            assert at["isMarked"], f"Nobody sees that the focus is at {at}"
            assert at["isInView"], f"The focus left the window at {at}"
            if at["name"].startswith(name):
                return
        raise AssertionError(f"Tab never comes to {name!r}, but to {stops[:20]}")
