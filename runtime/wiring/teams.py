"""The bot in Teams, for the process that receives its requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import notifiers.teams_bot
from bot.teams.app import Bot, build_bot
from bot.teams.signing_keys import Keys
from bot.teams.token_verifier import Verifier
from notifiers.teams_bot.hosts import ServiceHosts
from runtime.wiring.databases import get_utc_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring

TEAMS_TIMEOUT_SECONDS = 4.0  # seconds for each response of Teams, while Teams itself waits for ours
REDRAWING = 4  # threads


def build_teams_bot(wiring: Wiring, wake: Callable[[], None], *, tenant: str) -> Bot:
    """Return the bot for people of this tenant; `wake` is called as in `Wiring.build_answers`."""
    redrawing = ThreadPoolExecutor(REDRAWING, thread_name_prefix="teams-redraw")

    def submit_redraw(task: Callable[[], None]) -> None:
        redrawing.submit(task)

    return build_bot(
        connector=notifiers.teams_bot.make_connector(wiring.surroundings, read_seconds=TEAMS_TIMEOUT_SECONDS),
        use_cases=wiring.use_cases(wake),
        clock=get_utc_time,
        tenant=tenant,
        run_later=submit_redraw,
    )


def build_verifier(wiring: Wiring, *, app_id: str, tenant: str) -> Verifier:
    """Return the verifier of requests to the bot with this id, from this tenant alone."""
    return Verifier(
        keys=Keys(wiring.settings.teams_openid_url),
        app_id=app_id,
        tenant=tenant,
        hosts=ServiceHosts.parse(wiring.settings.teams_allow_hosts),
    )
