"""What a person sees in the place of a message, and the buttons that they press there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from tests.bot.teams.teams_installation import (
    DANA,
    TeamsInstallation,
)
from tests.edge.teams_elements import pressed
from tests.edge.teams_signing import HONEST, Spoil

if TYPE_CHECKING:
    from tests.edge.slack_send import AppAnswer


def find_shown_message(
    installation: TeamsInstallation, card: dict[str, Any], user: str = DANA
) -> dict[str, Any]:
    return installation.side.shown[user, str(card["id"])]


def press(
    installation: TeamsInstallation, card: dict[str, Any], verb: str, *, spoil: Spoil = HONEST, **typed: str
) -> AppAnswer:
    """Press a button of what Dana sees now in the place of a message."""
    content = {**card["attachments"][0], "content": find_shown_message(installation, card)}
    return installation.side.click(DANA, {**card, "attachments": [content]}, verb, typed=typed, spoil=spoil)


def press_repeated(
    installation: TeamsInstallation, card: dict[str, Any], verb: str, **typed: str
) -> list[AppAnswer]:
    """Press a button, and have Teams send the same click once more."""
    action = pressed(find_shown_message(installation, card), verb, typed)
    value = {"action": {name: action[name] for name in ("type", "verb", "data")}, "trigger": "manual"}
    spoil = Spoil(activity={"id": f"f:{uuid.uuid4()}"})
    return [installation.side.invoke(DANA, card, value, spoil=spoil) for _ in range(2)]
