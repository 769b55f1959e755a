"""Cards of reviews that were compared, and what a person is shown on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.teams_bot import actions
from tests.bot.teams.pressing import find_shown_message
from tests.bot.teams.teams_installation import DANA, TeamsInstallation, read_text
from tests.edge.adaptive_cards import find_flaws
from tests.reviews.compared import make_part, make_summary, store_comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.comparisons.parts import ChangedPart

Json = dict[str, Any]


def compare(
    installation: TeamsInstallation, parts: Sequence[ChangedPart] = (), *, unlisted: int = 0, **more: Any
) -> Json:
    """Return the card of a review that was compared, with these differences or with one."""
    installation.card(**more)
    parts = parts or [make_part()]
    summary = make_summary(len(parts) + unlisted)
    review = store_comparison(installation.desk, installation.review(), parts, summary)
    installation.desk.deliver_all()
    return installation.standing(review)


def make_parts(count: int, name: str = "clause") -> list[ChangedPart]:
    return [
        make_part(kind="inserted", before="", after=f"{name} {number}.", words=())
        for number in range(1, count + 1)
    ]


def see(installation: TeamsInstallation, card: Json, user: str = DANA) -> str:
    """Ask what changed, and return what that person reads in the place of the card."""
    assert installation.side.click(user, card, actions.CHANGES).status == 200
    return read_text(find_shown_message(installation, card, user))


def find_runs(element: Any) -> list[Json]:
    if isinstance(element, list):
        return [run for each in element for run in find_runs(each)]
    if not isinstance(element, dict):
        return []
    inside = find_runs(list(element.values()))
    return [element, *inside] if element.get("type") == "TextRun" else inside


def list_flaws(card: Json) -> list[str]:
    """Return what is wrong with a card that no notification announces."""
    return [flaw for flaw in find_flaws(card) if flaw != "it has no fallbackText"]


def make_long_part(character: str) -> ChangedPart:
    """Return a difference of some words in the middle of a very long cell."""
    around = character * 30_000
    part = make_part()
    [before, removed, added, after] = part.words
    return replace(
        part,
        before=f"{around}OLD{around}",
        after=f"{around}NEW{around}",
        words=(
            replace(before, text=around),
            replace(removed, text="OLD"),
            replace(added, text="NEW"),
            replace(after, text=around),
        ),
    )
