"""Sender of the portal's emissions, as in the released server (facts on DocSpace, 1.1, 1.3, 1.5 and 1.6)."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demo.counter import Counter
from demo.errors import BadArgumentError, NotFoundError, PortalError
from demo.starting_data import OLGA
from demo.transport import HttpAnswer, HttpRequest, Transport, exchange
from demo.webhook_rules import Rules
from demo.webhooks import DeliveryLogRow, DeliveryOutcome, PortalDelivery, PortalWebhook
from demo.wire_format import SUBSCRIBED, encode, make_trigger_mask, signature, stamp

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

    from demo.emission import Emission
    from demo.portal import DemoPortal

RETRY_WAITS_SECONDS: Final = (1, 2, 4, 8, 16)
"""Seconds before each of the five retries."""

PARALLEL: Final = 10
_BACKED_UP_ATTRIBUTES: Final = ("_webhooks", "_webhook_ids", "_log", "_ids")
_UNAVAILABLE: Final = "Webhook URL is not available. HEAD request is not response 200 http status."
_NAME_TAKEN_MESSAGE: Final = "Webhook with the same name and payload URL already exists"


@dataclass(frozen=True)
class _Failure:
    """Why an attempt failed; `may_disable` says whether it counts towards disabling the webhook."""

    status: int
    text: str
    response: str = ""
    error: str = ""
    may_disable: bool = True


class Sender:
    """Sender of emissions: makes one delivery per subscribed webhook, and sends it on request.

    `wait_factor` scales the waits between attempts (0 in tests). `transport` may replace the socket, for
    instance with a test client of the receiver. Transport errors and every answer but a 2xx are retried; a
    410 removes the webhook after the last retry. The queue is in memory only. `rules` say what may be
    registered, and by whom. Thread-safe.
    """

    def __init__(
        self,
        portal: DemoPortal,
        *,
        wait_factor: float = 1,
        sleep: Callable[[float], None] = time.sleep,
        transport: Transport = exchange,
        first_id: int = 138769,
    ) -> None:
        self.portal = portal
        self.rules = Rules()
        self._wait_factor = wait_factor
        self._sleep = sleep
        self._transport = transport
        self._lock = threading.Lock()
        self._ids = Counter(first_id)
        self._webhook_ids = Counter(2621)
        self._webhooks: dict[int, PortalWebhook] = {}
        self._log: dict[int, DeliveryLogRow] = {}
        self._queue: list[PortalDelivery] = []
        portal.listen(self.enqueue)

    def dump_rows(self) -> dict[str, Any]:
        """Return the database rows of webhooks and deliveries: not a copy, and only for a backup."""
        return {name: vars(self)[name] for name in _BACKED_UP_ATTRIBUTES}

    def restore_rows(self, rows: dict[str, Any]) -> None:
        """Replace the rows; the queue is in memory only, and lost."""
        with self._lock:
            vars(self).update(rows)
            self._queue = []

    def register(
        self,
        url: str,
        *,
        secret: str,
        name: str = "compliance-review",
        triggers: Iterable[str] = SUBSCRIBED,
        target: str = "",
    ) -> PortalWebhook:
        """Create Olga's webhook after a HEAD probe of its address; refusals raise BadArgumentError."""
        self.rules.secrets.check(secret)
        self.probe(url)
        with self._lock:
            if any((hook.name, hook.url) == (name, url) for hook in self._webhooks.values()):
                raise BadArgumentError(_NAME_TAKEN_MESSAGE)
            hook = PortalWebhook(
                id=self._webhook_ids.take(),
                name=name,
                url=url,
                secret=secret,
                triggers=make_trigger_mask(triggers),
                created_on=self.portal.clock(),
                created_by=OLGA.id,
                target=target,
            )
            self._webhooks[hook.id] = hook
        return hook

    def probe(self, url: str, *, ssl: bool = False) -> None:
        """Send a HEAD without body or signature. Raises BadArgumentError unless the answer is a 2xx.

        The real server does not catch a missing answer: it ends the call as a failure of the portal's own.
        """
        try:
            response = self._transport(HttpRequest("HEAD", url, timeout=10, verify=ssl))
        except (OSError, http.client.HTTPException) as error:
            raise PortalError(str(error)) from error
        if not 200 <= response.status < 300:
            raise BadArgumentError(_UNAVAILABLE)

    def webhook(self, webhook_id: int) -> PortalWebhook:
        with self._lock:
            if webhook_id not in self._webhooks:
                raise NotFoundError("The webhook could not be found")
            return self._webhooks[webhook_id]

    def webhooks(self) -> list[PortalWebhook]:
        with self._lock:
            return list(self._webhooks.values())

    def remove(self, webhook_id: int) -> None:
        """Remove a webhook; its log is hidden with it."""
        with self._lock:
            self._webhooks.pop(webhook_id, None)

    def enqueue(self, emission: Emission) -> None:
        """Queue the emission for each enabled webhook that subscribed to it and whose owner may read it."""
        with self._lock:
            for hook in self._webhooks.values():
                if hook.wants(emission) and hook.created_by in emission.readers:
                    self._enqueue_delivery(hook, emission)

    def pending(self) -> list[PortalDelivery]:
        with self._lock:
            return list(self._queue)

    def lose_queue(self) -> int:
        """Simulate a restart: drop the queue, whose log rows keep status 0. Return how many were dropped."""
        with self._lock:
            lost, self._queue = len(self._queue), []
        return lost

    def flush(self, *, shuffle: random.Random | None = None, parallel: int = 1) -> list[DeliveryOutcome]:
        """Send everything queued in batches of `parallel` at once, in random order with `shuffle`.

        The real server sends ten at once without any order; one after the other keeps a test simple.
        """
        with self._lock:
            queued, self._queue = self._queue, []
            alive = [delivery for delivery in queued if delivery.webhook.id in self._webhooks]
        if shuffle is not None:
            shuffle.shuffle(alive)
        if parallel == 1:
            return [self.send(delivery) for delivery in alive]
        outcomes: list[DeliveryOutcome] = []
        with ThreadPoolExecutor(max_workers=min(parallel, PARALLEL)) as pool:
            for batch in _batches(alive, parallel):
                outcomes += pool.map(self.send, batch)
        return outcomes

    def send(self, delivery: PortalDelivery) -> DeliveryOutcome:
        """Make up to six attempts at one delivery."""
        for retries, wait in enumerate((0, *RETRY_WAITS_SECONDS)):
            if retries and self._wait_factor:
                self._sleep(wait * self._wait_factor)
            request = self.request(delivery, retry_number=retries, wait_seconds=wait)
            failure = self._attempt(delivery, request, retries + 1)
            if failure is None:
                break
        else:
            self._note_failure(delivery.webhook, failure)
        row = self.row(delivery.id)
        return DeliveryOutcome(delivery, row.status, row.attempts, failure.error if failure else "")

    def request(
        self, delivery: PortalDelivery, *, retry_number: int = 0, wait_seconds: float = 0
    ) -> HttpRequest:
        """Return the signed request of an attempt. For tests that feed a receiver without a network."""
        body = encode(delivery.body(retry_number=retry_number, wait_seconds=wait_seconds))
        headers = {
            "Accept": "*/*",
            "x-docspace-signature-256": signature(delivery.webhook.secret, body),
            "Content-Type": "application/json; charset=utf-8",
        }
        if self.portal.generation == "v1":
            headers["x-docspace-event-id"] = str(delivery.id)
            headers["x-docspace-event-timestamp"] = stamp(delivery.emission.created_on)
        return HttpRequest("POST", delivery.webhook.url, headers, body, verify=delivery.webhook.ssl)

    def retry(self, log_id: int) -> PortalDelivery:
        """Retry manually: queued under a new event id; time, actor, trigger and payload don't change."""
        emission, hook = self.row(log_id).delivery.emission, self.row(log_id).delivery.webhook
        with self._lock:
            return self._enqueue_delivery(hook, emission)

    def row(self, log_id: int) -> DeliveryLogRow:
        with self._lock:
            if log_id not in self._log:
                raise NotFoundError("The webhook log could not be found")
            return self._log[log_id]

    def log(self) -> list[DeliveryLogRow]:
        """Return the delivery log, newest first, without the rows of removed webhooks."""
        with self._lock:
            return [row for row in reversed(self._log.values()) if row.delivery.webhook.id in self._webhooks]

    def _enqueue_delivery(self, hook: PortalWebhook, emission: Emission) -> PortalDelivery:
        delivery = PortalDelivery(self._ids.take(), hook, emission)
        payload = encode(delivery.body(with_id=False)).decode()
        self._log[delivery.id] = DeliveryLogRow(delivery.id, delivery, self.portal.clock(), payload)
        self._queue.append(delivery)
        return delivery

    def _attempt(self, delivery: PortalDelivery, request: HttpRequest, attempts: int) -> _Failure | None:
        now = self.portal.clock()
        response: HttpAnswer | None = None
        try:
            response = self._transport(request)
            failure = None if 200 <= response.status < 300 else _make_failure(response)
        except TimeoutError as error:
            failure = _Failure(500, "The request was canceled.", error=repr(error), may_disable=False)
        except (OSError, http.client.HTTPException) as error:
            failure = _Failure(500, str(error), error=repr(error))
        hook = delivery.webhook
        with self._lock:
            row = self._log[delivery.id]
            row.request_payload, row.request_headers = request.body.decode(), request.headers
            row.attempts = attempts
            if failure is None and response is not None:
                row.status, row.response_payload, row.delivered_on = response.status, response.body, now
                hook.last_success_on = now
            elif failure is not None:
                row.status, row.response_payload = failure.status, failure.response or failure.text
                hook.last_failure_on, hook.last_failure = now, failure.text
        return failure

    def _note_failure(self, hook: PortalWebhook, failure: _Failure | None) -> None:
        if failure is None:
            return
        if failure.status == http.client.GONE:
            self.remove(hook.id)
        elif failure.may_disable and hook.is_overdue(self.portal.clock()):
            hook.enabled = False


def _make_failure(response: HttpAnswer) -> _Failure:
    text = f"Response status code does not indicate success: {response.status} ({response.reason})."
    return _Failure(response.status, text, response.body)


def _batches(deliveries: list[PortalDelivery], size: int) -> Iterable[list[PortalDelivery]]:
    return (deliveries[start : start + size] for start in range(0, len(deliveries), size))
