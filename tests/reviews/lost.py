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


def save(office: PortalDesk) -> object:
    return office.portal.save(FILE, by=BOB.id)


def move_out(office: PortalDesk) -> object:
    return office.portal.move(FILE, OTHER, by=BOB.id)


def move_in(office: PortalDesk) -> object:
    return office.portal.move(OUTSIDE, COMPLIANCE, by=BOB.id)


def trash(office: PortalDesk) -> object:
    return office.portal.trash(FILE, by=BOB.id)


def delete(office: PortalDesk) -> object:
    return office.portal.delete(FILE, by=BOB.id)


def rename(office: PortalDesk) -> object:
    return office.portal.rename(FILE, "Renamed.docx", by=BOB.id)


def copy(office: PortalDesk) -> object:
    return office.portal.copy(OUTSIDE, COMPLIANCE, by=BOB.id)


ACTS = [
    (save, K.CONTENT),
    (move_out, K.MOVED_OUT),
    (move_in, K.MOVED_IN),
    (trash, K.TRASHED),
    (delete, K.DELETED),
    (rename, K.RENAMED),
    (copy, K.CREATED),
]


def lose(office: PortalDesk, *acts: Act) -> set[tuple[str, int]]:
    """Let things happen of which DocSpace loses the deliveries; return the reviews from before."""
    before = office.now()
    for act in acts:
        act(office)
        office.desk.clock.advance(seconds=1)
    office.sender.lose_queue()
    return before


def unsubscribe(office: PortalDesk) -> None:
    """Have DocSpace write down no deliveries, as with a webhook that it has switched off."""
    for hook in office.sender.webhooks():
        office.sender.remove(hook.id)


def hide_logs(office: PortalDesk) -> None:
    unsubscribe(office)
    office.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=403))
