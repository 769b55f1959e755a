"""Posts of the ledger's checkpoints to chat, where their readers keep them out of our reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.notice import CheckpointNotice
from reviews.routes.route import CheckpointFrequency

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Operators, Route, Routes, Target

CAUSE_PREFIX = "checkpoint:"
"""Prefix of the causes of all posts, and of no other causes; the day follows."""


@dataclass(frozen=True, kw_only=True)
class CheckpointPosts:
    """Owes each place the checkpoint of a day once, whatever number of workers do so.

    The places are those of the routes that say `checkpoint = "daily"`. `silent` are the channels that post
    nothing.
    """

    transactions: Transactions
    routes: Routes
    silent: Collection[str] = ()

    def list_targets(self) -> dict[Target, str]:
        """Return the places, each with the name of the first route that names it."""
        targets: dict[Target, str] = {}
        for rule in self._list_rules():
            for target in rule.notify:
                if target.notifier not in self.silent:
                    targets.setdefault(target, rule.name)
        return targets

    def owe(self, note: str, *, day: date, now: datetime) -> int:
        """Owe the checkpoint of a day to each place that was not owed it; return how many those are."""
        origin = note.partition("\n")[0]
        with self.transactions() as work:
            owed = [
                work.cards.owe_notice(
                    (target.notifier, target.address),
                    CheckpointNotice(title=origin, at=now, route=route, note=note),
                    cause=f"{CAUSE_PREFIX}{day.isoformat()}",
                )
                for target, route in self.list_targets().items()
            ]
            work.commit()
        return sum(owed)

    def _list_rules(self) -> list[Route | Operators]:
        operators = [self.routes.operators] if self.routes.operators else []
        rules: list[Route | Operators] = [*operators, *self.routes.all]
        return [rule for rule in rules if rule.checkpoint is CheckpointFrequency.DAILY]
