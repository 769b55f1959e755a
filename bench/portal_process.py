"""The stand-in portal in a process of its own, and the deliveries of files that were saved in it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

from bench.installation import WEBHOOK_SECRET
from demo import BOB, COMPLIANCE, OLGA, DemoPortal, RequestLimits, Sender, run_portal
from demo.transport import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection


@dataclass(frozen=True)
class PortalProcess:
    """A portal that serves: its address and key, its folders, and the bodies of the saves before it did."""

    pid: int
    address: str
    api_key: str
    folder_ids: tuple[int | str, ...]
    bodies: tuple[bytes, ...]


@contextmanager
def run_portal_process(*, files: int, folders: int) -> Iterator[PortalProcess]:
    """Serve a portal without limits of requests, in which each of these files was saved once."""
    context = get_context("spawn")
    connection, of_portal = context.Pipe()
    process = context.Process(target=_serve, args=(of_portal, files, folders), daemon=True)
    process.start()
    try:
        yield connection.recv()
    finally:
        connection.send(None)
        process.join(30)


def _serve(connection: Connection, files: int, folders: int) -> None:
    portal = DemoPortal(lambda: datetime.now(UTC), limits=RequestLimits(per_minute=10**9, reads=10**6))
    sender = Sender(portal, transport=lambda _: HttpAnswer(200))
    sender.register("http://bench/docspace/webhook", secret=WEBHOOK_SECRET)
    folder_ids = [portal.add_folder(f"Folder {number}", COMPLIANCE).id for number in range(folders)]
    file_ids = [
        portal.add_file(f"Paper {number}.docx", folder_ids[number % folders], by=OLGA.id).id
        for number in range(files)
    ]
    sender.lose_queue()
    for file_id in file_ids:
        portal.save(file_id, by=BOB.id)
    bodies = tuple(sender.request(delivery).body for delivery in sender.pending())
    sender.lose_queue()
    with run_portal(portal) as address:
        connection.send(PortalProcess(os.getpid(), address, portal.api_key, tuple(folder_ids), bodies))
        connection.recv()
