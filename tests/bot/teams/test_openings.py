"""Who opened the differences of a document in Teams: recorded for those who see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.teams_bot import actions
from reviews.identity import Reviewer
from reviews.opening import OpenedItem
from tests.bot.teams.teams_installation import DANA, STRANGER
from tests.edge.teams_signing import Spoil
from tests.reviews.compared import make_part, store_comparison
from tests.reviews.opened import list_opened
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation

PERSON = make_proven_person(Reviewer(name="Dana Ozola", email=OWNER))
STRANGER_PERSON = make_proven_person(Reviewer(name="Juris Bite", email="juris@example.com"))


def test_the_card_with_the_differences_is_recorded(installation: TeamsInstallation) -> None:
    installation.card()
    review = store_comparison(installation.desk, installation.review(), [make_part()])
    installation.desk.deliver_all()
    card = installation.standing(review)

    for user in (DANA, STRANGER):
        assert installation.side.click(user, card, actions.CHANGES).status == 200

    assert list_opened(installation.desk, review, PERSON) == {OpenedItem.COMPARISON}
    assert list_opened(installation.desk, review, STRANGER_PERSON) == set()


def test_a_click_that_teams_did_not_sign_is_not_recorded(installation: TeamsInstallation) -> None:
    installation.card()
    review = store_comparison(installation.desk, installation.review(), [make_part()])
    installation.desk.deliver_all()
    card = installation.standing(review)

    answer = installation.side.click(DANA, card, actions.CHANGES, spoil=Spoil(claims={"aud": "another"}))

    assert answer.status == 401
    assert list_opened(installation.desk, review, PERSON) == set()
