"""The token with which the bot speaks: how long it does, and what a login that fails means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.errors import OutcomeUnknown, Permanent, TryLater
from tests.edge.fake_teams import FakeTeams
from tests.notifiers.teams import CARD, CHANNEL, UNOWNED, make_teams_bot
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from notifiers.teams_bot import TeamsBot


def test_one_token_does_for_many_cards(teams: FakeTeams, bot: TeamsBot) -> None:
    for _ in range(3):
        bot.post(CHANNEL, CARD)

    assert len(teams.calls("token")) == 1


def test_a_token_that_is_no_longer_taken_is_fetched_anew(teams: FakeTeams, bot: TeamsBot) -> None:
    bot.post(CHANNEL, CARD)
    teams.end_tokens()
    bot.post(CHANNEL, CARD)

    assert len(teams.messages(CHANNEL)) == len(teams.calls("token")) == 2


def test_a_token_that_is_never_taken_is_fetched_twice_and_no_more(teams: FakeTeams, bot: TeamsBot) -> None:
    teams.fail("create", "401", times=2)

    with pytest.raises(TryLater, match="check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID"):
        bot.post(CHANNEL, UNOWNED)

    assert len(teams.calls("token")) == len(teams.calls("create")) == 2


def test_a_token_is_given_up_five_minutes_before_it_ends() -> None:
    clock = Clock()
    with FakeTeams(clock=clock.seconds, token_seconds=3600) as teams:
        teams.add_channel(CHANNEL)
        bot = make_teams_bot(teams, clock=clock.seconds)
        for later in (0, 3299, 1):
            clock.advance(seconds=later)
            bot.post(CHANNEL, UNOWNED)
        assert len(teams.calls("token")) == 2


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"TEAMS_APP_PASSWORD": "wrong-secret"}, "invalid_client"),
        ({"TEAMS_TENANT_ID": "somewhere/else"}, "invalid_request"),
    ],
)
def test_a_login_that_is_refused_is_told_without_the_secret(
    teams: FakeTeams, wrong: dict[str, str], error: str
) -> None:
    with pytest.raises(TryLater, match=error) as caught:
        make_teams_bot(teams, settings=wrong).post(CHANNEL, CARD)

    assert "wrong-secret" not in str(caught.value)
    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"access_token": 1}', b'{"access_token": "a\\nb"}', b"[" * 100_000]
)
def test_a_login_that_answers_nonsense_is_tried_later(teams: FakeTeams, bot: TeamsBot, body: bytes) -> None:
    teams.answer("token", body)

    with pytest.raises(TryLater, match="TEAMS_LOGIN_URL"):
        bot.post(CHANNEL, UNOWNED)


@pytest.mark.parametrize("mode", ["hang", "drop", "500", "302"])
def test_without_a_token_nothing_was_posted(teams: FakeTeams, hasty_bot: TeamsBot, mode: str) -> None:
    teams.fail("token", mode, headers={"Location": teams.root})

    with pytest.raises(TryLater) as caught:
        hasty_bot.post(CHANNEL, UNOWNED)

    assert not isinstance(caught.value, OutcomeUnknown)
    assert teams.calls("create") == []


@pytest.mark.parametrize("service_url", ["https://evil.example/", "http://smba.trafficmanager.net/x", ""])
def test_the_token_is_sent_to_no_other_host(teams: FakeTeams, service_url: str) -> None:
    bot = make_teams_bot(teams, changes={"service_url": service_url})

    with pytest.raises(Permanent, match="TEAMS_ALLOW_HOSTS"):
        bot.post(CHANNEL, CARD)

    assert teams.calls() == []
