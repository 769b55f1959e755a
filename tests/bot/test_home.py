"""App Home: what waits for me, with the card's buttons, and what I answered."""

from __future__ import annotations

import pytest

from bot.slack.home import Home
from bot.slack.people import SlackPeople
from notifiers.slack import make_client
from reviews.identity import Identity, Reviewer
from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge
from tests.bot.homes import ACKNOWLEDGE, REQUEST, buttons, card_of, drawn, opened, says
from tests.bot.office import AUTHOR, DANA, DEPUTY_USER, GUEST, STRANGER, SlackInstallation, office_routes
from tests.reviews.desk import attempt
from tests.reviews.samples import OWNER


def test_an_owner_sees_what_waits_with_the_cards_buttons(office: SlackInstallation) -> None:
    office.card()
    card_of(office, 2)

    home = opened(office)

    assert home["type"] == "home"
    assert says("AML Policy 2026.docx")(home)
    assert says("2 documents, the oldest first")(home)
    assert buttons(home) == ["rev-1.1", "rev-2.1"]


def test_someone_who_owns_nothing_sees_nothing_of_others(office: SlackInstallation) -> None:
    office.card()

    for user in (STRANGER, GUEST):
        home = opened(office, user)
        assert says("You have no folders to review")(home)
        assert not says("AML Policy")(home)


def test_an_answer_in_home_counts_and_home_and_card_show_it(office: SlackInstallation) -> None:
    office.card()

    assert office.side.click_in_view(DANA, opened(office), ACKNOWLEDGE).status == 200
    home = drawn(office, DANA, says("You reviewed version"))
    office.desk.deliver_all()

    answer = office.review().answers[0]
    assert (answer.reviewer.email, answer.identity, answer.revision) == (OWNER, "slack", 1)
    assert says("Nothing is waiting for you")(home)
    assert "Reviewed by Dana Ozola" in office.standing(office.review())["text"]


def test_changes_are_requested_from_home_through_the_same_form(office: SlackInstallation) -> None:
    office.card()

    office.side.click_in_view(DANA, opened(office), REQUEST)
    office.side.submit_view(DANA, office.modal(DANA), {"note": {"text": "Section 4 is wrong."}})

    assert says("Nothing is waiting")(drawn(office, DANA, says("You requested changes to version")))
    assert office.review().answers[0].note == "Section 4 is wrong."


def test_a_click_on_the_card_draws_home_anew(office: SlackInstallation) -> None:
    card = office.card()
    opened(office)

    office.side.click(DANA, card, ACKNOWLEDGE)

    assert drawn(office, DANA, says("You reviewed version"))


def test_no_home_is_drawn_for_a_person_who_never_opened_it(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), ACKNOWLEDGE)
    office.close()

    assert office.slack.calls("views.publish") == []


def test_an_answer_given_elsewhere_draws_home_anew(office: SlackInstallation) -> None:
    office.card()
    opened(office)
    person = Reviewer(name="Dana Ozola", email=OWNER.upper())
    review = office.desk.answers.record_answer(
        attempt(office.review(), reviewer=person, identity=Identity.OIDC)
    )
    web = make_client(office.slack.token, office.slack.api_url)

    Home(
        client=web,
        people=SlackPeople(web, office.directory),
        routes=office.desk.routes,
        transactions=office.desk.transactions,
        clock=office.desk.clock,
        run_later=lambda task: task(),
        subscriptions=office.commands.subscriptions,
    ).redraw_after_answer(review)

    home = office.slack.home(DANA)
    assert home is not None
    assert says("You reviewed version")(home)


def test_a_click_in_an_old_home_says_in_home_why_it_changed_nothing(office: SlackInstallation) -> None:
    card = office.card()
    old = opened(office, DEPUTY_USER)
    office.side.click(DANA, card, ACKNOWLEDGE)

    assert office.side.click_in_view(DEPUTY_USER, old, ACKNOWLEDGE).status == 200

    home = drawn(office, DEPUTY_USER, says("was already reviewed by Dana Ozola"))
    assert buttons(home) == []
    assert len(office.review().answers) == 1


def test_a_click_in_a_home_from_before_a_change_is_stale(office: SlackInstallation) -> None:
    office.card()
    old = opened(office)
    office.desk.portal.versions["3358285"] = 9
    office.card()

    office.side.click_in_view(DANA, old, ACKNOWLEDGE)

    home = drawn(office, DANA, says("now revision 2"))
    assert buttons(home) == ["rev-1.2"]
    assert office.review().state is ReviewState.OPEN


def test_the_author_is_sent_to_someone_else(office: SlackInstallation) -> None:
    office.card()

    office.side.click_in_view(AUTHOR, opened(office, AUTHOR), ACKNOWLEDGE)

    assert drawn(office, AUTHOR, says("someone else has to review it"))
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("user", [STRANGER, GUEST])
def test_a_button_that_home_did_not_show_someone_is_none(office: SlackInstallation, user: str) -> None:
    office.card()
    other_home, mine = opened(office, user), opened(office)

    office.side.click_in_view(user, {**mine, "id": other_home["id"]}, ACKNOWLEDGE)

    assert drawn(office, user, says("Only the owners of this folder may answer here"))
    assert office.review().state is ReviewState.OPEN


def test_in_home_only_owners_answer_where_in_the_channel_everybody_may(office: SlackInstallation) -> None:
    card = office.card()
    office.desk.follow(office_routes(MayAcknowledge.CHANNEL))
    stranger = Reviewer(name="Juris Bite", email="juris@example.com", chat_ids={"slack": STRANGER})
    request = attempt(office.review(), reviewer=stranger, place=("slack", str(card["channel"])))

    assert office.desk.answers.check(request)
    other_home, mine = opened(office, STRANGER), opened(office)
    office.side.click_in_view(STRANGER, {**mine, "id": other_home["id"]}, ACKNOWLEDGE)

    assert drawn(office, STRANGER, says("Only the owners"))


def test_a_review_that_was_sent_nowhere_is_not_answered_in_home(office: SlackInstallation) -> None:
    office.card()
    home = opened(office)
    block = next(each for each in home["blocks"] if each["type"] == "actions")
    unknown = {**block, "elements": [{**block["elements"][0], "value": "rev-77.1"}]}

    office.side.click_in_view(DANA, {**home, "blocks": [unknown]}, ACKNOWLEDGE)

    assert drawn(office, DANA, says("Only the owners"))
