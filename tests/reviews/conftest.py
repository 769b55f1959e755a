"""The use cases on a real database, with a small portal and a paper channel as remote services."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.reviews.comparing_desk import ComparingDesk, open_comparing_desk
from tests.reviews.desk import Desk
from tests.reviews.portal_desk import DANA, PortalDesk, both_folders, open_portal_desk
from tests.reviews.samples import event, routes
from tests.reviews.sweeping_desk import SweepingDesk, open_sweeping_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.model import Review


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


@pytest.fixture
def review(desk: Desk) -> Review:
    return desk.open(event())


@pytest.fixture
def new_portal_desk(desk: Desk) -> Iterator[PortalDesk]:
    """A desk at the stand-in portal, before the first look at the watched folder."""
    with open_portal_desk(desk, both_folders()) as portal_desk:
        yield portal_desk


@pytest.fixture
def portal_desk(new_portal_desk: PortalDesk) -> PortalDesk:
    """A desk at the stand-in portal; all files are known, and the owner has an account there too."""
    new_portal_desk.portal.add_person(DANA)
    new_portal_desk.know_everything()
    return new_portal_desk


@pytest.fixture
def sweeping_desk(desk: Desk) -> Iterator[SweepingDesk]:
    """A desk at the stand-in portal without a webhook, which a worker sweeps; all files are known."""
    with open_sweeping_desk(desk) as opened:
        yield opened


@pytest.fixture
def private(desk: Desk) -> Desk:
    """Return a desk whose only route is private, with one public channel and one that is not."""
    desk.follow(routes(private=True))
    desk.delivery = replace(desk.delivery, routes=desk.routes)
    desk.paper.public = {"C1"}
    return desk


@pytest.fixture
def comparing_desk(portal_desk: PortalDesk) -> Iterator[ComparingDesk]:
    """Yield a desk at the stand-in portal that compares documents; what the portal had is settled."""
    with open_comparing_desk(portal_desk) as opened:
        opened.compare_due()
        portal_desk.portal.faults.forget_calls()
        yield opened
