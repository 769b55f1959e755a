"""Who clicked: no more is believed than what Teams vouches for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from notifiers.teams_bot.actions import ACKNOWLEDGE
from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge
from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.office import CHANNEL, DANA, STRANGER, TeamsInstallation
from tests.edge.teams_signing import Spoil
from tests.reviews.samples import ALICE, OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_teams import FakeTeams


def dana(office: TeamsInstallation, **more: Any) -> dict[str, Any]:
    """What the roster says of Dana, or `more` instead; without what is `None`."""
    member = {
        "id": DANA,
        "name": "Dana Ozola",
        "objectId": "oid-dana",
        "email": OWNER,
        "userPrincipalName": "d.ozola@example.com",
        "tenantId": office.teams.tenant_id,
        "userRole": "user",
    }
    return {name: value for name, value in (member | more).items() if value is not None}


def click(office: TeamsInstallation, roster: Any, **spoil: Any) -> str:
    """Let Dana acknowledge, while the roster says this; return what she is told, or nothing."""
    card = office.card()
    office.teams.answer("member", roster)
    office.side.click(DANA, card, ACKNOWLEDGE, spoil=Spoil(**spoil))
    return office.side.replies.get((DANA, card["id"]), "")


def test_the_roster_names_who_clicked(office: TeamsInstallation) -> None:
    assert click(office, dana(office)) == ""

    [answer] = office.review().answers
    assert (answer.reviewer.name, answer.reviewer.email) == ("Dana Ozola", OWNER)


@pytest.mark.parametrize(
    ("more", "name", "email"),
    [
        ({"name": None, "givenName": "Dana", "surname": "Ozola"}, "Dana Ozola", OWNER),
        ({"name": None}, OWNER, OWNER),
        ({"email": None, "userPrincipalName": OWNER}, "Dana Ozola", OWNER),
        ({"email": "dana@company.com", "userPrincipalName": OWNER}, "Dana Ozola", OWNER),
        ({"objectId": None, "aadObjectId": "OID-DANA"}, "Dana Ozola", OWNER),
        ({"tenantId": "{TENANT}"}, "Dana Ozola", OWNER),
    ],
)
def test_what_the_roster_leaves_out_is_made_up_for(
    office: TeamsInstallation, more: dict[str, Any], name: str, email: str
) -> None:
    if "tenantId" in more:
        more = {"tenantId": office.teams.tenant_id.upper()}

    assert click(office, dana(office, **more)) == ""

    [answer] = office.review().answers
    assert (answer.reviewer.name, answer.reviewer.email) == (name, email)


@pytest.mark.parametrize(
    "more",
    [
        {"tenantId": "another"},
        {"tenantId": None},
        {"userRole": "guest"},
        {"userRole": "Guest"},
        {"userRole": "anonymous"},
        {"email": None, "userPrincipalName": None},
        {"email": 5, "userPrincipalName": []},
    ],
)
def test_someone_who_is_not_of_our_tenant_has_no_address_here(
    office: TeamsInstallation, more: dict[str, Any]
) -> None:
    assert "no e-mail address" in click(office, dana(office, **more))
    assert office.review().state is ReviewState.OPEN


def test_no_one_reviews_their_own_change_under_another_address(office: TeamsInstallation) -> None:
    reply = click(office, dana(office, userPrincipalName=str(ALICE.email)))

    assert "someone else has to review it" in reply
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("object_id", ["oid-ilze", "", None, 5])
def test_a_roster_that_names_someone_else_proves_nothing(
    office: TeamsInstallation, object_id: object
) -> None:
    assert "could not verify who you are" in click(office, dana(office, objectId=object_id))
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize(
    "sender", [{"id": DANA}, {"aadObjectId": "oid-dana"}, {}, None, {"id": DANA, "aadObjectId": 5}]
)
def test_a_click_without_a_person_proves_nothing(office: TeamsInstallation, sender: object) -> None:
    reply = click(office, dana(office), activity={"from": sender})

    assert "could not verify who you are" in reply
    assert office.review().state is ReviewState.OPEN


def test_what_the_card_claims_of_the_person_is_not_believed(office: TeamsInstallation) -> None:
    card = office.card()
    data = {"review": "rev-1.1", "email": OWNER, "aadObjectId": "oid-dana", "reviewer": {"email": OWNER}}
    value = {"action": {"verb": ACKNOWLEDGE, "data": data}, "trigger": "manual"}

    body = office.side.invoke(STRANGER, card, value).json()

    assert "Only the owners" in body["value"]
    assert office.review().state is ReviewState.OPEN


def test_where_guests_do_not_count_who_is_from_elsewhere_answers_nothing(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    office = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL
    )

    assert "Guests and members of other workspaces" in click(office, dana(office, tenantId="another"))
    assert office.review().state is ReviewState.OPEN


def test_where_guests_of_the_channel_may_answer_who_is_from_elsewhere_is_called_so(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    office = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL, guests=True
    )

    assert click(office, dana(office, tenantId="another")) == ""

    [answer] = office.review().answers
    assert (answer.reviewer.name, answer.reviewer.email) == ("Dana Ozola (external)", None)


def test_the_roster_is_asked_once_in_a_while_and_not_in_the_thread(office: TeamsInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, ACKNOWLEDGE)
    office.side.click(DANA, card, ACKNOWLEDGE)

    channel = quote(CHANNEL, safe="")
    asked = [call.path for call in office.teams.calls("member") if "29%3Adana" in call.path]
    assert asked == [f"{office.teams.service_path}/v3/conversations/{channel}/members/29%3Adana"]
