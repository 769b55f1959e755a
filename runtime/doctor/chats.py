"""The other channels: whether they can be built from the settings, and whether the bot in Teams was added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.teams_bot import ANY_CONVERSATION, NAME
from runtime.doctor.findings import report_error, report_ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.routes.route import Target
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring


def check_channels(wiring: Wiring) -> Iterator[Finding]:
    """Report each target outside Slack; one that can't be built names its setting."""
    targets = {target for _, target in wiring.routes.all_targets}
    for target in sorted(targets, key=str):
        if target.notifier != "slack" and target.notifier in wiring.notifiers:
            yield _check_target(wiring, target)


def _check_target(wiring: Wiring, target: Target) -> Finding:
    if target.notifier == NAME and not _is_known(wiring, target):
        return report_error(
            str(target), "the bot has never received anything from Teams",
            "upload the app package (docspace-review teams manifest) and add it to the team",
        )  # fmt: skip
    return report_ok(str(target), "its settings are usable")


def _is_known(wiring: Wiring, target: Target) -> bool:
    with wiring.transactions(reading=True) as work:
        return bool(
            work.conversations.get(NAME, target.address) or work.conversations.get(NAME, ANY_CONVERSATION)
        )
