"""A review's document that was compared, and its differences as they are opened in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reviews.compared import make_part, store_comparison

if TYPE_CHECKING:
    from reviews.comparisons.parts import ChangedPart
    from tests.bot.slack_installation import SlackInstallation

BUTTON = "show_changes"
NOT_YOURS = "Only those who may answer, and the people who changed it"


def make_parts(count: int, word: str = "clause") -> list[ChangedPart]:
    return [
        make_part(kind="deleted", before=f"{word} {number}.", after="", words=())
        for number in range(1, count + 1)
    ]


def compare(installation: SlackInstallation, *parts: ChangedPart) -> dict[str, Any]:
    """Compare the review's document, and return its card as it stands then."""
    store_comparison(installation.desk, installation.review(), parts or [make_part()])
    installation.desk.deliver_all()
    return installation.standing(installation.review())


def open_changes(installation: SlackInstallation, user: str, message: dict[str, Any]) -> dict[str, Any]:
    """Click on *What changed*, and return the modal that opens."""
    before = len(installation.slack.modals(user))
    assert installation.side.click(user, message, BUTTON).status == 200
    return dict(installation.slack.wait_for(lambda: installation.slack.modals(user)[before:])[-1])


def turn(installation: SlackInstallation, user: str, view: dict[str, Any], button: str) -> dict[str, Any]:
    installation.side.click_in_view(user, view, button)
    return installation.turned(user, view)


def get_words(view: dict[str, Any]) -> str:
    return str(view["blocks"])


def list_removed(view: dict[str, Any]) -> list[str]:
    """Return what a modal shows as removed."""
    return [
        element["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for element in part["elements"]
        if element.get("style") == {"strike": True}
    ]
