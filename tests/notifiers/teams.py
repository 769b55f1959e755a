"""The bot's channel on the fake Teams, but with less patience."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from notifiers.teams_bot import TeamsBot
from notifiers.teams_bot.connector import Connector
from notifiers.teams_bot.hosts import ServiceHosts
from notifiers.teams_bot.tokens import Tokens
from reviews.cards.card_drawing import draw_card
from tests.edge.teams_activities import cards, texts
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.edge.fake_teams import FakeTeams
    from tests.edge.teams_state import Json

CHANNEL, CHAT, ALONE = "19:compliance@thread.tacv2", "19:chat@thread.v2", "a:alone"
DANA = "5b6e7a10-0000-4000-8000-0000000000d1"
"""The owner's id in Entra."""
CARD = draw_card(review())
ANSWERED = draw_card(answered_review())
UNOWNED = draw_card(review(owners=()))
"""A card for which no person has to be looked up."""


def connector(
    teams: FakeTeams,
    *,
    clock: Callable[[], float] = time.monotonic,
    read_seconds: float = 60.0,
    settings: Mapping[str, str] | None = None,
) -> Connector:
    """Return the product's own connector; `settings` replace those that the fake asks for."""
    values = {**teams.settings, **(settings or {})}
    tokens = Tokens(
        values["TEAMS_LOGIN_URL"],
        app_id=values["TEAMS_APP_ID"],
        password=values["TEAMS_APP_PASSWORD"],
        tenant=values["TEAMS_TENANT_ID"],
        clock=clock,
        read_seconds=read_seconds,
    )
    return Connector(tokens, ServiceHosts.parse(values["TEAMS_ALLOW_HOSTS"]), read_seconds=read_seconds)


def make_teams_bot(
    teams: FakeTeams,
    *,
    clock: Callable[[], float] = time.monotonic,
    changes: Mapping[str, str] | None = None,
    conversation: Callable[[str, str], Mapping[str, str] | None] | None = None,
    read_seconds: float = 60.0,
    settings: Mapping[str, str] | None = None,
) -> TeamsBot:
    """Return the channel; `changes` replaces members of what is known of every conversation."""
    reference = {**teams.reference, **(changes or {})}
    speaking = connector(teams, clock=clock, read_seconds=read_seconds, settings=settings)
    return TeamsBot(speaking, conversation or (lambda *_: reference))


def read_shown_text(message: Json) -> str:
    [card] = cards(message)
    return "\n".join(texts(card))
