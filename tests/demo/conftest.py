from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, COMPLIANCE, DRIVE_FOLDER, DemoPortal, PortalFile, PortalWebhook, Sender, run_portal
from tests.demo.calls import call
from tests.demo.receiver import Receiver, listening
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

SECRET = "Compl1ance!Review2026"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(clock: Clock) -> DemoPortal:
    return DemoPortal(clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def sender(portal: DemoPortal) -> Sender:
    return Sender(portal, wait_factor=0)


@pytest.fixture
def webhook(sender: Sender, receiver: Receiver) -> PortalWebhook:
    return sender.register(receiver.url + "/docspace/webhook", secret=SECRET)


@pytest.fixture
def policy(portal: DemoPortal) -> PortalFile:
    return portal.add_file("AML Policy 2026.docx", COMPLIANCE, by=ALICE.id, file_id=3358285)


@pytest.fixture
def letter(portal: DemoPortal) -> PortalFile:
    """A file of a connected storage."""
    return portal.add_file("Letter.docx", DRIVE_FOLDER, by=ALICE.id, file_id="drive-57-|1AbC")


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def get(portal: DemoPortal, address: str) -> Callable[..., requests.Response]:
    def get(path: str, *, key: str = portal.api_key, timeout: float = 60) -> requests.Response:
        return call(address, path, key=key, timeout=timeout)

    return get
