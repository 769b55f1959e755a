"""Subscriptions as the tests make them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from demo import COMPLIANCE
from reviews.digest_notices import DigestNotice
from reviews.notice import ChangeNotice, Notice
from reviews.ports.subscriptions import Subscription
from tests.reviews.notices import require_type
from tests.reviews.samples import START

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

READERS = "C9"
"""A channel that gets no cards."""


def subscribe(desk: Desk, folder: int = COMPLIANCE, **more: Any) -> Subscription:
    """Have a channel see the changes of a folder, as if a person had asked for it."""
    usual = Subscription(
        notifier="paper",
        target=READERS,
        folder=str(folder),
        title="Legal & Compliance",
        made_by="U1",
        made_at=START,
    )
    made = replace(usual, **more)
    with desk.transactions() as work:
        work.subscriptions.put(made)
        work.commit()
    return made


def deliver_notices(desk: Desk, target: str = READERS) -> list[Notice]:
    """Deliver what is owed, and return what this channel was told."""
    desk.deliver_all()
    return [notice for to, notice in desk.paper.notices if to == target]


def deliver_change_notices(desk: Desk, target: str = READERS) -> list[ChangeNotice]:
    return require_type(ChangeNotice, deliver_notices(desk, target))


def deliver_digest_notices(desk: Desk, target: str = READERS) -> list[DigestNotice]:
    return require_type(DigestNotice, deliver_notices(desk, target))
