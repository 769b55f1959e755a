"""`init` in a real terminal: its questions, wrong answers first, and what Ctrl-C leaves behind."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from demo import COMPLIANCE, OTHER, ROOM
from demo.starting_data import API_KEY, OLGA
from tests.edge.slack_socket import APP_TOKEN
from tests.edge.smtp_server import MailServer
from tests.meta.pages_of_docs import ROOT
from tests.setup.newcomer import CHANNEL, SIGNING_SECRET, write_route
from tests.setup.pseudo_terminal import PseudoTerminal

if TYPE_CHECKING:
    from tests.setup.newcomer import Newcomer

WORKFLOW = "https://prod-1.westeurope.logic.azure.com/workflows/1/invoke?api=1&sig=x_Y-z"
HOSTILE = "pay\u202ecod.\x1b[2J\x1b]0;owned\x07\x9b31m\x85\u2028slip\rover"


def sit_down(newcomer: Newcomer) -> PseudoTerminal:
    environment = {**newcomer.environment, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    return PseudoTerminal(
        [sys.executable, "-m", "runtime", "init"], folder=newcomer.folder, environment=environment
    )


def answer_about_docspace(
    terminal: PseudoTerminal, newcomer: Newcomer, *, folder: str, part: str = ""
) -> None:
    terminal.answer("Address of DocSpace", newcomer.address)
    terminal.answer_secret("API key", API_KEY)
    terminal.answer("Which folder?", folder)
    if part:
        terminal.answer("Which part of it?", part)
    terminal.answer("Who reviews the changes?", OLGA.email)
    terminal.answer("Who stands in for them?", "")


def test_what_is_no_text_or_no_person_is_asked_again(newcomer: Newcomer) -> None:
    with sit_down(newcomer) as terminal:
        terminal.answer("Address of DocSpace", f"\x1b[D{newcomer.address}")
        terminal.expect("✗ That holds a character that can't be shown: type it again.")
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.answer_bytes("API key", b"\xff\xfe\n")
        terminal.expect("✗ That holds a character")
        terminal.answer_secret("API key", API_KEY)
        terminal.answer("Which folder?", str(COMPLIANCE))
        for wrong in ("a\u200bb@example.com", "\x1b[C"):
            terminal.answer("Who reviews the changes?", wrong)
            terminal.expect("✗ That holds a character")
        terminal.answer("Who reviews the changes?", "nemo")
        terminal.expect("✗ 'nemo' is not an e-mail address")
        terminal.answer("Who reviews the changes?", f"{OLGA.email}, {OLGA.email}")
        terminal.answer("Who stands in for them?", "a b@example.com")
        terminal.expect("✗ 'a b@example.com' is not an e-mail address")
        terminal.answer("Who stands in for them?", "-")
        terminal.answer("behind a firewall", "")
        terminal.answer("Where do cards go?", "mail")
        terminal.answer("Mail address that gets the cards", "nemo")
        terminal.expect("✗ ")
        terminal.expect("Mail address that gets the cards")
        assert terminal.press("\x03") == 130

    assert newcomer.list_files() == []


def test_each_answer_is_checked_before_the_next_question(newcomer: Newcomer) -> None:
    with sit_down(newcomer) as terminal:
        terminal.answer("Address of DocSpace", "http://127.0.0.1:1")
        terminal.expect("✗ DocSpace did not answer")
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.expect("✓ DocSpace 3.7.0 answers.")
        terminal.answer_secret("API key", "sk-wr0ng")
        terminal.expect("✗ DocSpace refuses the API key (401)")
        terminal.answer_secret("API key", API_KEY)
        terminal.expect("✓ The key works: Olga Owner, DocSpace admin.")
        assert " 1  Legal & Compliance\n" in terminal.answer("Which folder?", "legal")
        terminal.answer("Which folder?", "1")
        rows = terminal.answer("Which part of it?", "1")
        assert " 0  the whole room\n   1  Compliance\n" in rows
        terminal.expect(f"✓ Folder {COMPLIANCE} is Rooms / Legal & Compliance / Compliance.")
        terminal.answer("Who reviews the changes?", OLGA.email)
        terminal.answer("Who stands in for them?", "nemo@example.com")
        terminal.expect("! No one in DocSpace has the address nemo@example.com")
        terminal.answer("behind a firewall", f"http://127.0.0.1:{newcomer.port}")
        terminal.answer("Where do cards go?", "pigeon")
        terminal.expect("✗ There is no channel pigeon.")
        terminal.answer("Where do cards go?", "slack")
        terminal.expect("https://api.slack.com/apps?new_app=1&manifest_json=%7B")
        terminal.answer_secret("Bot User OAuth Token", "xoxb-wr0ng")
        terminal.expect("✗ Slack refuses the token (invalid_auth)")
        terminal.answer_secret("Bot User OAuth Token", newcomer.slack.token)
        terminal.answer_secret("Signing Secret", SIGNING_SECRET)
        terminal.answer("Slack channel", "no-such")
        terminal.expect("✗ The app sees no channel no-such")
        terminal.answer("Slack channel", "#reviews")
        terminal.expect("✓ The bot is in the channel #reviews.")
        terminal.answer("Write .env and routes.toml?", "y")
        terminal.expect("Written: .env and routes.toml")
        assert terminal.wait() == 0

    assert [
        secret
        for secret in (API_KEY, SIGNING_SECRET, newcomer.slack.token, "wr0ng")
        if secret in terminal.seen
    ] == []
    [route] = tomllib.loads(newcomer.read("routes.toml"))["route"]
    assert (route["watch"], route["notify"]) == ([str(COMPLIANCE)], [f"slack:{CHANNEL}"])
    assert route["deputies"] == ["nemo@example.com"]


def test_behind_a_firewall_slack_is_asked_for_the_app_level_token(newcomer: Newcomer) -> None:
    with sit_down(newcomer) as terminal:
        answer_about_docspace(terminal, newcomer, folder=str(COMPLIANCE))
        terminal.answer("behind a firewall", "")
        terminal.answer("Where do cards go?", "")
        link = terminal.answer_secret("Bot User OAuth Token", newcomer.slack.token)
        terminal.answer_secret("App-level token", "xoxb-other")
        terminal.expect("✗ Holds a bot token (xoxb-…), which is for")
        terminal.answer_secret("App-level token", APP_TOKEN)
        terminal.expect("✓ Slack opens Socket Mode with it.")
        terminal.answer("Slack channel", CHANNEL)
        terminal.answer("Write .env and routes.toml?", "")
        assert terminal.wait() == 0

    assert "%22socket_mode_enabled%22%3Atrue" in link
    assert "INTAKE=sweep\n" in newcomer.read(".env")


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_who_leaves_early_leaves_nothing_behind(newcomer: Newcomer, key: str) -> None:
    with sit_down(newcomer) as terminal:
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.expect("API key")
        terminal.wait_until_silent()
        assert terminal.press(key) == 130
        terminal.expect("Nothing was written.")

    assert newcomer.list_files() == []


def test_who_says_no_at_the_end_leaves_nothing_behind(newcomer: Newcomer) -> None:
    with sit_down(newcomer) as terminal:
        answer_about_docspace(terminal, newcomer, folder=str(COMPLIANCE))
        terminal.answer("behind a firewall", "")
        terminal.answer("Where do cards go?", "inbox")
        terminal.answer_secret("Mail server", "")
        terminal.answer("Write .env and routes.toml?", "n")
        terminal.expect("Nothing was written.")
        assert terminal.wait() == 130

    assert newcomer.list_files() == []


def test_of_thousands_of_rooms_some_are_shown_and_titles_move_no_terminal(newcomer: Newcomer) -> None:
    for number in range(3000):
        newcomer.portal.add_folder(f"Project {number}", room_type=5)
    newcomer.portal.rename_folder(ROOM, f"Legal {HOSTILE}", by=OLGA.id)
    with sit_down(newcomer) as terminal:
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.answer_secret("API key", API_KEY)
        rows = terminal.answer("Which folder?", "legal pay")
        shown = terminal.answer("Which folder?", "1")
        terminal.answer("Which part of it?", "0")
        terminal.expect(f"✓ Folder {ROOM} is Rooms / Legal")
        terminal.press("\x03")

    assert rows.count("Project ") == 19
    assert "and 2,982 more: type part of a name" in rows
    assert shown.count("Legal pay") == 1
    assert not {"\x1b", "\u202e", "\x9b", "\u2028"} & set(terminal.seen)


def test_a_key_that_may_list_no_rooms_is_asked_for_an_address(newcomer: Newcomer) -> None:
    key = newcomer.portal.add_key(OLGA.id, "files:read", "accounts:read", "accounts.self:read")
    with sit_down(newcomer) as terminal:
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.answer_secret("API key", key)
        assert "! The key may not list rooms (scope rooms:read)" in terminal.answer(
            "Which folder?", str(COMPLIANCE)
        )
        terminal.expect(f"✓ Folder {COMPLIANCE} is")


def test_run_again_what_is_there_is_the_default_and_no_secret_is_shown(newcomer: Newcomer) -> None:
    assert newcomer.init(deputies=["bob.chen@example.com"]).returncode == 0
    before = newcomer.read(".env"), newcomer.read("routes.toml")
    default = "[Enter keeps the present one]"
    questions = (
        f"Address of DocSpace [{newcomer.address}]",
        f"API key {default}",
        "Which folder?",
        f"Who reviews the changes? Mail addresses, with commas [{OLGA.email}]",
        "Who stands in for them?",
        f"behind a firewall [http://127.0.0.1:{newcomer.port}]",
        "Where do cards go? Some of slack, teams, mail, inbox [slack]",
        f"Bot User OAuth Token (xoxb-…) {default}",
        f"Signing Secret {default}",
        f"Slack channel: its name, or its id [{CHANNEL}]",
        "Write .env and routes.toml?",
    )
    with sit_down(newcomer) as terminal:
        for question in questions:
            is_secret = default in question
            (terminal.answer_secret if is_secret else terminal.answer)(question, "")
        assert terminal.wait() == 0

    assert (newcomer.read(".env"), newcomer.read("routes.toml")) == before
    assert API_KEY not in terminal.seen


def test_several_channels_each_ask_for_what_they_need(newcomer: Newcomer) -> None:
    with MailServer() as mail, sit_down(newcomer) as terminal:
        answer_about_docspace(terminal, newcomer, folder=str(COMPLIANCE))
        terminal.answer("behind a firewall", f"http://127.0.0.1:{newcomer.port}")
        terminal.answer("Where do cards go?", "teams, mail")
        terminal.answer_secret("Address of the workflow", "https://acme.webhook.office.com/s3cr3t")
        terminal.expect("✗ The address of compliance is a connector of Office 365")
        terminal.answer_secret("Address of the workflow", WORKFLOW)
        terminal.answer("Mail address that gets the cards", "")
        terminal.answer_secret("Mail server", "smtp://127.0.0.1:1?tls=none")
        terminal.answer("Sender of mails", "reviews@example.com")
        terminal.expect("✗ The mail server can't be reached")
        terminal.answer_secret("Mail server", mail.url)
        terminal.answer("Sender of mails", "reviews@example.com")
        terminal.expect("✓ The mail server accepts the sender.")
        terminal.answer("Write .env and routes.toml?", "")
        assert terminal.wait() == 0

    assert "s3cr3t" not in terminal.seen
    [route] = tomllib.loads(newcomer.read("routes.toml"))["route"]
    assert route["notify"] == ["teams:compliance", f"mail:{OLGA.email}"]
    assert f"TEAMS_WORKFLOW_COMPLIANCE='{WORKFLOW}'\n" in newcomer.read(".env")


def test_of_several_routes_one_is_chosen(newcomer: Newcomer) -> None:
    legal, tax = write_route("legal", OTHER), write_route("tax", 1)
    (newcomer.folder / "routes.toml").write_text(legal + tax)
    with sit_down(newcomer) as terminal:
        assert "the routes legal, tax." in terminal.answer("Which route?", "tax")
        terminal.answer("Address of DocSpace", newcomer.address)
        terminal.answer_secret("API key", API_KEY)
        terminal.answer("Which folder?", str(COMPLIANCE))
        terminal.answer("Who reviews the changes? Mail addresses, with commas [o@example.com]", OLGA.email)
        terminal.answer("Who stands in for them?", "")
        terminal.answer("behind a firewall", "")
        terminal.answer("Where do cards go? Some of slack, teams, mail, inbox [inbox]", "")
        terminal.answer_secret("Mail server", "")
        terminal.answer("Write .env and routes.toml?", "")
        assert terminal.wait() == 0

    changed = write_route("tax", COMPLIANCE).replace("o@example.com", OLGA.email)
    assert newcomer.read("routes.toml") == legal + changed
