"""The bytes of a file: complete and within limits, or an error. Redirects are followed by hand."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import requests

from docspace import errors
from docspace.answers import iterate_pieces, raise_for_status

MAX_REDIRECTS = 3
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}
"""Nothing compressed: the length in the head is that of the file, and no small body becomes a large one."""

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/json", "application/xml"})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Where an address leads to, without its path."""

    scheme: str
    host: str
    port: int | None


@dataclass(frozen=True, kw_only=True)
class DownloadLimits:
    """The largest file, how many seconds it may take with all redirects, and its size where that is known."""

    max_bytes: int
    seconds: float
    size: int | None = None


def read_origin(url: str) -> Origin:
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme))


class Send(Protocol):
    """Makes one request, with our key or without it, and follows no redirect."""

    def __call__(self, url: str, *, with_key: bool) -> requests.Response: ...


def download(url: str, send: Send, limits: DownloadLimits) -> bytes:
    """Return the file at an address of the portal.

    The key goes to the portal only, and no more once a redirect has led away from it: another server must not
    choose what we request with it.

    Raises:
        docspace.errors.FileTooLarge: It is larger than the limit.
        docspace.errors.DocSpaceError: What comes is not the whole file. No message has an address in it:
            that of a storage gives everyone the file.
    """
    deadline = time.monotonic() + limits.seconds
    portal, is_portal = read_origin(url), True
    for _ in range(1 + MAX_REDIRECTS):
        is_portal = is_portal and read_origin(url) == portal
        with send(url, with_key=is_portal) as response:
            if not response.is_redirect:
                _require_file(response, limits, sent_by_portal=is_portal)
                return _read_file(response, limits, deadline)
            url = _resolve_redirect(url, response.headers["Location"], portal)
        _check_time(limits, deadline)
    raise errors.Unavailable(f"DocSpace redirects more than {MAX_REDIRECTS} times")


def _resolve_redirect(url: str, location: str, portal: Origin) -> str:
    """Return the next address in the form in which it is requested: parsers disagree on odd ones."""
    try:
        target = requests.Request("GET", urljoin(url, location)).prepare().url or ""
        scheme = read_origin(target).scheme
    except (requests.RequestException, ValueError):
        raise errors.Unavailable("DocSpace redirects to an invalid address") from None
    if "@" in urlsplit(target).netloc:
        raise errors.Unavailable("DocSpace redirects to an invalid address")
    if scheme not in ({"http", "https"} if portal.scheme == "http" else {"https"}):
        raise errors.Unavailable("DocSpace redirects to an address that is not https")
    return target


def _require_file(response: requests.Response, limits: DownloadLimits, *, sent_by_portal: bool) -> None:
    """Refuse what is no file: the portal's handler gives each file a name, which pages and errors lack.

    A storage need not name it. What may be a page there is the file only if it has its size.
    """
    if sent_by_portal:
        raise_for_status(response)
    elif response.status_code != HTTPStatus.OK:
        raise errors.Unavailable(f"DocSpace's storage answered {response.status_code}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise errors.Unavailable("DocSpace sends a file compressed, which it was asked not to do")
    if "Content-Disposition" in response.headers:
        return
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_proven = limits.size is not None and _read_length(response) == limits.size
    if sent_by_portal or (media_type in _PAGE_TYPES and not is_proven):
        raise errors.Unavailable("DocSpace answered with something else than the file")


def _read_file(response: requests.Response, limits: DownloadLimits, deadline: float) -> bytes:
    length = _read_length(response)
    if length is not None:
        _check_size(length, limits)
    elif not response.raw.chunked:
        raise errors.Unavailable("DocSpace sends a file without its length")
    body = io.BytesIO()
    for piece in iterate_pieces(response, decode=False):
        body.write(piece)
        _check_size(body.tell(), limits)
        _check_time(limits, deadline)
    if length is not None and body.tell() != length:
        raise errors.Unavailable(f"DocSpace's file breaks off after {body.tell()} of {length} bytes")
    return body.getvalue()


def _read_length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _check_size(size: int, limits: DownloadLimits) -> None:
    if size > limits.max_bytes:
        raise errors.FileTooLarge(f"the file has more than {limits.max_bytes} bytes")


def _check_time(limits: DownloadLimits, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise errors.Unavailable(f"DocSpace's file takes too long: more than {limits.seconds:.0f} s")
