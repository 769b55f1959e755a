"""A fake Slack whose faults are scripted for each channel, so that several can strike the same card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.edge.slack_state import Json


class ScriptedSlack(FakeSlack):
    """The calls of one method in one channel fail in the order given, and then succeed."""

    def __init__(self, *, hang_seconds: float) -> None:
        super().__init__(rate_limit=True, hang_seconds=hang_seconds)
        self._scripts: dict[tuple[str, str], list[Fault]] = {}

    def script(self, method: str, channel: str, modes: Iterable[str]) -> None:
        with self.changed:
            self._scripts[method, channel] = [Fault(method, mode, 1, 1) for mode in modes]

    def unused(self) -> dict[tuple[str, str], list[str]]:
        """Return the faults that nobody has met."""
        with self.changed:
            return {place: [fault.mode for fault in left] for place, left in self._scripts.items() if left}

    def _log_and_take_fault(self, method: str, args: Json) -> Fault | None:
        fault = super()._log_and_take_fault(method, args)
        with self.changed:
            left = self._scripts.get((method, str(args.get("channel"))))
            return fault or (left.pop(0) if left else None)
