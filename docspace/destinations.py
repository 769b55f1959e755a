"""Where a redirect of the portal may lead: the web, and private networks only where the portal is in one.

The address that answers is looked at, not its name: a name may lead elsewhere when it is asked for again.
"""

from __future__ import annotations

import socket
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, TypeAlias

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from docspace import errors
from reviews.timed_connections import bound_connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Address: TypeAlias = IPv4Address | IPv6Address
_NAT64 = IPv6Network("64:ff9b::/96")


def may_lead_to(address: str, portal: Iterable[str]) -> bool:
    """Return whether a portal with these addresses may redirect to an address.

    Never to one that this machine or its network alone gives out: link-local ones are those of the metadata
    of clouds.
    """
    target = _read(address)
    if target.is_link_local or target.is_multicast or target.is_unspecified:
        return False
    if target.is_global:
        return True
    neighbours = [each for each in map(_read, portal) if not each.is_global]
    return any(each.is_loopback for each in neighbours) if target.is_loopback else bool(neighbours)


def _read(address: str) -> _Address:
    """Return an address, and that of IPv4 where one of IPv6 only wraps it."""
    read = ip_address(address.partition("%")[0])
    if isinstance(read, IPv4Address):
        return read
    if read in _NAT64:
        return IPv4Address(int(read) & 0xFFFF_FFFF)
    return read.ipv4_mapped or read.sixtofour or read


class TimedAdapter(HTTPAdapter):
    """Waits so many seconds for a whole answer, however slowly it comes."""

    def __init__(self, answer_seconds: float, **options: Any) -> None:
        self._answer_seconds = answer_seconds
        super().__init__(**options)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Return a pool of connections that are bounded, through a proxy too."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = bound_connections(pool.ConnectionCls, self._answer_seconds)
        return pool


class RedirectAdapter(TimedAdapter):
    """Connects to where a portal may redirect; elsewhere it raises `docspace.errors.Unavailable`.

    The check is made before anything is sent. A proxy of the operator's is connected to as it is: it decides
    by itself where it leads.
    """

    def __init__(self, portal_host: str, answer_seconds: float) -> None:
        self._portal_host = portal_host
        super().__init__(answer_seconds)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make pools whose connections are checked."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_HttpPool, check=self._check),
            "https": partial(_HttpsPool, check=self._check),
        }

    def _check(self, address: str) -> None:
        if not may_lead_to(address, _resolve(self._portal_host)):
            raise errors.Unavailable("DocSpace redirects into a private network, in which it is not itself")


def _resolve(host: str) -> list[str]:
    """Return the addresses of a host; none where it has none, as behind a proxy."""
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError:
        return []


class _HttpConnection(HTTPConnection):
    def __init__(self, *arguments: Any, check: Callable[[str], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._check = check

    def _new_conn(self) -> socket.socket:
        return _require_allowed(super()._new_conn(), self._check)


class _HttpsConnection(HTTPSConnection):
    def __init__(self, *arguments: Any, check: Callable[[str], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._check = check

    def _new_conn(self) -> socket.socket:
        return _require_allowed(super()._new_conn(), self._check)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


def _require_allowed(connection: socket.socket, check: Callable[[str], None]) -> socket.socket:
    try:
        check(connection.getpeername()[0])
    except errors.Unavailable:
        connection.close()
        raise
    return connection
