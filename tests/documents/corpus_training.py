"""A training deck: slides before any writer has written them, and what is changed in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    WordChange = Callable[["Deck"], "Deck"]


@dataclass(frozen=True)
class Slide:
    """A slide with a table in the place of its points, or with a text box below them, where it has one."""

    title: str
    points: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    box: str = ""
    notes: str = ""
    hidden: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Deck:
    slides: tuple[Slide, ...]


def change_slide(title: str, change: Callable[[Slide], Slide]) -> WordChange:
    def change_deck(deck: Deck) -> Deck:
        find_slide(deck, title)
        return Deck(tuple(change(slide) if slide.title == title else slide for slide in deck.slides))

    return change_deck


def reword(title: str, old: str, new: str) -> WordChange:
    """Return the change of words on one slide, wherever on it they are."""

    def change(slide: Slide) -> Slide:
        if repr(slide).count(old) != 1:
            raise ValueError(old)
        return replace(
            slide,
            title=slide.title.replace(old, new),
            points=tuple(point.replace(old, new) for point in slide.points),
            rows=tuple(tuple(cell.replace(old, new) for cell in row) for row in slide.rows),
            box=slide.box.replace(old, new),
            notes=slide.notes.replace(old, new),
        )

    return change_slide(title, change)


def add_point(title: str, point: str) -> WordChange:
    return change_slide(title, lambda slide: replace(slide, points=(*slide.points, point)))


def insert_slide(slide: Slide, *, after: str) -> WordChange:
    def change(deck: Deck) -> Deck:
        at = find_slide(deck, after) + 1
        return Deck((*deck.slides[:at], slide, *deck.slides[at:]))

    return change


def delete_slide(title: str) -> WordChange:
    return lambda deck: Deck(tuple(slide for slide in deck.slides if slide.title != title))


def move_slide(title: str, *, after: str) -> WordChange:
    def change(deck: Deck) -> Deck:
        moved = deck.slides[find_slide(deck, title)]
        return insert_slide(moved, after=after)(delete_slide(title)(deck))

    return change


def find_slide(deck: Deck, title: str) -> int:
    [at] = [at for at, slide in enumerate(deck.slides) if slide.title == title]
    return at


TRAINING = Deck(
    (
        Slide("Fire safety on board", ("Course for everyone who works on ships", "Edition of March 2026")),
        Slide(
            "What starts a fire",
            ("Welding near oil or paint", "Cables that are damaged", "Rags that are left in the engine room"),
            notes="Show the picture of the burnt cabin. Ask who has seen a fire on board.",
        ),
        Slide(
            "When the alarm sounds",
            (
                "Leave the hold within 4 minutes",
                "Take the stairs, not the lift",
                "Meet at gate 2 on the quay",
            ),
            box="Emergency number: 112",
        ),
        Slide(
            "Extinguishers",
            rows=(
                ("Colour", "Content", "Used on"),
                ("Blue", "Powder", "Oil and gas"),
                ("Black", "Carbon dioxide", "Cables"),
                ("Cream", "Foam", "Paint"),
            ),
            notes="Each trainee holds one. The blue ones weigh 9 kilograms.",
        ),
        Slide("Figures for managers", ("Three fires in 2025", "Damage of 240,000 euros"), hidden=True),
        Slide("Exits are marked in green"),
        Slide("Questions", ("Write to safety@ferrol.example", "The test follows on Friday")),
    )
)

TRAINING_CHANGES: dict[str, WordChange] = {
    "point": reword("When the alarm sounds", "within 4 minutes", "within 3 minutes"),
    "not": reword("When the alarm sounds", "stairs, not the lift", "stairs or the lift"),
    "title": reword("What starts a fire", "What starts a fire", "What causes a fire"),
    "point-inserted": add_point("What starts a fire", "Batteries that are charged overnight"),
    "notes": reword("What starts a fire", "the burnt cabin", "the burnt galley"),
    "notes-inserted": change_slide("Questions", lambda slide: replace(slide, notes="Hand out the sheets.")),
    "cell": reword("Extinguishers", "Oil and gas", "Oil and petrol"),
    "box": reword("When the alarm sounds", "112", "080"),
    "slide-inserted": insert_slide(Slide("Lunch break until one o'clock"), after="When the alarm sounds"),
    "slide-deleted": delete_slide("Exits are marked in green"),
    "slide-moved": move_slide("When the alarm sounds", after="Figures for managers"),
    "slide-hidden": change_slide("Questions", lambda slide: replace(slide, hidden=True)),
    "hidden-slide": reword("Figures for managers", "240,000", "420,000"),
    "bold": change_slide("What starts a fire", lambda slide: replace(slide, bold=True)),
}
