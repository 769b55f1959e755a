"""The rounds that check the webhook: DocSpace may disable it without notice."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import structlog

from docspace import errors
from runtime.settings.setting_kinds import Switch
from runtime.settings.settings import UnusableSettings
from runtime.wiring.webhook import build_registration
from runtime.worker.rounds import Rounds
from webhook.registration import NOT_ALLOWED, RegistrationOutcome, RegistrationResult
from webhook.webhook_status import WebhookState

if TYPE_CHECKING:
    from reviews.ports.unit_of_work import Transactions
    from runtime.wiring.wiring import Wiring
    from webhook.registration import Registration
    from webhook.webhook_status import WebhookStatus

CHECK_INTERVAL = timedelta(minutes=5)
FIRST_SECONDS = 10.0
"""Before the first check: DocSpace enables a webhook only while its receiver answers, which may just
start."""
TRY_SECONDS = 60.0
"""Between two attempts to become the worker that checks."""
FOLDERS_AT_ONCE = 5000

log = structlog.get_logger()


class WebhookRounds:
    """Rounds that check every five minutes, in a thread of their own: the portal may hang. One worker checks.

    The result is stored for all processes. What may be repaired is repaired, unless WEBHOOK_HEAL is off.
    """

    def __init__(
        self,
        wiring: Wiring,
        *,
        first_delay: float = FIRST_SECONDS,
        retry_seconds: float = TRY_SECONDS,
        interval: timedelta = CHECK_INTERVAL,
    ) -> None:
        self._wiring = wiring
        self._retry_seconds, self._interval = retry_seconds, interval
        self.watch = wiring.webhook_watch
        self._may_repair = wiring.settings.webhook_heal is Switch.ON
        self._last_logged: tuple[str, str] | None = None
        self.rounds = Rounds(
            "webhook",
            self._run_round,
            first_delay=first_delay,
            retry_seconds=retry_seconds,
            may_work=wiring.schema.is_current,
        )

    def check_webhook(self) -> None:
        """Check once, repair what may be repaired, and store the state after that."""
        try:
            use_case = build_registration(self._wiring)
            self._repair_if_needed(use_case, use_case.get_status())
        except errors.Forbidden:
            self._write(WebhookState.UNKNOWN, NOT_ALLOWED)
        except (errors.KeyRefused, errors.NotFound, errors.BadRequest, UnusableSettings) as error:
            self._write(WebhookState.UNKNOWN, str(error))
        except errors.DocSpaceError as error:
            # As far as is known, the state is unchanged.
            self._log_if_changed("webhook_not_seen", "", str(error))

    def _run_round(self) -> float:
        if self.watch.claim_check(interval=self._interval):
            self.check_webhook()
        return self._retry_seconds

    def _repair_if_needed(self, use_case: Registration, status: WebhookStatus) -> None:
        if not status.repairs:
            self._record_status(status, "; ".join(status.faults))
        elif not self._may_repair:
            self._record_status(status, f"{'; '.join(status.faults)}; WEBHOOK_HEAL is off")
        else:
            self._record_repair(status, use_case.repair(status))

    def _record_repair(self, before: WebhookStatus, outcome: RegistrationOutcome) -> None:
        if outcome.result is RegistrationResult.REPAIRED:
            log.warning("webhook_repaired", repaired=list(outcome.repaired), was="; ".join(before.faults))
            self._record_status(outcome.status, "; ".join(outcome.status.faults), healed=True)
        else:
            self._record_status(before, f"{'; '.join(before.faults)}; it can't be repaired: {outcome.reason}")

    def _record_status(self, status: WebhookStatus, reason: str, *, healed: bool = False) -> None:
        success = status.last_success
        wall = success.replace(tzinfo=UTC) if success else None
        if self.watch.record_check(status.state, reason, last_success=wall, healed=healed):
            log.warning("portal_was_restored", last_delivery=str(success))
            compare_all_listings(self._wiring.transactions)
        self._log_if_changed("webhook_looked_at", status.state, reason)

    def _write(self, state: WebhookState, reason: str) -> None:
        self.watch.record_check(state, reason, last_success=None)
        self._log_if_changed("webhook_looked_at", state, reason)

    def _log_if_changed(self, event: str, state: str, reason: str) -> None:
        """Log a new state once."""
        if self._last_logged != (state, reason):
            self._last_logged = (state, reason)
            write_line = log.info if state == WebhookState.IN_ORDER else log.warning
            write_line(event, state=state, reason=reason)


def compare_all_listings(transactions: Transactions) -> None:
    """Have the next sweep of each watched folder compare its whole listing, whatever its log shows."""
    changed = FOLDERS_AT_ONCE
    while changed:
        with transactions() as work:
            changed = work.baselines.request_listing(FOLDERS_AT_ONCE)
            work.commit()
