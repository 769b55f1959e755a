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
from tests.bot.teams.teams_installation import CHANNEL, DANA, STRANGER, TeamsInstallation
from tests.edge.teams_signing import Spoil
from tests.reviews.samples import ALICE, OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_teams import FakeTeams


def dana(installation: TeamsInstallation, **more: Any) -> dict[str, Any]:
    """What the roster says of Dana, or `more` instead; without what is `None`."""
    member = {
        "id": DANA,
        "name": "Dana Ozola",
        "objectId": "oid-dana",
        "email": OWNER,
        "userPrincipalName": "d.ozola@example.com",
        "tenantId": installation.teams.tenant_id,
        "userRole": "user",
    }
    return {name: value for name, value in (member | more).items() if value is not None}


def click(installation: TeamsInstallation, roster: Any, **spoil: Any) -> str:
    """Let Dana acknowledge, while the roster says this; return what she is told, or nothing."""
    card = installation.card()
    installation.teams.answer("member", roster)
    installation.side.click(DANA, card, ACKNOWLEDGE, spoil=Spoil(**spoil))
    return installation.side.replies.get((DANA, card["id"]), "")


def test_the_roster_names_who_clicked(installation: TeamsInstallation) -> None:
    assert click(installation, dana(installation)) == ""

    [answer] = installation.review().answers
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
    installation: TeamsInstallation, more: dict[str, Any], name: str, email: str
) -> None:
    if "tenantId" in more:
        more = {"tenantId": installation.teams.tenant_id.upper()}

    assert click(installation, dana(installation, **more)) == ""

    [answer] = installation.review().answers
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
    installation: TeamsInstallation, more: dict[str, Any]
) -> None:
    assert "no e-mail address" in click(installation, dana(installation, **more))
    assert installation.review().state is ReviewState.OPEN


def test_no_one_reviews_their_own_change_under_another_address(installation: TeamsInstallation) -> None:
    reply = click(installation, dana(installation, userPrincipalName=str(ALICE.email)))

    assert "someone else has to review it" in reply
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("object_id", ["oid-ilze", "", None, 5])
def test_a_roster_that_names_someone_else_proves_nothing(
    installation: TeamsInstallation, object_id: object
) -> None:
    assert "could not verify who you are" in click(installation, dana(installation, objectId=object_id))
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize(
    "sender", [{"id": DANA}, {"aadObjectId": "oid-dana"}, {}, None, {"id": DANA, "aadObjectId": 5}]
)
def test_a_click_without_a_person_proves_nothing(installation: TeamsInstallation, sender: object) -> None:
    reply = click(installation, dana(installation), activity={"from": sender})

    assert "could not verify who you are" in reply
    assert installation.review().state is ReviewState.OPEN


def test_what_the_card_claims_of_the_person_is_not_believed(installation: TeamsInstallation) -> None:
    card = installation.card()
    data = {"review": "rev-1.1", "email": OWNER, "aadObjectId": "oid-dana", "reviewer": {"email": OWNER}}
    value = {"action": {"verb": ACKNOWLEDGE, "data": data}, "trigger": "manual"}

    body = installation.side.invoke(STRANGER, card, value).json()

    assert "Only the owners" in body["value"]
    assert installation.review().state is ReviewState.OPEN


def test_where_guests_do_not_count_who_is_from_elsewhere_answers_nothing(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL
    )

    assert "Guests and members of other workspaces" in click(
        installation, dana(installation, tenantId="another")
    )
    assert installation.review().state is ReviewState.OPEN


def test_where_guests_of_the_channel_may_answer_who_is_from_elsewhere_is_called_so(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL, guests=True
    )

    assert click(installation, dana(installation, tenantId="another")) == ""

    [answer] = installation.review().answers
    assert (answer.reviewer.name, answer.reviewer.email) == ("Dana Ozola (external)", None)


def test_the_roster_is_asked_once_in_a_while_and_not_in_the_thread(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.side.click(DANA, card, ACKNOWLEDGE)

    channel = quote(CHANNEL, safe="")
    asked = [call.path for call in installation.teams.calls("member") if "29%3Adana" in call.path]
    assert asked == [f"{installation.teams.service_path}/v3/conversations/{channel}/members/29%3Adana"]
