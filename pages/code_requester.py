"""Who requests or tries a code: a browser and the network address that it sends from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from pages import browser, recognized_browsers
from reviews.people.mailed_codes import CodeRequester, CodeRequestMethod

IPV6_PREFIX_BITS = 64
"""Prefix bits of an IPv6 address: the subscriber chooses the rest (RFC 6177)."""


def identify_requester(address: str, *, way: CodeRequestMethod) -> CodeRequester:
    """Return who sends this request; `way` changes if this browser has proven the address before."""
    if recognized_browsers.is_recognized(address):
        way = CodeRequestMethod.FAMILIAR
    return CodeRequester(
        browser=browser.get_browser_id(), network=find_network(request.remote_addr or ""), way=way
    )


def find_network(sender: str) -> str:
    """Return the network of one subscriber; all addresses that can't be parsed count as one."""
    try:
        address = ip_address(sender)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), IPV6_PREFIX_BITS), strict=False))
    return str(address)
