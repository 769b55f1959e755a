"""The commands `away` and `back` in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.homes import make_text_check, open_home
from tests.bot.slack_installation import DANA, DEPUTY_USER, GUEST, STRANGER, SlackInstallation
from tests.edge.block_kit import list_pings
from tests.edge.captured import Captured
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER

if TYPE_CHECKING:
    from reviews.ports.absences import Absence


def ask(installation: SlackInstallation, text: str, user: str = DANA) -> str:
    """Type a command and return all that the answer says."""
    before = len(installation.slack.private_replies(user))
    assert installation.side.slash(user, "/reviews", text, "C1").status == 200
    replies = installation.slack.wait_for(lambda: installation.slack.private_replies(user)[before:])
    reply: dict[str, Any] = replies[-1]
    assert list_pings(reply) == []
    return f"{reply['text']} {reply.get('blocks', '')}"


def stored(installation: SlackInstallation, *people: str) -> list[Absence]:
    desk = installation.desk
    with desk.transactions(reading=True) as work:
        return work.absences.list_of_people(people or (OWNER,), not_ended_by=desk.clock())


def test_one_is_away_until_a_day_and_back_before(installation: SlackInstallation) -> None:
    installation.card()

    away = ask(installation, f"away until Monday <@{DEPUTY_USER}|ilze>")
    state = ask(installation, "away")
    back = ask(installation, "back")

    assert "You are away until Monday, 16 Mar; " in away
    assert "1 open review is handed over now." in away
    assert "To end your absence now: /reviews back" in state
    assert "Welcome back." in back
    assert stored(installation) == []


def test_the_mentioned_person_stands_in(installation: SlackInstallation) -> None:
    ask(installation, f"away from tomorrow until 20 March <@{DEPUTY_USER}>")

    [absence] = stored(installation)
    assert (absence.stand_in, absence.starts_at.isoformat()) == (DEPUTY, "2026-03-10T00:00:00+00:00")


def test_one_who_is_not_away_learns_what_is_planned_and_how_to_cancel_it(
    installation: SlackInstallation,
) -> None:
    ask(installation, "away from 20 March until 27 March")

    back = ask(installation, "back")
    cancelled = ask(installation, "away cancel 2026-03-20")

    assert "You are not away, so there is nothing to end." in back
    assert "You will be away from Friday, 20 Mar until Friday, 27 Mar." in back
    assert "To cancel this absence: /reviews away cancel 2026-03-20" in back
    assert "Your planned absence is cancelled." in cancelled
    assert "You would have been away from Friday, 20 Mar until Friday, 27 Mar." in cancelled
    assert stored(installation) == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "20 March",
        "from 20 March",
        "20. März",
        "20.3.",
        "2026-03-20 14:30",
        "14:30 on 20 March",
    ],
)
def test_a_planned_absence_is_named_by_its_beginning(installation: SlackInstallation, words: str) -> None:
    ask(installation, "away from 20 March 14:30 until 27 March")

    state = ask(installation, "away")
    if words:
        ask(installation, "away until tomorrow")
    cancelled = ask(installation, f"away cancel {words}")

    assert "To cancel this absence: /reviews away cancel 2026-03-20 14:30" in state
    assert "Your planned absence is cancelled." in cancelled
    assert [each.ends_at.isoformat() for each in stored(installation)] == (
        ["2026-03-10T00:00:00+00:00"] if words else []
    )


def test_another_day_of_an_absence_is_taken_out_of_it(installation: SlackInstallation) -> None:
    ask(installation, "away from 20 March until 27 March")

    cancelled = ask(installation, "away cancel 24 March")

    assert "You are not away at that time any more. The rest of your absence stays." in cancelled
    assert "You would have been away from Tuesday, 24 Mar until Wednesday, 25 Mar." in cancelled
    assert [(each.starts_at.day, each.ends_at.day) for each in stored(installation)] == [(20, 24), (25, 27)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Say which planned absence you mean by the day on which it begins."),
        ("1 April", "No absence is planned for that time, so nothing was cancelled."),
        ("11 March 14:30", "No absence begins at that time, so nothing was cancelled."),
        ("27 March", "No absence is planned for that time, so nothing was cancelled."),
        ("Mondy", "For example: `/reviews away cancel Monday`"),
        (f"<@{DEPUTY_USER}|ilze>", "For example: `/reviews away cancel Monday`"),
    ],
)
def test_what_can_not_be_cancelled_is_said_with_what_can_be(
    installation: SlackInstallation, words: str, says: str
) -> None:
    ask(installation, "away from 20 March until 27 March")
    ask(installation, "away until Monday")

    refused = ask(installation, f"away cancel {words}")

    assert says in refused
    if "cancelled" in says:
        assert "To end your absence now: /reviews back" in refused
        assert "To cancel this absence: /reviews away cancel 2026-03-20" in refused
    assert len(stored(installation)) == 2


def test_a_guest_cancels_nothing(installation: SlackInstallation) -> None:
    ask(installation, "away from 20 March until 27 March")

    assert "Your address is not proven here" in ask(installation, "away cancel 20 March", GUEST)
    assert "No absence is planned for that time, so nothing" in ask(
        installation, "away cancel 20 March", STRANGER
    )
    assert len(stored(installation)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("away until Mondy", "Did you mean Monday?"),
        ("away until 1 March", "Name one that is still to come. For example: /reviews away until Monday"),
        ("away from 1 March until Monday", "This day is already over"),
        (f"away until Monday <@{GUEST}>", "has no address that can be verified here"),
        (f"away until Monday <@{DANA}>", "stand in for yourself"),
        ('away until Monday "No One"', "No person called No One is known here"),
        (f'away until Monday "{HOSTILE}"', "is known here"),
        ("back", "You are not away"),
        ("away", "To hand your reviews over: /reviews away until Monday."),
    ],
)
def test_what_can_not_be_done_is_said_and_nothing_is_stored(
    installation: SlackInstallation, text: str, says: str
) -> None:
    assert says in ask(installation, text)
    assert stored(installation) == []


def test_one_for_whom_nothing_waits_and_a_guest_are_told_so(installation: SlackInstallation) -> None:
    assert "No review waits for you" in ask(installation, "away until Monday", STRANGER)
    assert "Your address is not proven here" in ask(installation, "away until Monday", GUEST)


def test_a_command_that_is_sent_again_changes_nothing(installation: SlackInstallation) -> None:
    installation.side.send = captured = Captured(installation.side.send)
    ask(installation, "away until Monday")
    ask(installation, "back")

    again = captured.again(-2)

    assert again.status == 200
    assert stored(installation) == []


def test_a_cancellation_that_is_sent_again_does_not_cancel_what_was_planned_since(
    installation: SlackInstallation,
) -> None:
    installation.side.send = captured = Captured(installation.side.send)
    ask(installation, "away from 20 March until 27 March")
    ask(installation, "away cancel 20 March")
    ask(installation, "away from 20 March until 28 March")

    again = captured.again(-2)

    assert again.status == 200
    assert len(stored(installation)) == 1


def test_home_says_until_when_one_is_away(installation: SlackInstallation) -> None:
    ask(installation, "away until Monday")

    assert make_text_check("You are away until Monday, 16 Mar.")(open_home(installation))
