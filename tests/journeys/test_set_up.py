"""From an empty folder to a card: `init`, then `serve` in the same folder, without any other setting."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests

from demo import COMPLIANCE, run_sender
from demo.starting_data import ALICE, OLGA
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_socket
from tests.edge.slack_socket import APP_TOKEN
from tests.journeys.processes import Processes, eventually
from tests.journeys.running_installation import read_text
from tests.setup.newcomer import CHANNEL, SECONDS, invite_newcomer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.setup.newcomer import Newcomer

PERSON = "U0OLGA"


@contextmanager
def serve(newcomer: Newcomer) -> Iterator[None]:
    """Run `serve` in the newcomer's folder, from when it answers."""
    processes = Processes(newcomer.folder, newcomer.environment)
    processes.start("serve", ["docspace-review", "serve"], loaded=True)
    try:
        eventually(newcomer.is_up, within=SECONDS)
        yield
    finally:
        processes.kill_all()


def test_an_empty_folder_gets_to_a_card_in_five_minutes(tmp_path: Path) -> None:
    with invite_newcomer(tmp_path) as newcomer:
        policy = newcomer.portal.add_file("Policy.docx", COMPLIANCE, by=OLGA.id)
        assert newcomer.init().returncode == 0
        with serve(newcomer):
            registered = newcomer.run("webhook", "register")
            newcomer.portal.save(policy.id, by=ALICE.id)
            with run_sender(newcomer.sender):
                [card] = newcomer.slack.wait_for(lambda: newcomer.slack.messages(CHANNEL), timeout=SECONDS)

    assert registered.returncode == 0, registered.stderr
    assert "Policy.docx" in str(card)


def test_behind_a_firewall_an_empty_folder_gets_to_a_card_and_an_answer(tmp_path: Path) -> None:
    with invite_newcomer(tmp_path) as newcomer:
        slack = newcomer.slack
        slack.add_person(PERSON, OLGA.display_name, OLGA.email)
        policy = newcomer.portal.add_file("Policy.docx", COMPLIANCE, by=OLGA.id)
        done = newcomer.init(public_url=None, slack_signing_secret=None, slack_app_token=APP_TOKEN)
        assert done.returncode == 0, done.stderr
        with serve(newcomer):
            slack.sockets.wait_for_links(1, timeout=SECONDS)
            newcomer.portal.save(policy.id, by=ALICE.id)
            [card] = slack.wait_for(lambda: slack.messages(CHANNEL), timeout=SECONDS)
            side = SlackSide(slack, "", through_socket(slack.sockets))
            eventually(lambda: side.click(PERSON, card, "acknowledge_review").status == 200)
            slack.wait_for(lambda: "Reviewed by" in read_text(slack.messages(CHANNEL)[0]), timeout=SECONDS)
            door = requests.post(f"http://127.0.0.1:{newcomer.port}/docspace/webhook", timeout=60)

    assert "Policy.docx" in read_text(card)
    assert door.status_code == 404
