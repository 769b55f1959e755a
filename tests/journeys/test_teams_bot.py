"""The bot in Teams with real processes: added to a team, told of a change, answered with a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import BOB, OLGA
from tests.edge.adaptive_cards import list_mentioned, read_card_text
from tests.edge.fake_teams import FakeTeams
from tests.edge.slack_send import over_http
from tests.edge.teams_activities import cards
from tests.edge.teams_elements import list_verbs
from tests.edge.teams_person import TeamsSide
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    COMPARED_WITHIN,
    OLGA_IN_SLACK,
    RunningInstallation,
    make_sqlite_address,
    read_text,
    route,
    run_installation,
)
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.teams_state import Json

TEAM_CHANNEL, GENERAL = "19:compliance@thread.tacv2", "19:team@thread.tacv2"
OLGA_IN_TEAMS, BOB_IN_TEAMS = "29:olga", "29:bob"


@pytest.fixture(scope="module")
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as fake:
        fake.add_person(OLGA_IN_TEAMS, "Olga Owner", OLGA.email, oid="oid-olga")
        fake.add_person(BOB_IN_TEAMS, "Bob Chen", BOB.email, oid="oid-bob")
        fake.add_channel(GENERAL, "General", team_id=GENERAL)
        fake.add_channel(TEAM_CHANNEL, "compliance", team_id=GENERAL)
        yield fake


@pytest.fixture(scope="module")
def opened(teams: FakeTeams, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    folder = tmp_path_factory.mktemp("teams-bot")
    settings = {**teams.settings, "LOG_LEVEL": "debug", "SECRET_KEY": SECRET_KEY}
    targets = f'slack:{CHANNEL}", "teams-bot:{TEAM_CHANNEL}'
    routes = route(notify=targets, more='show_changes = "card"')
    with run_installation(make_sqlite_address(folder), folder, routes=routes, settings=settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def side(teams: FakeTeams, opened: RunningInstallation) -> TeamsSide:
    return TeamsSide(teams, over_http(opened.product.url, timeout=60))


def card(teams: FakeTeams, title: str, *saying: str, within: float = 60) -> Json:
    """Wait for the only message of this title in the channel to say all these words, and return it."""

    def find_card() -> Json | None:
        thread_starts = [
            each for each in teams.messages(TEAM_CHANNEL) if each["conversation"].endswith(each["id"])
        ]
        messages = [each for each in thread_starts if title in read_card_text(cards(each)[0])]
        assert len(messages) <= 1
        return next(
            (m for m in messages if all(words in read_card_text(cards(m)[0]) for words in saying)), None
        )

    return eventually(find_card, within=within)


def replies(teams: FakeTeams, card: Json) -> list[Json]:
    messages = teams.messages(TEAM_CHANNEL)
    return [m for m in messages if m["conversation"] == card["conversation"] and m["id"] != card["id"]]


def test_a_card_for_a_team_without_the_bot_waits_there_until_it_is_added(
    teams: FakeTeams, opened: RunningInstallation, side: TeamsSide
) -> None:
    opened.save("Early.docx")
    opened.card("Early.docx")
    [dead] = eventually(lambda: opened.product.json("deliveries", "list", "--state", "dead"))
    side.install(OLGA_IN_TEAMS, GENERAL)
    replayed = opened.product.run("deliveries", "replay", str(dead["id"]))

    assert (dead["notifier"], dead["target"]) == ("teams-bot", TEAM_CHANNEL)
    assert "the bot is not installed in that team" in dead["error"]
    assert replayed.returncode == 0
    assert list_mentioned(cards(card(teams, "Early.docx"))[0]) == ["oid-olga"]


def test_a_click_in_teams_is_the_answer_for_everybody_in_both_chats(
    teams: FakeTeams, opened: RunningInstallation, side: TeamsSide
) -> None:
    side.install(OLGA_IN_TEAMS, GENERAL)
    file = opened.save("Clicked.docx")
    asked = card(teams, "Clicked.docx", "Waiting for review")
    answer = side.click(OLGA_IN_TEAMS, asked, "acknowledge")
    redrawn = card(teams, "Clicked.docx", "Reviewed by Olga Owner")
    [review] = opened.reviews(file)

    assert answer.status == 200
    for shown in (side.shown[OLGA_IN_TEAMS, asked["id"]], cards(redrawn)[0]):
        assert [verb for verb in list_verbs(shown) if verb != "changes"] == ["more"]
    opened.card("Clicked.docx", "Reviewed by")
    [recorded] = review["answers"]
    assert (recorded["identity"], recorded["reviewer"]["teams_user"]) == ("teams_bot", "oid-olga")
    assert (recorded["reviewer"]["email"], review["state"]) == (OLGA.email, "acknowledged")


def test_a_request_for_changes_comes_with_its_note_and_a_second_click_in_vain(
    teams: FakeTeams, opened: RunningInstallation, side: TeamsSide
) -> None:
    side.install(OLGA_IN_TEAMS, GENERAL)
    opened.save("Wrong.docx")
    asked = card(teams, "Wrong.docx", "Waiting for review")
    side.click(OLGA_IN_TEAMS, asked, "request_changes", typed={"note": "Section 4."})
    redrawn = card(teams, "Wrong.docx", "Changes requested by Olga Owner", "Section 4.")
    messages = eventually(lambda: replies(teams, redrawn))
    side.click(OLGA_IN_TEAMS, asked, "acknowledge")
    side.click(BOB_IN_TEAMS, asked, "acknowledge")

    assert "already" in side.replies[OLGA_IN_TEAMS, asked["id"]].lower()
    assert side.replies[BOB_IN_TEAMS, asked["id"]]
    assert "Olga Owner requested changes to Wrong.docx." in read_card_text(cards(messages[0])[0])
    assert list_mentioned(cards(messages[0])[0]) == ["oid-bob"]


def test_what_changed_is_shown_in_both_chats_and_the_answer_names_the_bytes(
    teams: FakeTeams, opened: RunningInstallation, side: TeamsSide
) -> None:
    side.install(OLGA_IN_TEAMS, GENERAL)
    file = opened.save("Compared.docx")
    opened.wait_until_compared(file)
    in_slack = opened.card("Compared.docx", "What changed", within=COMPARED_WITHIN)
    in_teams = card(teams, "Compared.docx", "What changed", within=COMPARED_WITHIN)

    modal = eventually(lambda: open_changes(opened, in_slack), every=1)
    side.click(OLGA_IN_TEAMS, in_teams, "changes")
    shown = read_card_text(side.shown[OLGA_IN_TEAMS, in_teams["id"]])
    side.click(OLGA_IN_TEAMS, in_teams, "acknowledge")
    [review] = opened.reviews(file)

    changes = opened.product.json("reviews", "changes", review["id"])
    assert changes["state"] == "compared"
    for part in changes["parts"]:
        assert (part["after"] or part["before"])[:20] in shown
    for in_chat in (str(modal["blocks"]), read_text(in_slack), read_card_text(cards(in_teams)[0])):
        assert changes["parts"][0]["where"] in in_chat
    [answer] = review["answers"]
    assert (answer["sha256"], answer["size"]) == (changes["to"]["sha256"], changes["to"]["size"])
    [check] = eventually(lambda: find_checks(opened, review))
    assert check["reason"] == "the document still is what was answered"


def open_changes(opened: RunningInstallation, card: Json) -> Json | None:
    """Return the modal of *What changed*, else click: Slack opens none that comes after three seconds."""
    modals = opened.slack.modals(OLGA_IN_SLACK)
    if not modals:
        opened.click(OLGA_IN_SLACK, card, "show_changes")
    return modals[-1] if modals else None


def find_checks(opened: RunningInstallation, review: Json) -> list[Json]:
    """Return the checks of a review's document after its answer that are done."""
    listed = opened.product.json("events", "list")
    of_review = (each for each in listed if each["file_id"] == f"answer:{review['id']}")
    return [each for each in of_review if each["state"] != "received"]


def test_no_secret_of_the_bot_stands_in_a_log_or_in_the_database(
    teams: FakeTeams, opened: RunningInstallation, side: TeamsSide
) -> None:
    side.install(OLGA_IN_TEAMS, GENERAL)
    teams.fail("create", "500")
    opened.save("Logged.docx")
    card(teams, "Logged.docx")

    content = b"".join(file.read_bytes() for file in opened.product.folder.glob("*.db*"))
    for secret in (teams.password, *teams.tokens):
        assert secret not in opened.product.output()
        assert secret.encode() not in content
