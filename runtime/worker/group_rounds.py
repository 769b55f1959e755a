"""The rounds that look up the user groups of the routes, so that no click has to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from notifiers.slack.groups import SlackGroups
    from runtime.wiring.wiring import Wiring

ROUND_SECONDS = 600.0
AGAIN_SECONDS = 15.0
"""After a round in which Slack or the database did not answer: perhaps no member has been loaded yet."""

log = structlog.get_logger()


class GroupRounds:
    """Rounds that look up the groups at the start and every ten minutes, in their own thread: Slack may hang.

    A failed lookup is retried after `retry_seconds`.
    """

    def __init__(self, wiring: Wiring, *, retry_seconds: float = AGAIN_SECONDS) -> None:
        self._retry_seconds = retry_seconds
        self._names = sorted(wiring.routes.groups)
        self._wiring = wiring

    def build_rounds(self) -> list[Rounds]:
        """Return the rounds, or none if no route names a group or Slack can't be called."""
        if not self._names:
            return []
        if not self._wiring.settings.get_option("SLACK_BOT_TOKEN").strip():
            log.warning("groups_not_read", groups=self._names, reason="SLACK_BOT_TOKEN is not set")
            return []
        # It loads Slack's library, which only an installation with groups needs.
        from runtime.wiring.slack_client import build_slack_groups, connect_slack  # noqa: PLC0415

        groups = build_slack_groups(self._wiring, connect_slack(self._wiring))
        may_work = self._wiring.schema.is_current
        return [
            Rounds(
                "groups",
                lambda: self._run_round(groups),
                retry_seconds=self._retry_seconds,
                may_work=may_work,
            )
        ]

    def _run_round(self, groups: SlackGroups) -> float:
        return ROUND_SECONDS if groups.look_up(self._names) else self._retry_seconds
