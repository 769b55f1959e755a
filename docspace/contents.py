"""The content of a file, checked against what DocSpace reports of it before and afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors

if TYPE_CHECKING:
    from docspace.client import Client, FileContent, FileInfo


def take_content(client: Client, file: FileInfo, *, max_bytes: int) -> FileContent:
    """Return the bytes of the version that `file` describes. Call `find_protection` before.

    A forced save replaces the content of a version, so that the bytes belong to `version` and `updated`
    together (facts on DocSpace, 2.5). The size of what a connected storage converts on the way is unknown, so
    that it is not compared there (facts on DocSpace, 10.7).

    Raises:
        docspace.errors.FileTooLarge: It is larger than the limit, which is known without a download.
        docspace.errors.Unavailable: It was replaced meanwhile, or what came is not this file.
    """
    if file.version is None:
        raise errors.Unavailable("DocSpace does not report the version of the file")
    if file.size is not None and file.size > max_bytes:
        raise errors.FileTooLarge(f"the file has more than {max_bytes} bytes")
    size = file.size if file.id.isdigit() else None
    content = client.get_content(file.id, file.version, max_bytes=max_bytes, size=size)
    now = client.get_file(file.id, version=file.version)
    if (now.version, now.updated, now.size) != (file.version, file.updated, file.size):
        raise errors.Unavailable("the file was changed while it was read")
    if size not in {None, len(content.data)}:
        raise errors.Unavailable(f"DocSpace sent {len(content.data)} of {size} bytes")
    return content
