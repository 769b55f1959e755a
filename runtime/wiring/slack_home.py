"""The Homes in Slack, for processes in which people answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.slack.home import Home
from bot.slack.people import LOOKUP_TIMEOUT_SECONDS, SlackPeople
from runtime.wiring.slack_client import connect_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card_drawing import PageOf
    from runtime.wiring.chat_commands import CommandWiring

HOME_THREADS = 2


def build_home(
    wiring: CommandWiring, find_page: PageOf, find_campaign_page: Callable[[str], str] | None
) -> Home:
    """Return the Homes, drawn by a thread pool of their own."""
    client = connect_slack(wiring, timeout=LOOKUP_TIMEOUT_SECONDS)
    return Home(
        client=client,
        people=SlackPeople(client, wiring.request_directory),
        routes=wiring.routes,
        transactions=wiring.request_transactions,
        clock=wiring.clock,
        run_later=ThreadPoolExecutor(HOME_THREADS, thread_name_prefix="slack-home").submit,
        subscriptions=wiring.commands.subscriptions,
        absences=wiring.absence_declarations,
        team_id=wiring.settings.slack_team_id,
        find_page=find_page,
        find_campaign_page=find_campaign_page,
    )
