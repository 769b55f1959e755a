"""A person's App Home, opened and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.bot.slack_installation import DANA, SlackInstallation
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Callable


ACKNOWLEDGE, REQUEST = "acknowledge_review", "request_changes"


def open_home(installation: SlackInstallation, user: str = DANA) -> dict[str, Any]:
    """Open a person's Home, and return it."""
    before = installation.slack.home(user)
    assert installation.side.open_home(user).status == 200
    return wait_for_home(installation, user, lambda home: before is None or home["hash"] != before["hash"])


def wait_for_home(
    installation: SlackInstallation, user: str, wanted: Callable[[dict[str, Any]], bool] = lambda _: True
) -> dict[str, Any]:
    """Wait for a person's Home to be as it is wanted, and return it."""

    def as_wanted() -> dict[str, Any] | None:
        home = installation.slack.home(user)
        return home if home and wanted(home) else None

    view: dict[str, Any] | None = installation.slack.wait_for(as_wanted)
    assert view is not None
    return view


def make_text_check(sentence: str) -> Callable[[dict[str, Any]], bool]:
    return lambda home: sentence in str(home["blocks"])


def card_of(installation: SlackInstallation, number: int) -> None:
    """Let a card of another document stand in the channel."""
    installation.desk.open(event(file_id=f"file-{number}", title=f"Policy {number}.docx"))
    installation.desk.deliver_all()


def list_buttons(home: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in home["blocks"] if block["type"] == "actions"]
    return [button["value"] for row in rows for button in row if button["action_id"] == ACKNOWLEDGE]
