"""Who requests or tries a code: a browser and the network address that it sends from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from pages import browser, recognized_browsers
from reviews.people.mailed_codes import CodeRequester, CodeRequestMethod

IPV6_PREFIX_BITS = 64
"""Prefix bits of an IPv6 address: the subscriber chooses the rest (RFC 6177)."""


def identify_requester(address: str, *, method: CodeRequestMethod) -> CodeRequester:
    """Return who sends this request; `method` changes if this browser has proven the address before."""
    if recognized_browsers.is_recognized(address):
        method = CodeRequestMethod.FAMILIAR
    return CodeRequester(
        browser=browser.get_browser_id(), network=find_network(request.remote_addr or ""), method=method
    )


def find_network(client_address: str) -> str:
    """Return the network of one subscriber; all addresses that can't be parsed count as one."""
    try:
        address = ip_address(client_address)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        ipv4_address = address.ipv4_mapped
        return str(ipv4_address or ip_network((int(address), IPV6_PREFIX_BITS), strict=False))
    return str(address)
