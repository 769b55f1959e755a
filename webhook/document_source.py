"""Implementation of the product's port `DocumentSource`: content from DocSpace (facts on DocSpace, 10.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from docspace.contents import take_content
from docspace.protection import Protection, find_protection
from reviews.comparison import DocumentState, WithheldReason
from reviews.ports.documents import ContentWithheld, DocumentTooLarge, FetchedDocument
from reviews.text import clean_title
from webhook.payload import parse_time

if TYPE_CHECKING:
    from docspace.client import Client

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
        if version not in {None, file.version}:
            if not file_id.isdecimal():  # a connected storage sends its newest content for any version
                raise ContentWithheld(WithheldReason.NOT_VISIBLE)
            file = self._client.get_file(file_id, version=version)
        content = take_content(self._client, file, max_bytes=self._max_bytes)
        state = DocumentState(
            version=file.version,
            updated=parse_time(file.updated),
            sha256=content.sha256,
            size=len(content.data),
        )
        return FetchedDocument(title=clean_title(file.title), state=state, content=content.data)
