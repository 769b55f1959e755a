"""What each failure of a post of the bot means, and what it says to the operators."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from tests.edge.teams_state import PASSWORD
from tests.notifiers.teams import CARD, CHANNEL, UNOWNED, make_teams_bot

if TYPE_CHECKING:
    from notifiers.teams_bot import TeamsBot
    from tests.edge.fake_teams import FakeTeams


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("BotNotInConversationRoster", Permanent, "add the app to the team again"),
        ("MessageWritesBlocked", Permanent, "add the app to the team again"),
        ("ForbiddenOperationException", Permanent, "add the app to the team again"),
        ("InvalidBotApiHost", Permanent, "another cloud"),
        ("ConversationNotFound", Permanent, "check the route"),
        ("404", Permanent, "check the route"),
        ("BotDisabledByAdmin", Permanent, "an administrator"),
        ("BotNotRegistered", Permanent, "TEAMS_APP_ID"),
        ("NotEnoughPermissions", Permanent, "NotEnoughPermissions"),
        ("Bad Argument", Permanent, "Bad Argument"),
        ("MessageSizeTooBig", Permanent, "too large"),
        ("413", Permanent, "too large"),
        ("418", Permanent, "418"),
        ("PreconditionFailed", TryLater, "412"),
        ("429", TryLater, "429"),
        ("502", TryLater, "502"),
        ("503", TryLater, "503"),
        ("504", TryLater, "504"),
        ("302", TryLater, "302"),
        ("500", OutcomeUnknown, "500"),
        ("ServiceError", OutcomeUnknown, "500"),
        ("500_after", OutcomeUnknown, "500"),
        ("drop", OutcomeUnknown, "did not answer"),
        ("drop_after", OutcomeUnknown, "did not answer"),
    ],
)
def test_each_failure_of_a_post_means_one_thing(
    teams: FakeTeams, bot: TeamsBot, mode: str, kind: type[RemoteError], says: str
) -> None:
    teams.fail("create", mode, times=2)

    with pytest.raises(RemoteError, match=says) as caught:
        bot.post(CHANNEL, CARD)

    assert type(caught.value) is kind
    assert all(hidden not in str(caught.value) for hidden in (PASSWORD, "token-", "a message about", "127."))


@pytest.mark.parametrize(("mode", "stored"), [("hang", 0), ("hang_after", 1)])
def test_a_post_that_takes_too_long_may_have_been_taken(
    teams: FakeTeams, hasty_bot: TeamsBot, mode: str, stored: int
) -> None:
    teams.fail("create", mode)

    with pytest.raises(OutcomeUnknown, match="did not answer"):
        hasty_bot.post(CHANNEL, UNOWNED)

    assert len(teams.messages(CHANNEL)) == stored


@pytest.mark.parametrize(
    ("sent", "after"), [("7", 7.0), ("99999", 3600.0), ("soon", 5.0), ("Wed, 25 Nov 2026 12:00:00 GMT", 5.0)]
)
def test_teams_says_how_long_to_wait(teams: FakeTeams, bot: TeamsBot, sent: str, after: float) -> None:
    teams.fail("create", "Throttled", headers={"Retry-After": sent})

    with pytest.raises(TryLater) as caught:
        bot.post(CHANNEL, CARD)

    assert caught.value.retry_after == after


@pytest.mark.parametrize(("mode", "after"), [("429", 5.0), ("502", None), ("412", None)])
def test_only_a_rate_limit_shuts_the_channel_without_a_number(
    teams: FakeTeams, bot: TeamsBot, mode: str, after: float | None
) -> None:
    teams.fail("create", mode)

    with pytest.raises(TryLater) as caught:
        bot.post(CHANNEL, CARD)

    assert caught.value.retry_after == after


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"id": 1}', b'{"id": "19:x;messageid=1"}', b'{"activityId": "1"}']
)
def test_a_post_of_which_the_place_is_unknown_may_stand(teams: FakeTeams, bot: TeamsBot, body: bytes) -> None:
    teams.answer("create", body, status=201)

    with pytest.raises(OutcomeUnknown, match="not where"):
        bot.post(CHANNEL, CARD)


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[" * 100_000, b'{"error": 1}', b'{"error": {"code": "<b>secret</b>"}}']
)
def test_a_refusal_of_any_form_is_told_by_its_status(teams: FakeTeams, bot: TeamsBot, body: bytes) -> None:
    teams.answer("create", body, status=403)

    with pytest.raises(Permanent, match=r"Teams refuses \(403\)"):
        bot.post(CHANNEL, CARD)


def test_no_server_listens_at_the_service_address(teams: FakeTeams) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bot = make_teams_bot(teams, changes={"service_url": f"http://127.0.0.1:{free.getsockname()[1]}/"})

        with pytest.raises(TryLater, match="can't be reached") as caught:
            bot.post(CHANNEL, CARD)

    assert not isinstance(caught.value, OutcomeUnknown)
