"""Homes in Slack are drawn anew also after an answer that was given elsewhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import notifiers.slack
from bot.slack.home import Home
from bot.slack.people import PATIENCE, People

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.command import Commands
    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.people.directory import Directory
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from runtime.settings.settings import Settings

DRAWING = 2  # threads


def told(
    config: Settings,
    routes: Routes,
    directory: Directory,
    *,
    transactions: Transactions,
    clock: Clock,
    commands: Callable[[], Commands],
) -> Callable[[Review], None]:
    """Return what is to be told of each answer; nothing where there is no Slack."""
    token = config.option("SLACK_BOT_TOKEN")
    if not token or all(target.notifier != "slack" for route in routes.all for target in route.notify):
        return lambda _review: None
    client = notifiers.slack.client(token, config.slack_api_url, patience=PATIENCE)
    pool = ThreadPoolExecutor(DRAWING, thread_name_prefix="slack-home")
    home = Home(
        client=client,
        people=People(client, directory),
        routes=routes,
        transactions=transactions,
        clock=clock,
        later=pool.submit,
        subscriptions=commands().subscriptions,
        team_id=config.slack_team_id,
        page_of=commands().page_of,
    )
    return home.answered
