"""Which kind of OpenDocument file a package is, and whether it is encrypted (OpenDocument 1.3, part 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.errors import Reason, UnreadDocument

if TYPE_CHECKING:
    from documents.package import Package

_MANIFEST = "META-INF/manifest.xml"
_WHOLE_ENCRYPTED = "encrypted-package"  # holds all members of a file that LibreOffice 24.2 or later encrypted
_TYPE_START = "application/vnd.oasis.opendocument."
_FORMATS = {
    "text": "odt",
    "text-template": "odt",
    "text-master": "odt",
    "text-master-template": "odt",
    "spreadsheet": "ods",
    "spreadsheet-template": "ods",
    "presentation": "odp",
    "presentation-template": "odp",
}


def find_opendocument_format(package: Package) -> str | None:
    """Return `odt`, `ods` or `odp`; None if the package is none of them.

    Raises:
        UnreadDocument: It is one, but encrypted.
    """
    if "mimetype" not in package:
        return None
    media_type = package.read("mimetype").decode("ascii", "replace").strip()
    document_format = _FORMATS.get(media_type.removeprefix(_TYPE_START))
    if document_format and _is_encrypted(package):
        raise UnreadDocument(Reason.PASSWORD)
    return document_format


def _is_encrypted(package: Package) -> bool:
    if _WHOLE_ENCRYPTED in package:
        return True
    if _MANIFEST not in package:
        return False
    return next(package.parse(_MANIFEST).iter("manifest:encryption-data"), None) is not None
