"""What of a page's text nobody can read: beyond the edge of the screen, or cut off by the box it stands in."""

from __future__ import annotations

from playwright.sync_api import Page

#: Whatever text reaches beyond a box that hides it. Not meant: what scrolls, what ends in an ellipsis, what only screen readers
#: are told, what waits beyond the left edge (the closed menu), and the canvas of a journey, which is moved by hand.
_CUT = """() => {
  const found = [];
  const told = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let text = told.nextNode(); text; text = told.nextNode()) {
    const own = text.parentElement;
    if (!text.textContent.trim() || own.closest('.react-flow, iframe, [aria-hidden=true]')) continue;
    if (!own.checkVisibility({ visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    const place = range.getBoundingClientRect();
    if (place.width === 0 || place.right <= 0) continue;
    let left = 0, right = document.documentElement.clientWidth, meant = false;
    for (let box = own; box && box !== document.documentElement && !meant; box = box.parentElement) {
      const style = getComputedStyle(box), edge = box.getBoundingClientRect();
      meant = edge.width <= 1 || /auto|scroll/.test(style.overflowX);
      meant ||= style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (/hidden|clip/.test(style.overflowX)) { left = Math.max(left, edge.left); right = Math.min(right, edge.right); }
      if (style.position === 'fixed') break;
    }
    if (!meant && (place.right > right + 1 || place.left < left - 1)) found.push(text.textContent.trim().slice(0, 60));
  }
  return found;
}"""


def cut_off(page: Page) -> list[str]:
    """The texts that are cut off, in the order of the page; a chart follows a new width a little later, and is waited for."""
    for _ in range(20):
        found: list[str] = page.evaluate(_CUT)
        if not found:
            break
        page.wait_for_timeout(100)
    return found
