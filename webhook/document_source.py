"""Implementation of the product's port `DocumentSource`: content from DocSpace (facts on DocSpace, 10.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from docspace.protection import Protection, find_protection
from reviews.comparison import DocumentState, WithheldReason
from reviews.errors import TryLater
from reviews.ports.documents import ContentWithheld, DocumentTooLarge, FetchedDocument
from reviews.text import clean_title
from webhook.payload import parse_time

if TYPE_CHECKING:
    from docspace.client import Client, FileInfo

_REASONS = {
    Protection.NO_RIGHT: WithheldReason.DOWNLOAD_DENIED,
    Protection.DOWNLOADS_DENIED: WithheldReason.DOWNLOAD_DENIED,
    Protection.WATERMARK: WithheldReason.WATERMARK,
    Protection.UNREADABLE_ROOM: WithheldReason.NOT_VISIBLE,
}


class PortalDocuments:
    """Fetches versions of files of at most `max_bytes`."""

    def __init__(self, client: Client, *, max_bytes: int) -> None:
        self._client, self._max_bytes = client, max_bytes

    def fetch_version(self, file_id: str, version: int | None) -> FetchedDocument:
        try:
            return self._fetch(file_id, version)
        except errors.FileTooLarge as error:
            raise DocumentTooLarge from error
        except errors.RequestRefused as error:
            raise ContentWithheld(WithheldReason.NOT_VISIBLE) from error

    def _fetch(self, file_id: str, version: int | None) -> FetchedDocument:
        file = self._client.get_file(file_id)
        protection = find_protection(self._client, file)
        if protection is not None:
            raise ContentWithheld(_REASONS[protection])
        number = version or file.version or 1
        content = self._client.get_content(file_id, number, max_bytes=self._max_bytes)
        is_newest = number == file.version
        if is_newest and not _is_unchanged(file, self._client.get_file(file_id)):
            raise TryLater("the document changed while it was fetched")
        return FetchedDocument(
            title=clean_title(file.title),
            state=DocumentState(
                version=number,
                updated=parse_time(file.updated) if is_newest else None,
                sha256=content.sha256,
                size=len(content.data),
            ),
            content=content.data,
        )


def _is_unchanged(before: FileInfo, after: FileInfo) -> bool:
    """Return whether a file is the same: a forced save replaces content under one version number."""
    return (before.version, before.updated, before.size) == (after.version, after.updated, after.size)
