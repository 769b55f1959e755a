"""`/reviews changes`: the differences as a private answer, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.reply_view import NEXT_PAGE, PREVIOUS_PAGE
from tests.bot.change_modals import BUTTON, NOT_YOURS, compare, list_removed, make_parts, open_changes
from tests.bot.slack_installation import CHANNEL, DANA, STRANGER
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.compared import make_part

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation


def ask(installation: SlackInstallation, text: str, user: str = DANA) -> dict[str, Any]:
    """Type the command, and return the last private reply as it stands in the channel."""
    before = len(installation.slack.private_replies(user))
    assert installation.side.slash(user, "/reviews", text, CHANNEL).status == 200
    return dict(installation.slack.wait_for(lambda: installation.slack.private_replies(user)[before:])[-1])


def turn(installation: SlackInstallation, reply: dict[str, Any], button: str) -> dict[str, Any]:
    installation.side.click(DANA, reply, button)
    return dict(installation.slack.private_replies(DANA)[-1])


def test_it_is_answered_with_the_differences(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation)

    for subject in ("rev-1", "3358285"):
        reply = ask(installation, f"changes {subject}")
        assert list_removed(reply) == ["100"]
        assert "*AML Policy 2026.docx*\n1 changed; 1 amount" in reply["text"]
        assert "Before: The fee is EUR 100.\nAfter: The fee is EUR 250." in reply["text"]


def test_others_are_answered_how_much_changed_and_why_no_more(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation)

    reply = ask(installation, "changes rev-1", STRANGER)

    assert "1 changed; 1 amount" in reply["text"]
    assert NOT_YOURS in reply["text"]
    assert list_removed(reply) == []


def test_its_pages_are_turned_in_place(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation, *make_parts(12))
    first = ask(installation, "changes rev-1")

    second = turn(installation, first, NEXT_PAGE)
    third = turn(installation, second, NEXT_PAGE)
    back = turn(installation, third, PREVIOUS_PAGE)

    assert [len(list_removed(each)) for each in (first, second, third)] == [5, 5, 2]
    assert list_removed(back) == list_removed(second)
    assert len(installation.slack.private_replies(DANA)) == 1


def test_a_page_may_be_asked_for(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation, *make_parts(12))

    assert list_removed(ask(installation, "changes rev-1 after 10")) == ["clause 11.", "clause 12."]


def test_hostile_text_stays_text_and_within_the_limits(installation: SlackInstallation) -> None:
    hostile = "<!channel> *bold* @here <@U1> & " * 1000
    installation.card()
    compare(installation, *(make_part(before=hostile, after=hostile, words=()) for _number in range(9)))

    reply = ask(installation, "changes rev-1")

    content = {name: reply[name] for name in ("text", "blocks")}
    assert find_problems(content, surface="message") == []
    assert list_pings(content) == []


def test_the_review_that_a_command_shows_has_a_button_that_works(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation)

    shown = ask(installation, "show rev-1")

    assert BUTTON in str(shown["blocks"])
    assert list_removed(open_changes(installation, DANA, shown)) == ["100"]
