"""From an empty folder to a card: `init`, then `serve` in the same folder, without any other setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import COMPLIANCE, run_sender
from demo.starting_data import ALICE, OLGA
from tests.journeys.processes import Processes, eventually
from tests.setup.newcomer import CHANNEL, SECONDS, invite_newcomer

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_folder_gets_to_a_card_in_five_minutes(tmp_path: Path) -> None:
    with invite_newcomer(tmp_path) as newcomer:
        policy = newcomer.portal.add_file("Policy.docx", COMPLIANCE, by=OLGA.id)
        assert newcomer.init().returncode == 0
        processes = Processes(newcomer.folder, newcomer.environment)
        processes.start("serve", ["docspace-review", "serve"], loaded=True)
        try:
            eventually(newcomer.is_up, within=SECONDS)
            registered = newcomer.run("webhook", "register")
            newcomer.portal.save(policy.id, by=ALICE.id)
            with run_sender(newcomer.sender):
                [card] = newcomer.slack.wait_for(lambda: newcomer.slack.messages(CHANNEL), timeout=SECONDS)
        finally:
            processes.kill_all()

    assert registered.returncode == 0, registered.stderr
    assert "Policy.docx" in str(card)
