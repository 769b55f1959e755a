"""App Home: what waits for me, with the card's buttons, and what I answered."""

from __future__ import annotations

import pytest

from bot.slack.home import Home
from bot.slack.people import SlackPeople
from notifiers.slack import make_client
from reviews.identity import Identity, Reviewer
from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge
from tests.bot.homes import (
    ACKNOWLEDGE,
    REQUEST,
    card_of,
    list_buttons,
    make_text_check,
    open_home,
    wait_for_home,
)
from tests.bot.slack_installation import (
    AUTHOR,
    DANA,
    DEPUTY_USER,
    GUEST,
    STRANGER,
    SlackInstallation,
    office_routes,
)
from tests.bot.socket_installation import BOTH_WAYS
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import OWNER

WAYS_IN = BOTH_WAYS


def test_an_owner_sees_what_waits_with_the_cards_buttons(installation: SlackInstallation) -> None:
    installation.card()
    card_of(installation, 2)

    home = open_home(installation)

    assert home["type"] == "home"
    assert make_text_check("AML Policy 2026.docx")(home)
    assert make_text_check("2 documents, the oldest first")(home)
    assert list_buttons(home) == ["rev-1.1", "rev-2.1"]


def test_someone_who_owns_nothing_sees_nothing_of_others(installation: SlackInstallation) -> None:
    installation.card()

    for user in (STRANGER, GUEST):
        home = open_home(installation, user)
        assert make_text_check("You have no folders to review")(home)
        assert not make_text_check("AML Policy")(home)


def test_an_answer_in_home_counts_and_home_and_card_show_it(installation: SlackInstallation) -> None:
    installation.card()

    assert installation.side.click_in_view(DANA, open_home(installation), ACKNOWLEDGE).status == 200
    home = wait_for_home(installation, DANA, make_text_check("You reviewed version"))
    installation.desk.deliver_all()

    answer = installation.review().answers[0]
    assert (answer.reviewer.email, answer.identity, answer.revision) == (OWNER, "slack", 1)
    assert make_text_check("Nothing is waiting for you")(home)
    assert "Reviewed by Dana Ozola" in installation.standing(installation.review())["text"]


def test_changes_are_requested_from_home_through_the_same_form(installation: SlackInstallation) -> None:
    installation.card()

    installation.side.click_in_view(DANA, open_home(installation), REQUEST)
    installation.side.submit_view(DANA, installation.modal(DANA), {"note": {"text": "Section 4 is wrong."}})

    assert make_text_check("Nothing is waiting")(
        wait_for_home(installation, DANA, make_text_check("You requested changes to version"))
    )
    assert installation.review().answers[0].note == "Section 4 is wrong."


def test_a_click_on_the_card_draws_home_anew(installation: SlackInstallation) -> None:
    card = installation.card()
    open_home(installation)

    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert wait_for_home(installation, DANA, make_text_check("You reviewed version"))


def test_no_home_is_drawn_for_a_person_who_never_opened_it(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), ACKNOWLEDGE)
    installation.close()

    assert installation.slack.calls("views.publish") == []


def test_an_answer_given_elsewhere_draws_home_anew(installation: SlackInstallation) -> None:
    installation.card()
    open_home(installation)
    person = Reviewer(name="Dana Ozola", email=OWNER.upper())
    review = installation.desk.answers.record_answer(
        build_answer_request(installation.review(), reviewer=person, identity=Identity.OIDC)
    )
    web = make_client(installation.slack.token, installation.slack.api_url)

    Home(
        client=web,
        people=SlackPeople(web, installation.directory),
        routes=installation.desk.routes,
        transactions=installation.desk.transactions,
        clock=installation.desk.clock,
        run_later=lambda task: task(),
        subscriptions=installation.commands.subscriptions,
        absences=installation.desk.absences,
    ).redraw_after_answer(review)

    home = installation.slack.home(DANA)
    assert home is not None
    assert make_text_check("You reviewed version")(home)


def test_a_click_in_an_old_home_says_in_home_why_it_changed_nothing(installation: SlackInstallation) -> None:
    card = installation.card()
    old = open_home(installation, DEPUTY_USER)
    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert installation.side.click_in_view(DEPUTY_USER, old, ACKNOWLEDGE).status == 200

    home = wait_for_home(installation, DEPUTY_USER, make_text_check("was already reviewed by Dana Ozola"))
    assert list_buttons(home) == []
    assert len(installation.review().answers) == 1


def test_a_click_in_a_home_from_before_a_change_is_stale(installation: SlackInstallation) -> None:
    installation.card()
    old = open_home(installation)
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    installation.side.click_in_view(DANA, old, ACKNOWLEDGE)

    home = wait_for_home(installation, DANA, make_text_check("now revision 2"))
    assert list_buttons(home) == ["rev-1.2"]
    assert installation.review().state is ReviewState.OPEN


def test_the_author_is_sent_to_someone_else(installation: SlackInstallation) -> None:
    installation.card()

    installation.side.click_in_view(AUTHOR, open_home(installation, AUTHOR), ACKNOWLEDGE)

    assert wait_for_home(installation, AUTHOR, make_text_check("someone else has to review it"))
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("user", [STRANGER, GUEST])
def test_a_button_that_home_did_not_show_someone_is_none(installation: SlackInstallation, user: str) -> None:
    installation.card()
    other_home, mine = open_home(installation, user), open_home(installation)

    installation.side.click_in_view(user, {**mine, "id": other_home["id"]}, ACKNOWLEDGE)

    assert wait_for_home(
        installation, user, make_text_check("Only the owners of this folder may answer here")
    )
    assert installation.review().state is ReviewState.OPEN


def test_in_home_only_owners_answer_where_in_the_channel_everybody_may(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    installation.desk.follow(office_routes(MayAcknowledge.CHANNEL))
    stranger = Reviewer(name="Juris Bite", email="juris@example.com", chat_ids={"slack": STRANGER})
    request = build_answer_request(
        installation.review(), reviewer=stranger, place=("slack", str(card["channel"]))
    )

    assert installation.desk.answers.check(request)
    other_home, mine = open_home(installation, STRANGER), open_home(installation)
    installation.side.click_in_view(STRANGER, {**mine, "id": other_home["id"]}, ACKNOWLEDGE)

    assert wait_for_home(installation, STRANGER, make_text_check("Only the owners"))


def test_a_review_that_was_sent_nowhere_is_not_answered_in_home(installation: SlackInstallation) -> None:
    installation.card()
    home = open_home(installation)
    block = next(each for each in home["blocks"] if each["type"] == "actions")
    unknown = {**block, "elements": [{**block["elements"][0], "value": "rev-77.1"}]}

    installation.side.click_in_view(DANA, {**home, "blocks": [unknown]}, ACKNOWLEDGE)

    assert wait_for_home(installation, DANA, make_text_check("Only the owners"))
