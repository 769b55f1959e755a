"""The rounds in which the user groups of the routes are looked up, so that no click has to ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from notifiers.slack import client
from notifiers.slack.groups import Groups
from runtime.rounds import Rounds

if TYPE_CHECKING:
    from runtime.wiring import Wiring

ROUND_SECONDS = 600.0
AGAIN_SECONDS = 15.0
"""After a round in which Slack or the database did not answer: nobody may be known to be a member yet."""

log = structlog.get_logger()


class GroupRounds:
    """Looks the groups up at the start and every ten minutes, in a thread of its own: Slack may hang.

    What did not answer is asked again after `again` seconds.
    """

    def __init__(self, wiring: Wiring, *, again: float = AGAIN_SECONDS) -> None:
        self._again = again
        self._names = sorted({name for route in wiring.routes.all for name in route.groups})
        self._wiring = wiring
        self._rounds = Rounds("groups", self._round, again=again, may_work=wiring.schema.fits)

    def start(self) -> None:
        settings = self._wiring.settings
        token = settings.option("SLACK_BOT_TOKEN")
        if not self._names:
            return
        if not token:
            log.warning("groups_not_read", groups=self._names, reason="SLACK_BOT_TOKEN is not set")
            return
        self._groups = Groups(client(token, settings.slack_api_url), self._wiring.directory)
        self._rounds.start()

    def stop(self) -> None:
        self._rounds.stop()

    def _round(self) -> float:
        return ROUND_SECONDS if self._groups.look_up(self._names) else self._again
