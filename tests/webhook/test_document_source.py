"""Content from DocSpace for the product: the version that was asked for, or why it can't be had."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, COMPLIANCE, DRIVE_FOLDER, ROOM, DemoPortal, Endless, StoredContent, run_portal
from docspace.client import Client
from docspace.http import Http
from reviews.comparison import WithheldReason
from reviews.errors import TryLater
from reviews.ports.documents import ContentWithheld, DocumentTooLarge
from tests.reviews.samples import Clock
from webhook.document_source import PortalDocuments

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDLER = "/filehandler.ashx"
MAX_BYTES = 2_000
FIRST, SECOND = b"The fee is EUR 100.", b"The fee is EUR 1,250."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(clock: Clock) -> DemoPortal:
    portal = DemoPortal(clock)
    portal.add_file("Terms.txt", COMPLIANCE, by=ALICE.id, file_id=7, content=StoredContent(FIRST))
    clock.advance(minutes=1)
    portal.save(7, by=ALICE.id, content=StoredContent(SECOND))
    return portal


@pytest.fixture
def source(portal: DemoPortal) -> Iterator[PortalDocuments]:
    with run_portal(portal) as address:
        yield PortalDocuments(Client(Http(address, portal.api_key)), max_bytes=MAX_BYTES)


@pytest.mark.parametrize(("version", "content"), [(1, FIRST), (2, SECOND), (None, SECOND)])
def test_a_version_comes_with_what_names_it(
    source: PortalDocuments, clock: Clock, version: int | None, content: bytes
) -> None:
    document = source.fetch_version("7", version)

    assert (document.title, document.content) == ("Terms.txt", content)
    assert document.state.version == (version or 2)
    assert document.state.sha256 == hashlib.sha256(content).hexdigest()
    assert document.state.size == len(content)
    assert document.state.updated is not None
    assert document.state.updated.utcoffset() is not None
    assert (document.state.updated >= clock().replace(microsecond=0)) == (version != 1)


def test_content_that_was_replaced_meanwhile_is_tried_again(
    source: PortalDocuments, portal: DemoPortal
) -> None:
    portal.save(7, by=ALICE.id, force_save=True, content=StoredContent(FIRST))
    first = source.fetch_version("7", 3)
    portal.save(7, by=ALICE.id, force_save=True, content=StoredContent(SECOND))

    second = source.fetch_version("7", 3)

    assert first.state.version == second.state.version
    assert first.state.sha256 != second.state.sha256


@pytest.mark.parametrize(
    ("protection", "reason"),
    [
        ({"watermark": "Confidential"}, WithheldReason.WATERMARK),
        ({"denies_download": True}, WithheldReason.DOWNLOAD_DENIED),
    ],
)
def test_a_protected_room_is_left_alone(
    source: PortalDocuments, portal: DemoPortal, protection: dict[str, str], reason: WithheldReason
) -> None:
    portal.protect_room(ROOM, **protection)  # type: ignore[arg-type]

    with pytest.raises(ContentWithheld) as raised:
        source.fetch_version("7", 1)

    assert raised.value.reason is reason
    assert portal.faults.calls(HANDLER) == []


def test_a_version_that_is_gone_is_not_visible(source: PortalDocuments, portal: DemoPortal) -> None:
    portal.delete_version(7, 1, by=ALICE.id)

    with pytest.raises(ContentWithheld) as raised:
        source.fetch_version("7", 1)

    assert raised.value.reason is WithheldReason.NOT_VISIBLE


def test_a_file_that_is_gone_is_not_visible(source: PortalDocuments) -> None:
    with pytest.raises(ContentWithheld) as raised:
        source.fetch_version("999", 1)

    assert raised.value.reason is WithheldReason.NOT_VISIBLE


def test_a_file_over_the_limit_is_too_large_before_it_is_requested(
    source: PortalDocuments, portal: DemoPortal
) -> None:
    portal.save(7, by=ALICE.id, content=StoredContent(bytes(MAX_BYTES + 1)))

    with pytest.raises(DocumentTooLarge):
        source.fetch_version("7", 3)
    assert portal.faults.calls(HANDLER) == []


def test_what_has_no_end_is_too_large(source: PortalDocuments, portal: DemoPortal) -> None:
    portal.faults.spoil(Endless(), path=HANDLER)

    with pytest.raises(DocumentTooLarge):
        source.fetch_version("7", 2)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_an_outage_is_tried_again(source: PortalDocuments, portal: DemoPortal, status: int) -> None:
    portal.faults.answer(status, path=HANDLER)

    with pytest.raises(TryLater):
        source.fetch_version("7", 2)


def test_a_file_of_a_connected_storage_has_its_newest_content_alone(
    source: PortalDocuments, portal: DemoPortal
) -> None:
    file = portal.add_file("Letter.txt", DRIVE_FOLDER, by=ALICE.id, content=StoredContent(FIRST))
    portal.save(file.id, by=ALICE.id, content=StoredContent(SECOND))

    assert source.fetch_version(str(file.id), 1).content == SECOND


def test_another_version_of_a_file_of_a_connected_storage_is_not_the_newest(
    source: PortalDocuments, portal: DemoPortal
) -> None:
    file = portal.add_file("Letter.txt", DRIVE_FOLDER, by=ALICE.id, content=StoredContent(FIRST))

    with pytest.raises(ContentWithheld) as raised:
        source.fetch_version(str(file.id), 2)

    assert raised.value.reason is WithheldReason.NOT_VISIBLE
