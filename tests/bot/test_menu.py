"""The menu behind "More…": what it offers to whom, and what each of its forms does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.answers.menu import MenuItem
from reviews.kinds import ReviewState
from tests.bot.office import AUTHOR, CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.edge.block_kit import list_pings
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, event

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation
    from tests.edge.slack_send import AppAnswer

ANSWERS = ["menu_acknowledge", "menu_request_changes"]
HANDING = ["menu_reassign", "menu_snooze"]
HISTORY = ["menu_history"]


def items(view: dict[str, Any]) -> list[str]:
    return [block["accessory"]["action_id"] for block in view["blocks"] if "accessory" in block]


def hand_over(office: SlackInstallation, to: str, user: str = DANA) -> tuple[dict[str, Any], AppAnswer]:
    """Choose a person in the form, let them be looked up, and submit it."""
    view = office.form(user, MenuItem.REASSIGN)
    office.side.click_in_view(user, view, "chosen_person", option=to)
    answer = office.side.submit_view(user, view, {"person": {"chosen_person": to}})
    while "click the button again" in answer.text:  # the answer to the look-up is still on its way
        answer = office.side.submit_view(user, view, {"person": {"chosen_person": to}})
    return view, answer


def test_the_menu_shows_each_person_what_they_may_do(office: SlackInstallation) -> None:
    card = office.card()

    assert items(office.menu(DANA, card)) == [*ANSWERS, *HANDING, *HISTORY]
    assert items(office.menu(DEPUTY_USER, card)) == [*ANSWERS, *HANDING, *HISTORY]
    assert items(office.menu(AUTHOR, card)) == [*HANDING, *HISTORY]
    stranger = office.menu(STRANGER, card)
    assert items(stranger) == HISTORY
    assert OWNER in str(stranger["blocks"])


def test_an_answered_card_still_has_a_menu(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), "acknowledge_review")
    office.desk.deliver_all()
    card = office.standing(office.review())

    assert items(office.menu(DANA, card)) == ["menu_withdraw", *HISTORY]
    other = office.menu(DEPUTY_USER, card)
    assert items(other) == HISTORY
    assert "Reviewed by Dana Ozola" in str(other["blocks"])


def test_the_menu_of_an_older_drawing_offers_no_answer_and_says_why(office: SlackInstallation) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    office.card()

    view = office.menu(DANA, card)

    assert items(view) == [*HANDING, *HISTORY]
    assert "revision 1, now revision 2" in str(view["blocks"])


def test_the_menu_of_a_card_that_is_not_ours_is_refused_privately(office: SlackInstallation) -> None:
    card = office.card()

    office.side.click(DANA, {**card, "channel": "C2"}, "more")

    assert "no longer tracked" in office.wait_for_reply(DANA)
    assert office.slack.modals(DANA) == []


def test_a_menu_that_does_not_open_is_said_so(office: SlackInstallation) -> None:
    card = office.card()
    office.slack.fail("views.open", "expired_trigger_id")

    office.side.click(DANA, card, "more")

    assert "did not open the menu" in office.wait_for_reply(DANA)


def test_a_note_goes_with_an_acknowledgement(office: SlackInstallation) -> None:
    office.card()
    view = office.form(DANA, MenuItem.ACKNOWLEDGE)

    answer = office.side.submit_view(DANA, view, {"note": {"text": "Agreed with legal"}})
    office.desk.deliver_all()

    assert answer.status == 200
    assert office.slack.modals(DANA) == []
    [recorded_answer] = office.review().answers
    assert (recorded_answer.note, office.review().state) == ("Agreed with legal", ReviewState.ACKNOWLEDGED)
    assert "Agreed with legal" in str(office.standing(office.review())["blocks"])


def test_a_form_that_is_submitted_twice_counts_once(office: SlackInstallation) -> None:
    office.card()
    view = office.form(DANA, MenuItem.ACKNOWLEDGE)
    office.side.submit_view(DANA, view, {"note": {"text": "first"}})
    office.slack.views[view["id"]] = view

    again = office.side.submit_view(DANA, view, {"note": {"text": "second"}})

    assert again.json()["response_action"] == "update"
    assert "was already reviewed by you on" in again.text
    assert [answer.note for answer in office.review().answers] == ["first"]


def test_of_two_people_with_the_form_open_the_second_is_told_in_it(office: SlackInstallation) -> None:
    office.card()
    danas, deputys = (
        office.form(DANA, MenuItem.ACKNOWLEDGE),
        office.form(DEPUTY_USER, MenuItem.REQUEST_CHANGES),
    )
    office.side.submit_view(DANA, danas, {"note": {"text": "fine"}})

    late = office.side.submit_view(DEPUTY_USER, deputys, {"note": {"text": "not fine"}})

    assert "was already reviewed by Dana Ozola" in late.text
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_a_note_of_ten_thousand_characters_is_told_in_the_form(office: SlackInstallation) -> None:
    office.card()
    view = office.form(DANA, MenuItem.ACKNOWLEDGE)

    answer = office.side.submit_view(DANA, view, {"note": {"text": "x" * 10_000}})

    assert "10000 characters" in answer.json()["errors"]["note"]
    assert office.review().state is ReviewState.OPEN


def test_a_withdrawn_answer_leaves_the_card_waiting_and_the_thread_told(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), "acknowledge_review")
    office.desk.deliver_all()
    office.desk.clock.advance(minutes=3)
    menu = office.menu(DANA, office.standing(office.review()))

    office.side.click_in_view(DANA, menu, "menu_withdraw")
    view = office.turned(DANA, menu)
    office.desk.deliver_all()

    assert "withdrawn your answer" in str(view["blocks"])
    card = office.standing(office.review())
    assert "Please review it" in card["text"]
    thread = [each for each in office.slack.messages(CHANNEL) if each.get("thread_ts") == card["ts"]]
    assert ["withdrew their answer" in each["text"] for each in thread] == [True]
    assert office.desk.verdict().intact
    assert items(office.menu(DANA, card))[:2] == ANSWERS


def test_an_answer_is_not_withdrawn_twice_from_two_menus(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), "acknowledge_review")
    office.desk.deliver_all()
    card = office.standing(office.review())
    first, second = office.menu(DANA, card), office.menu(DANA, card)

    office.side.click_in_view(DANA, first, "menu_withdraw")
    office.turned(DANA, first)
    office.side.click_in_view(DANA, second, "menu_withdraw")
    office.slack.wait_for(lambda: "You have no answer" in str(office.slack.modals(DANA)))

    assert [entry["type"] for entry in office.desk.entries()].count("review:withdrawn") == 1


def test_the_person_to_whom_a_review_is_handed_can_answer_it(office: SlackInstallation) -> None:
    office.card()

    _, answer = hand_over(office, STRANGER)
    office.desk.deliver_all()

    assert "now assigned to Juris Bite" in answer.text
    assert office.review().owners == ("juris@example.com", "alice@example.com")
    card = office.standing(office.review())
    assert f"<@{STRANGER}>" in str(card["blocks"])
    office.side.click(STRANGER, card, "acknowledge_review")
    assert office.review().state is ReviewState.ACKNOWLEDGED
    assert office.desk.verdict().intact


@pytest.mark.parametrize("kind", ["guest", "bot", "deactivated", "elsewhere", "author", "owner"])
def test_someone_who_cannot_take_a_review_over_is_refused_in_the_form(
    office: SlackInstallation, kind: str
) -> None:
    office.slack.add_person("U7", "Helper", "bot@example.com", bot=True)
    office.slack.add_person("U8", "Left", "left@example.com", deleted=True)
    office.slack.add_person("U9", "Visitor", "visitor@example.com", team_id="T0OTHER")
    people = {"guest": GUEST, "bot": "U7", "deactivated": "U8", "elsewhere": "U9"}
    office.card()

    view, answer = hand_over(office, people.get(kind, AUTHOR if kind == "author" else DANA))

    assert answer.json()["response_action"] == "errors"
    words = {"author": "someone else has to review it", "owner": "already responsible for this review"}
    assert words.get(kind, "Choose someone from your own organization") in answer.json()["errors"]["person"]
    assert [each["id"] for each in office.slack.modals(DANA)] == [view["id"]]
    assert OWNER in office.review().owners


def test_someone_who_is_not_looked_up_yet_can_be_chosen_a_second_time(office: SlackInstallation) -> None:
    office.card()
    view = office.form(DANA, MenuItem.REASSIGN)
    chosen = {"person": {"chosen_person": DEPUTY_USER}}

    first = office.side.submit_view(DANA, view, chosen)
    office.side.submit_view(DANA, view, chosen)

    assert "click the button again" in first.json()["errors"]["person"]
    assert office.review().owners[0] == DEPUTY


def test_reminders_are_put_off_until_the_time_that_was_read(office: SlackInstallation) -> None:
    office.card()
    view = office.form(DANA, MenuItem.SNOOZE)
    options = next(b for b in view["blocks"] if b.get("block_id") == "later")["element"]["options"]

    answer = office.side.submit_view(DANA, view, {"later": {"chosen_time": options[1]["value"]}})

    assert "No reminder" in answer.text
    assert options[1]["text"]["text"] == "Tomorrow morning: 2026-03-10, 09:00 (UTC)"
    assert office.review().snoozed_until is not None
    assert f"{office.review().snoozed_until:%Y-%m-%d %H:%M}" == "2026-03-10 09:00"


def test_a_time_chosen_by_hand_counts_and_one_that_is_over_is_refused_in_the_form(
    office: SlackInstallation,
) -> None:
    office.card()
    view = office.form(DANA, MenuItem.SNOOZE)
    later = {
        "chosen_time": next(b for b in view["blocks"] if b.get("block_id") == "later")["element"][
            "initial_option"
        ]["value"]
    }
    requested_until = office.desk.clock() + timedelta(days=3)

    def submit(seconds: int) -> AppAnswer:
        return office.side.submit_view(DANA, view, {"later": later, "time": {"another_time": seconds}})

    over = submit(int(office.desk.clock().timestamp()) - 60)
    taken = submit(int(requested_until.timestamp()))

    assert "in the future" in over.json()["errors"]["time"]
    assert "No reminder" in taken.text
    assert office.review().snoozed_until == requested_until.replace(microsecond=0)


def test_the_history_tells_every_entry_in_words(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), "request_changes")
    office.side.submit_view(DANA, office.modal(DANA), {"note": {"text": "<!channel> *now*"}})
    office.desk.deliver_all()
    menu = office.menu(STRANGER, office.standing(office.review()))

    office.side.click_in_view(STRANGER, menu, "menu_history")
    view = office.turned(STRANGER, menu)

    text = str(view["blocks"])
    assert "Alice Moreau changed AML Policy 2026.docx" in text
    assert "Dana Ozola requested changes to revision 1." in text
    assert "verified by their Slack account" in text
    assert "<!channel> *now*" in text
    assert list_pings(view) == []


def test_a_long_history_is_paged(office: SlackInstallation) -> None:
    office.card(title=HOSTILE)
    for version in range(9, 32):
        office.desk.portal.versions["3358285"] = version
        office.desk.open(event(title=HOSTILE))
    menu = office.menu(DANA, office.standing(office.review()))
    office.side.click_in_view(DANA, menu, "menu_history")
    first = office.turned(DANA, menu)

    office.side.click_in_view(DANA, first, "history_later")
    office.slack.wait_for(lambda: "revision 24" in str(office.slack.modals(DANA)))
    second = office.slack.modals(DANA)[-1]
    office.side.click_in_view(DANA, second, "history_earlier")
    office.slack.wait_for(lambda: "was opened" in str(office.slack.modals(DANA)))

    assert "revision 24" not in str(first["blocks"])
    assert "was opened" not in str(second["blocks"])


def test_a_choice_that_is_over_meanwhile_turns_into_the_menu_as_it_is_now(office: SlackInstallation) -> None:
    menu = office.menu(DANA, office.card())
    office.side.click(DEPUTY_USER, office.standing(office.review()), "acknowledge_review")

    office.side.click_in_view(DANA, menu, "menu_snooze")

    assert items(office.turned(DANA, menu)) == HISTORY
