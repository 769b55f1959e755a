"""The menu behind "More…": what it offers to whom, and what each of its forms does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.answers.menu import MenuItem
from reviews.kinds import ReviewState
from tests.bot.slack_installation import AUTHOR, CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.bot.socket_installation import BOTH_WAYS
from tests.edge.block_kit import list_pings
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, event

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation
    from tests.edge.slack_send import AppAnswer

WAYS_IN = BOTH_WAYS
ANSWERS = ["menu_acknowledge", "menu_request_changes"]
HANDING = ["menu_reassign", "menu_snooze"]
HISTORY = ["menu_history"]


def items(view: dict[str, Any]) -> list[str]:
    return [block["accessory"]["action_id"] for block in view["blocks"] if "accessory" in block]


def hand_over(installation: SlackInstallation, to: str, user: str = DANA) -> tuple[dict[str, Any], AppAnswer]:
    """Choose a person in the form, let them be looked up, and submit it."""
    view = installation.form(user, MenuItem.REASSIGN)
    installation.side.click_in_view(user, view, "chosen_person", option=to)
    answer = installation.side.submit_view(user, view, {"person": {"chosen_person": to}})
    while "click the button again" in answer.text:  # the answer to the look-up is still on its way
        answer = installation.side.submit_view(user, view, {"person": {"chosen_person": to}})
    return view, answer


def test_the_menu_shows_each_person_what_they_may_do(installation: SlackInstallation) -> None:
    card = installation.card()

    assert items(installation.menu(DANA, card)) == [*ANSWERS, *HANDING, *HISTORY]
    assert items(installation.menu(DEPUTY_USER, card)) == [*ANSWERS, *HANDING, *HISTORY]
    assert items(installation.menu(AUTHOR, card)) == [*HANDING, *HISTORY]
    stranger = installation.menu(STRANGER, card)
    assert items(stranger) == HISTORY
    assert OWNER in str(stranger["blocks"])


def test_an_answered_card_still_has_a_menu(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.deliver_all()
    card = installation.standing(installation.review())

    assert items(installation.menu(DANA, card)) == ["menu_withdraw", *HISTORY]
    other = installation.menu(DEPUTY_USER, card)
    assert items(other) == HISTORY
    assert "Reviewed by Dana Ozola" in str(other["blocks"])


def test_the_menu_of_an_older_drawing_offers_no_answer_and_says_why(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    view = installation.menu(DANA, card)

    assert items(view) == [*HANDING, *HISTORY]
    assert "revision 1, now revision 2" in str(view["blocks"])


def test_the_menu_of_a_card_that_is_not_ours_is_refused_privately(installation: SlackInstallation) -> None:
    card = installation.card()

    installation.side.click(DANA, {**card, "channel": "C2"}, "more")

    assert "no longer tracked" in installation.wait_for_reply(DANA)
    assert installation.slack.modals(DANA) == []


def test_a_menu_that_does_not_open_is_said_so(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.slack.fail("views.open", "expired_trigger_id")

    installation.side.click(DANA, card, "more")

    assert "did not open the menu" in installation.wait_for_reply(DANA)


def test_a_note_goes_with_an_acknowledgement(installation: SlackInstallation) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.ACKNOWLEDGE)

    answer = installation.side.submit_view(DANA, view, {"note": {"text": "Agreed with legal"}})
    installation.desk.deliver_all()

    assert answer.status == 200
    assert installation.slack.modals(DANA) == []
    [recorded_answer] = installation.review().answers
    assert (recorded_answer.note, installation.review().state) == (
        "Agreed with legal",
        ReviewState.ACKNOWLEDGED,
    )
    assert "Agreed with legal" in str(installation.standing(installation.review())["blocks"])


def test_a_form_that_is_submitted_twice_counts_once(installation: SlackInstallation) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.ACKNOWLEDGE)
    installation.side.submit_view(DANA, view, {"note": {"text": "first"}})
    installation.slack.views[view["id"]] = view

    again = installation.side.submit_view(DANA, view, {"note": {"text": "second"}})

    assert again.json()["response_action"] == "update"
    assert "was already reviewed by you on" in again.text
    assert [answer.note for answer in installation.review().answers] == ["first"]


def test_of_two_people_with_the_form_open_the_second_is_told_in_it(installation: SlackInstallation) -> None:
    installation.card()
    danas, deputys = (
        installation.form(DANA, MenuItem.ACKNOWLEDGE),
        installation.form(DEPUTY_USER, MenuItem.REQUEST_CHANGES),
    )
    installation.side.submit_view(DANA, danas, {"note": {"text": "fine"}})

    late = installation.side.submit_view(DEPUTY_USER, deputys, {"note": {"text": "not fine"}})

    assert "was already reviewed by Dana Ozola" in late.text
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_note_of_ten_thousand_characters_is_told_in_the_form(installation: SlackInstallation) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.ACKNOWLEDGE)

    answer = installation.side.submit_view(DANA, view, {"note": {"text": "x" * 10_000}})

    assert "10000 characters" in answer.json()["errors"]["note"]
    assert installation.review().state is ReviewState.OPEN


def test_a_withdrawn_answer_leaves_the_card_waiting_and_the_thread_told(
    installation: SlackInstallation,
) -> None:
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.deliver_all()
    installation.desk.clock.advance(minutes=3)
    menu = installation.menu(DANA, installation.standing(installation.review()))

    installation.side.click_in_view(DANA, menu, "menu_withdraw")
    view = installation.turned(DANA, menu)
    installation.desk.deliver_all()

    assert "withdrawn your answer" in str(view["blocks"])
    card = installation.standing(installation.review())
    assert "Please review it" in card["text"]
    thread = [each for each in installation.slack.messages(CHANNEL) if each.get("thread_ts") == card["ts"]]
    assert ["withdrew their answer" in each["text"] for each in thread] == [True]
    assert installation.desk.verdict().intact
    assert items(installation.menu(DANA, card))[:2] == ANSWERS


def test_an_answer_is_not_withdrawn_twice_from_two_menus(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.deliver_all()
    card = installation.standing(installation.review())
    first, second = installation.menu(DANA, card), installation.menu(DANA, card)

    installation.side.click_in_view(DANA, first, "menu_withdraw")
    installation.turned(DANA, first)
    installation.side.click_in_view(DANA, second, "menu_withdraw")
    installation.slack.wait_for(lambda: "You have no answer" in str(installation.slack.modals(DANA)))

    assert [entry["type"] for entry in installation.desk.entries()].count("review:withdrawn") == 1


def test_the_person_to_whom_a_review_is_handed_can_answer_it(installation: SlackInstallation) -> None:
    installation.card()

    _, answer = hand_over(installation, STRANGER)
    installation.desk.deliver_all()

    assert "now assigned to Juris Bite" in answer.text
    assert installation.review().owners == ("juris@example.com", "alice@example.com")
    card = installation.standing(installation.review())
    assert f"<@{STRANGER}>" in str(card["blocks"])
    installation.side.click(STRANGER, card, "acknowledge_review")
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert installation.desk.verdict().intact


@pytest.mark.parametrize("kind", ["guest", "bot", "deactivated", "elsewhere", "author", "owner"])
def test_someone_who_cannot_take_a_review_over_is_refused_in_the_form(
    installation: SlackInstallation, kind: str
) -> None:
    installation.slack.add_person("U7", "Helper", "bot@example.com", bot=True)
    installation.slack.add_person("U8", "Left", "left@example.com", deleted=True)
    installation.slack.add_person("U9", "Visitor", "visitor@example.com", team_id="T0OTHER")
    people = {"guest": GUEST, "bot": "U7", "deactivated": "U8", "elsewhere": "U9"}
    installation.card()

    view, answer = hand_over(installation, people.get(kind, AUTHOR if kind == "author" else DANA))

    assert answer.json()["response_action"] == "errors"
    words = {"author": "someone else has to review it", "owner": "already responsible for this review"}
    assert words.get(kind, "Choose someone from your own organization") in answer.json()["errors"]["person"]
    assert [each["id"] for each in installation.slack.modals(DANA)] == [view["id"]]
    assert OWNER in installation.review().owners


def test_someone_who_is_not_looked_up_yet_can_be_chosen_a_second_time(
    installation: SlackInstallation,
) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.REASSIGN)
    chosen = {"person": {"chosen_person": DEPUTY_USER}}

    first = installation.side.submit_view(DANA, view, chosen)
    installation.side.submit_view(DANA, view, chosen)

    assert "click the button again" in first.json()["errors"]["person"]
    assert installation.review().owners[0] == DEPUTY


def test_reminders_are_put_off_until_the_time_that_was_read(installation: SlackInstallation) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.SNOOZE)
    options = next(b for b in view["blocks"] if b.get("block_id") == "later")["element"]["options"]

    answer = installation.side.submit_view(DANA, view, {"later": {"chosen_time": options[1]["value"]}})

    assert "No reminder" in answer.text
    assert options[1]["text"]["text"] == "Tomorrow morning: 10 Mar, 09:00 (UTC)"
    assert installation.review().snoozed_until is not None
    assert f"{installation.review().snoozed_until:%Y-%m-%d %H:%M}" == "2026-03-10 09:00"


def test_a_time_chosen_by_hand_counts_and_one_that_is_over_is_refused_in_the_form(
    installation: SlackInstallation,
) -> None:
    installation.card()
    view = installation.form(DANA, MenuItem.SNOOZE)
    later = {
        "chosen_time": next(b for b in view["blocks"] if b.get("block_id") == "later")["element"][
            "initial_option"
        ]["value"]
    }
    requested_until = installation.desk.clock() + timedelta(days=3)

    def submit(seconds: int) -> AppAnswer:
        return installation.side.submit_view(DANA, view, {"later": later, "time": {"another_time": seconds}})

    over = submit(int(installation.desk.clock().timestamp()) - 60)
    taken = submit(int(requested_until.timestamp()))

    assert "in the future" in over.json()["errors"]["time"]
    assert "No reminder" in taken.text
    assert installation.review().snoozed_until == requested_until.replace(microsecond=0)


def test_the_history_tells_every_entry_in_words(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), "request_changes")
    installation.side.submit_view(DANA, installation.modal(DANA), {"note": {"text": "<!channel> *now*"}})
    installation.desk.deliver_all()
    menu = installation.menu(STRANGER, installation.standing(installation.review()))

    installation.side.click_in_view(STRANGER, menu, "menu_history")
    view = installation.turned(STRANGER, menu)

    text = str(view["blocks"])
    assert "Alice Moreau changed AML Policy 2026.docx" in text
    assert "Dana Ozola requested changes to revision 1." in text
    assert "verified by their Slack account" in text
    assert "<!channel> *now*" in text
    assert list_pings(view) == []


def test_a_long_history_is_paged(installation: SlackInstallation) -> None:
    installation.card(title=HOSTILE)
    for version in range(9, 32):
        installation.desk.portal.versions["3358285"] = version
        installation.desk.open(event(title=HOSTILE))
    menu = installation.menu(DANA, installation.standing(installation.review()))
    installation.side.click_in_view(DANA, menu, "menu_history")
    first = installation.turned(DANA, menu)

    installation.side.click_in_view(DANA, first, "history_later")
    installation.slack.wait_for(lambda: "revision 24" in str(installation.slack.modals(DANA)))
    second = installation.slack.modals(DANA)[-1]
    installation.side.click_in_view(DANA, second, "history_earlier")
    installation.slack.wait_for(lambda: "was opened" in str(installation.slack.modals(DANA)))

    assert "revision 24" not in str(first["blocks"])
    assert "was opened" not in str(second["blocks"])


def test_a_choice_that_is_over_meanwhile_turns_into_the_menu_as_it_is_now(
    installation: SlackInstallation,
) -> None:
    menu = installation.menu(DANA, installation.card())
    installation.side.click(DEPUTY_USER, installation.standing(installation.review()), "acknowledge_review")

    installation.side.click_in_view(DANA, menu, "menu_snooze")

    assert items(installation.turned(DANA, menu)) == HISTORY
