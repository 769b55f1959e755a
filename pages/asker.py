"""Who asks for a code, or tries one: a browser and the network address that it sends from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from pages import browser, familiar
from reviews.people.mailed_codes import Asker, Way

PREFIX = 64
"""Bits of an address in IPv6: the rest is the subscriber's to choose (RFC 6177)."""


def this_asker(address: str, *, way: Way) -> Asker:
    """Return who sends this request; the way is another where the browser has proven the address before."""
    if familiar.is_familiar(address):
        way = Way.FAMILIAR
    return Asker(browser=browser.this_browser(), network=network_of(request.remote_addr or ""), way=way)


def network_of(sender: str) -> str:
    """Return what one subscriber sends from; all whose address can't be read count as one."""
    try:
        address = ip_address(sender)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), PREFIX), strict=False))
    return str(address)
