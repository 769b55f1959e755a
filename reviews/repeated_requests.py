"""Detection of repeated requests from a chat: a click, a form, a command.

A chat's signature proves who sent a request, but not that it is sent for the first time. Slack's is valid for
five minutes in either direction, a Teams token for hours (facts on Slack, 1.1; facts on Teams, 2.4). So each
request has a name, made of the chat's own id for it, which is stored for longer than that.

The name is stored in the transaction that makes the change. Of two copies one acts. A copy that comes after a
crash finds either both or neither.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.errors import RefusalReason, Refused, ReviewError
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

REQUEST_RETENTION = timedelta(days=2)
"""How long names are stored: longer than a Microsoft token is valid, which is a day and a few hours."""


@dataclass(frozen=True, kw_only=True)
class SignedQuestion:
    """A signed question: its name, and for how long after the first its chat may resend it by itself."""

    request_name: str
    resend_window: timedelta = timedelta()


class RepeatedRequest(ReviewError):
    """A request that came in before; `refused` if it changed nothing then."""

    def __init__(self, *, refused: bool) -> None:
        super().__init__("the request came in before")
        self.refused = refused


def name_request(chat: str, request_id: str, payload: Mapping[str, Any]) -> str:
    """Return the name of a request: the chat's id for it, else the digest of its content."""
    if request_id:
        return f"{chat}:{request_id}"
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    return f"{chat}-digest:{digest}"


@contextmanager
def require_first_request(work: UnitOfWork, request_name: str, *, at: datetime) -> Iterator[None]:
    """Run the block for the first request of a name, in this transaction; raise `RepeatedRequest` for others.

    A refusal is stored and committed: a request that changed nothing then changes nothing later, when it
    might be allowed. So `Refused` may be raised only before anything is written. A request without a name,
    such as one from a page, always counts as the first.

    What the first request has changed can be read before it is on the disk. A repeat is answered after a
    commit of its own, which waits for the disk and so covers the first.
    """
    if request_name and not work.idempotency_keys.add_if_new(request_name, at=at):
        before = work.idempotency_keys.get(request_name)
        work.idempotency_keys.rewrite(request_name)
        work.commit()
        raise RepeatedRequest(refused=before is not None and before.refused)
    try:
        yield
    except Refused:
        if request_name:
            work.idempotency_keys.mark_refused(request_name)
            work.commit()
        raise


def mark_undecided(transactions: Transactions, request_name: str, *, at: datetime) -> None:
    """Store that a request was answered without a decision, so that a repeat decides nothing either."""
    with transactions() as work:
        if work.idempotency_keys.add_if_new(request_name, at=at):
            work.idempotency_keys.mark_refused(request_name)
            work.commit()


def is_new_question(transactions: Transactions, question: SignedQuestion, *, clock: Clock) -> bool:
    """Store a question; return `False` for a repeat that is later than its chat's own resends."""
    with transactions() as work:
        now = clock()
        first = work.idempotency_keys.add_if_new(question.request_name, at=now)
        before = None if first else work.idempotency_keys.get(question.request_name)
        work.commit()
    return first or (before is not None and now - before.at < question.resend_window)


def refuse_repeat() -> Refused:
    """Return the refusal of a request that was refused before, and would be allowed now."""
    sentence = _(
        "This was not recorded the first time, and resending it has no effect. If you still want "
        "it, please click again."
    )
    return Refused(RefusalReason.REPEATED, sentence)


def explain_repeat() -> str:
    return _("This command was already answered and is not answered twice. Please send it again.")
