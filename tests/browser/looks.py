"""The looks that every page has to have: by day and by night, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (1280, 900, 360)


def looks(page: Page) -> Iterator[tuple[Scheme, int]]:
    """Give a page, once it is loaded, each of its looks in turn: the scheme, and the width in pixels."""
    page.wait_for_load_state()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            yield scheme, width


def list_too_wide(page: Page) -> list[tuple[Scheme, int]]:
    """Return the looks in which the page has to be moved sideways to see all of it.

    Those too in which something lies left of the edge, where no reader can scroll to.
    """
    return [(scheme, width) for scheme, width in looks(page) if needed(page) > width or _left(page) < 0]


def _left(page: Page) -> float:
    """Return where the page's content begins, in pixels from the left edge."""
    left: float = page.evaluate(
        "(document.querySelector('main') ?? document.body).getBoundingClientRect().left"
    )
    return left


def needed(page: Page) -> int:
    """Return the width that the page takes, in pixels; at least the window's."""
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
