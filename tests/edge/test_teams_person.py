"""People in the fake Teams against a small bot: what arrives is really signed, what it answers is checked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
import requests
from flask import Flask, request

from tests.edge.bot_issuer import ISSUER, KEYS, METADATA, BotIssuer, key_number
from tests.edge.fake_teams import FakeTeams
from tests.edge.slack_send import through_flask
from tests.edge.teams_activities import CARD_TYPE
from tests.edge.teams_card import message, small_card
from tests.edge.teams_elements import list_button_labels, list_verbs
from tests.edge.teams_person import MESSAGE_TYPE, TeamsSide
from tests.edge.teams_signing import Spoil
from tests.edge.teams_state import Json

CHANNEL, ALONE = "19:compliance@thread.tacv2", "a:alone"


@dataclass
class Bot:
    """Remembers what it was sent, and answers what it is told to."""

    answer: Any = field(default_factory=dict)
    heard: list[Json] = field(default_factory=list)
    vouched: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask(__name__)

        def hear() -> Any:
            self.heard.append(request.get_json())
            self.vouched.append(request.headers.get("Authorization", ""))
            return self.answer

        app.post("/teams/messages")(hear)
        return app


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as fake:
        fake.add_person("29:dana", "Dana Ozola", "dana@example.com", oid="oid-dana")
        fake.add_channel(CHANNEL, "compliance")
        fake.add_chat(ALONE, "29:dana")
        yield fake


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def side(teams: FakeTeams, bot: Bot) -> TeamsSide:
    return TeamsSide(teams, through_flask(bot.app().test_client()))


@pytest.fixture
def card(teams: FakeTeams) -> Json:
    return teams.keep(teams.places[CHANNEL], message(), by=teams.bot_id)


def claims(teams: FakeTeams, header: str) -> Any:
    """Check a token as a bot does: by the keys that the metadata names."""
    metadata = requests.get(f"{teams.root}{METADATA}", timeout=60).json()
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(header.removeprefix("Bearer "))
    return jwt.decode(
        header.removeprefix("Bearer "), key, algorithms=["RS256"], audience=teams.app_id, issuer=ISSUER
    )


def test_a_click_arrives_signed_with_its_person_and_what_the_button_holds(
    teams: FakeTeams, bot: Bot, side: TeamsSide, card: Json
) -> None:
    bot.answer = {"statusCode": 200, "type": MESSAGE_TYPE, "value": "Thank you."}

    side.click("29:dana", card, "acknowledge")

    [heard] = bot.heard
    assert (heard["type"], heard["name"]) == ("invoke", "adaptiveCard/action")
    assert heard["value"]["action"]["data"] == {"review": "rev-1.1"}
    assert heard["from"] == {"id": "29:dana", "name": "Dana Ozola", "aadObjectId": "oid-dana"}
    assert (heard["replyToId"], heard["conversation"]["id"]) == (card["id"], card["conversation"])
    assert claims(teams, bot.vouched[0])["serviceurl"] == heard["serviceUrl"] == teams.service_url
    assert side.replies["29:dana", card["id"]] == "Thank you."


def test_a_button_takes_the_inputs_around_it_along(bot: Bot, side: TeamsSide, card: Json) -> None:
    bot.answer = {"statusCode": 200, "type": CARD_TYPE, "value": small_card(actions=[])}

    side.click("29:dana", card, "send", typed={"note": "Fix 3"})

    assert bot.heard[0]["value"]["action"]["data"] == {"review": "rev-1.1", "note": "Fix 3"}
    assert list_button_labels(side.shown["29:dana", card["id"]]) == []


def test_an_old_client_sends_the_fallback_as_a_message(bot: Bot, side: TeamsSide, card: Json) -> None:
    side.click_in_old_client("29:dana", card, "acknowledge")

    assert bot.heard[0]["type"] == "message"
    assert bot.heard[0]["value"] == {"review": "rev-1.1", "verb": "acknowledge"}


def test_a_client_sends_no_form_that_is_not_filled(bot: Bot, side: TeamsSide, card: Json) -> None:
    for typed in ({}, {"note": "too long"}):
        with pytest.raises(ValueError, match="note is"):
            side.click("29:dana", card, "send", typed=typed)
    with pytest.raises(LookupError):
        side.click("29:dana", card, "acknowledge", typed={"note": "x"})
    with pytest.raises(LookupError):
        side.click("29:dana", card, "approve")

    assert bot.heard == []


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 200, "type": CARD_TYPE, "value": {"type": "AdaptiveCard"}},
        {
            "statusCode": 200,
            "type": CARD_TYPE,
            "value": small_card(body=[{"type": "TextBlock", "text": "x" * 102_400}]),
        },
        {"statusCode": 200, "type": MESSAGE_TYPE, "value": {}},
        {
            "statusCode": 200,
            "type": "application/vnd.microsoft.error",
            "value": {"code": "x", "message": "y"},
        },
        {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": "x"},
        {"ok": True},
    ],
)
def test_an_answer_that_teams_could_not_show_fails_the_test(
    bot: Bot, side: TeamsSide, card: Json, answer: Json
) -> None:
    bot.answer = answer

    with pytest.raises(AssertionError):
        side.click("29:dana", card, "acknowledge")


def test_the_buttons_of_a_card_are_listed_with_those_of_its_forms() -> None:
    assert list_button_labels(small_card()) == ["acknowledge", "Form", "send"]
    assert list_verbs(small_card()) == ["acknowledge", "send"]


def test_what_is_typed_where_others_read_mentions_the_bot(bot: Bot, side: TeamsSide) -> None:
    side.say("29:dana", CHANNEL, "recent 5")
    side.say("29:dana", ALONE, "recent 5")
    side.say("29:dana", CHANNEL, "recent 5", slash=True)

    mentioned, alone, slash = bot.heard
    assert mentioned["text"] == "<at>DocSpace reviews</at> recent 5"
    assert mentioned["entities"][0]["mentioned"]["id"] == mentioned["recipient"]["id"]
    assert ";messageid=" in mentioned["conversation"]["id"]
    assert (alone["text"], alone["entities"]) == ("recent 5", [])
    assert (slash["text"], slash["recipient"]["isTargeted"]) == ("recent 5", True)


def test_adding_the_app_tells_the_bot_where_it_is(teams: FakeTeams, bot: Bot, side: TeamsSide) -> None:
    teams.add_channel("19:second@thread.tacv2")
    side.uninstall("29:dana", CHANNEL)

    assert [place.installed for place in teams.places.values()] == [False, True, False]
    side.install("29:dana", CHANNEL)
    assert [each["action"] for each in bot.heard] == ["remove", "add"]
    assert bot.heard[1]["channelData"]["channel"]["id"] == CHANNEL
    assert teams.places["19:second@thread.tacv2"].installed


def test_a_person_of_another_company_comes_from_another_tenant(
    teams: FakeTeams, bot: Bot, side: TeamsSide
) -> None:
    teams.add_person("29:eve", "Eve", "eve@elsewhere.example", tenant_id="other")

    side.say("29:eve", CHANNEL, "recent")

    assert bot.heard[0]["channelData"]["tenant"]["id"] == "other"


@pytest.mark.parametrize(
    "spoil",
    [
        Spoil(claims={"aud": "other"}),
        Spoil(claims={"iss": "https://other.example"}),
        Spoil(claims={"exp": 1}),
        Spoil(key=key_number(99)),
        Spoil(kid="unknown"),
        Spoil(header="Bearer x.y.z"),
    ],
)
def test_a_spoiled_request_is_one_that_does_not_hold(
    teams: FakeTeams, bot: Bot, side: TeamsSide, spoil: Spoil
) -> None:
    side.say("29:dana", CHANNEL, "recent", spoil=spoil)

    with pytest.raises(jwt.PyJWTError):
        claims(teams, bot.vouched[0])


def test_a_request_may_come_without_a_token_or_with_members_changed(bot: Bot, side: TeamsSide) -> None:
    side.say("29:dana", CHANNEL, "recent", spoil=Spoil(header="", activity={"channelId": "other"}))

    assert (bot.vouched, bot.heard[0]["channelId"]) == ([""], "other")


def test_an_issuer_changes_its_key_and_may_be_down() -> None:
    with BotIssuer(app_id="app") as issuer:
        first = issuer.token()
        issuer.rotate()
        keys = requests.get(f"{issuer.root}{KEYS}", timeout=60).json()["keys"]
        issuer.down = True

        assert [key["kid"] for key in keys] == ["key-2"]
        assert keys[0]["endorsements"] == ["msteams"]
        assert jwt.get_unverified_header(first)["kid"] == "key-1"
        assert requests.get(issuer.metadata_url, timeout=60).status_code == 503
        assert issuer.requests == [KEYS, METADATA]
