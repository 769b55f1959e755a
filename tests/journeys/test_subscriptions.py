"""A channel subscribes by the command, hears of a change, and hears no more: with real processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from demo import COMPLIANCE
from tests.edge.slack_signing import Spoil
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    BOB_IN_SLACK,
    RunningInstallation,
    make_sqlite_address,
    read_text,
    run_installation,
)

if TYPE_CHECKING:
    from pathlib import Path

LISTENING = "C0LISTENING"


def test_a_channel_subscribes_hears_of_a_change_and_unsubscribes(tmp_path: Path) -> None:
    with run_installation(make_sqlite_address(tmp_path), tmp_path) as ours:
        ours.slack.add_channel(LISTENING, "listening")
        ours.save("First.docx")
        ours.card("First.docx")

        forged = ours.side.slash(
            BOB_IN_SLACK, "/reviews", f"subscribe {COMPLIANCE}", LISTENING, spoil=Spoil(secret="x")
        )
        assert forged.status == 401
        assert "has no subscriptions" in run_command(ours, "subscriptions")

        assert "now subscribes to" in run_command(ours, f"subscribe {COMPLIANCE}")
        assert "This channel subscribes to" in run_command(ours, "subscriptions")
        ours.save("Second.docx")
        [notice] = eventually(lambda: ours.slack.messages(LISTENING))
        assert "Second.docx" in read_text(notice)
        assert "acknowledge_review" not in str(notice["blocks"])

        assert "no longer subscribes to" in run_command(ours, f"unsubscribe {COMPLIANCE}")
        ours.save("Third.docx")
        ours.card("Third.docx")
        assert len(ours.slack.messages(LISTENING)) == 1


def run_command(ours: RunningInstallation, text: str) -> str:
    """Type the command in the channel that listens, and return the private answer to it."""
    before = len(ours.replies(BOB_IN_SLACK))
    answer = ours.side.slash(BOB_IN_SLACK, "/reviews", text, LISTENING)
    assert answer.status == 200
    if answer.body:
        return str(json.loads(answer.body)["text"])
    [reply] = ours.slack.wait_for(lambda: ours.replies(BOB_IN_SLACK)[before:])
    return reply
