"""Content that is saved in several ways (`mc:AlternateContent`, ECMA-376 part 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_TEXTS = {"w:t", "a:t", "m:t"}


def choose_alternatives(content: Element) -> list[Element]:
    """Return the first alternative, and with it those that say something else.

    Which one is shown depends on the program. All of them mostly say the same, so one is enough.
    """
    chosen: list[Element] = []
    texts: set[str] = set()
    for alternative in content:
        text = "".join("".join(_iterate_texts(alternative)).split())
        if len(alternative) and (not chosen or (text and text not in texts)):
            chosen.append(alternative)
            texts.add(text)
    return chosen


def iterate_chosen(element: Element) -> Iterator[Element]:
    """Yield an element and all beneath it, of alternatives those that are chosen."""
    yield element
    for child in choose_alternatives(element) if element.tag == "mc:AlternateContent" else element:
        yield from iterate_chosen(child)


def _iterate_texts(element: Element) -> Iterator[str]:
    return (each.text for each in element.iter() if each.tag in _TEXTS and each.text)
