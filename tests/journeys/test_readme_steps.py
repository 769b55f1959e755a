"""The five minutes of README, each block as it is written, against the stand-ins."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from demo import ALICE, COMPLIANCE, OLGA, run_sender
from demo.starting_data import API_KEY
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http
from tests.journeys.processes import Processes, eventually
from tests.meta.pages_of_docs import ROOT, blocks_of
from tests.setup.newcomer import CHANNEL, SECONDS, SIGNING_SECRET, Newcomer, invite_newcomer
from tests.setup.pseudo_terminal import PseudoTerminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.slack_state import Json

CLICKER = "U0OLGA"
TITLE = "## Five minutes to a card in your Slack"
STEPS = ("./dev install", "docspace-review init", "docspace-review serve", "webhook register")
"""The blocks of the section, by what is in them; the first one is `tests/meta/test_dev.py`'s."""


def list_blocks() -> list[str]:
    """Return the blocks of the section, in their order."""
    page = ROOT / "README.md"
    lines = page.read_text().splitlines()
    begin = lines.index(TITLE)
    end = next(number for number, line in enumerate(lines) if number > begin and line.startswith("## "))
    return [block.text for block in blocks_of(page) if begin < block.line <= end]


def install(newcomer: Newcomer) -> None:
    """Put the program where `./dev install` puts it."""
    program = newcomer.folder / ".venv/bin/docspace-review"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m runtime "$@"\n')
    program.chmod(0o755)


def answer_questions(terminal: PseudoTerminal, newcomer: Newcomer) -> None:
    terminal.answer("Address of DocSpace", newcomer.address)
    terminal.answer_secret("API key", API_KEY)
    terminal.answer("Which folder?", "1")
    terminal.answer("Which part of it?", "1")
    terminal.answer("Who reviews the changes?", OLGA.email)
    terminal.answer("Who stands in for them?", "")
    terminal.answer("behind a firewall", f"http://127.0.0.1:{newcomer.port}")
    terminal.answer("Where do cards go?", "")
    terminal.answer_secret("Bot User OAuth Token", newcomer.slack.token)
    terminal.answer_secret("Signing Secret", SIGNING_SECRET)
    terminal.answer("Slack channel", "reviews")
    terminal.answer("Write .env and routes.toml?", "")


def run_in_terminal(newcomer: Newcomer, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=newcomer.folder,
        env=newcomer.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def list_cards(newcomer: Newcomer, text: str) -> list[Json]:
    return [each for each in newcomer.slack.messages(CHANNEL) if text in str(each)]


def click_on_test(newcomer: Newcomer) -> None:
    """Acknowledge the test that `canary` sends, for which it waits."""
    [card] = newcomer.slack.wait_for(lambda: list_cards(newcomer, "acknowledge_test"), timeout=SECONDS)
    person = SlackSide(newcomer.slack, SIGNING_SECRET, over_http(f"http://127.0.0.1:{newcomer.port}"))
    assert person.click(CLICKER, card, "acknowledge_test").status == 200


def test_the_steps_are_these() -> None:
    assert [step in text for step, text in zip(STEPS, list_blocks(), strict=True)] == [True] * len(STEPS)


def test_each_step_does_what_the_page_says(tmp_path: Path) -> None:
    _, init, serve, check = (["/bin/sh", "-e", "-c", text] for text in list_blocks())
    with invite_newcomer(tmp_path) as newcomer:
        install(newcomer)
        newcomer.slack.add_person(CLICKER, "Olga Owner", OLGA.email)
        policy = newcomer.portal.add_file("Policy.docx", COMPLIANCE, by=OLGA.id)
        with PseudoTerminal(init, folder=newcomer.folder, environment=newcomer.environment) as terminal:
            answer_questions(terminal, newcomer)
            assert terminal.wait() == 0, terminal.seen
        processes = Processes(newcomer.folder, newcomer.environment)
        processes.start("serve", serve)
        try:
            eventually(newcomer.is_up, within=SECONDS)
            with run_sender(newcomer.sender), ThreadPoolExecutor(1) as pool:
                checking = pool.submit(run_in_terminal, newcomer, check)
                click_on_test(newcomer)
                done = checking.result()
                newcomer.portal.save(policy.id, by=ALICE.id)
                newcomer.slack.wait_for(lambda: list_cards(newcomer, "Policy.docx"), timeout=SECONDS)
        finally:
            processes.kill_all()

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
