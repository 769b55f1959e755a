"""What people do in the stand-in portal, and ways to let its events get lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OTHER
from demo.faults import Fault
from reviews.kinds import ChangeKind
from tests.reviews.portal_desk import FILE, OUTSIDE

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind
HALF_AN_HOUR = 1800
Act = Callable[["PortalDesk"], object]


def save(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.save(FILE, by=BOB.id)


def move_out(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.move(FILE, OTHER, by=BOB.id)


def move_in(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.move(OUTSIDE, COMPLIANCE, by=BOB.id)


def trash(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.trash(FILE, by=BOB.id)


def delete(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.delete(FILE, by=BOB.id)


def rename(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.rename(FILE, "Renamed.docx", by=BOB.id)


def copy(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.copy(OUTSIDE, COMPLIANCE, by=BOB.id)


ACTS = [
    (save, K.CONTENT),
    (move_out, K.MOVED_OUT),
    (move_in, K.MOVED_IN),
    (trash, K.TRASHED),
    (delete, K.DELETED),
    (rename, K.RENAMED),
    (copy, K.CREATED),
]


def lose(portal_desk: PortalDesk, *acts: Act) -> set[tuple[str, int]]:
    """Let things happen of which DocSpace loses the deliveries; return the reviews from before."""
    before = portal_desk.now()
    for act in acts:
        act(portal_desk)
        portal_desk.desk.clock.advance(seconds=1)
    portal_desk.sender.lose_queue()
    return before


def unsubscribe(portal_desk: PortalDesk) -> None:
    """Have DocSpace write down no deliveries, as with a webhook that it has switched off."""
    for hook in portal_desk.sender.webhooks():
        portal_desk.sender.remove(hook.id)


def hide_logs(portal_desk: PortalDesk) -> None:
    unsubscribe(portal_desk)
    portal_desk.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=403))
