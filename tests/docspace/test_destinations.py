"""A redirect leads into a private network only where the portal is in one, and to no metadata of a cloud."""

from __future__ import annotations

import pytest
import responses

from docspace import errors
from docspace.client import Client
from docspace.destinations import may_lead_to
from docspace.http import Http
from tests.docspace.storage import running_storage
from tests.edge.loopback import Reply

PUBLIC, PRIVATE, LOOPBACK = ("8.8.8.8",), ("8.8.8.8", "10.1.2.3"), ("::1",)
ADDRESSES = {
    "93.184.216.34": (PUBLIC, PRIVATE, LOOPBACK),
    "2606:2800:220:1::1": (PUBLIC, PRIVATE, LOOPBACK),
    "192.168.4.1": (PRIVATE, LOOPBACK),
    "100.64.0.1": (PRIVATE, LOOPBACK),
    "fd00::1": (PRIVATE, LOOPBACK),
    "::ffff:10.0.0.1": (PRIVATE, LOOPBACK),
    "64:ff9b::10.0.0.1": (PRIVATE, LOOPBACK),
    "2002:a00:1::": (PRIVATE, LOOPBACK),
    "127.0.0.1": (LOOPBACK,),
    "::ffff:127.0.0.1": (LOOPBACK,),
    "169.254.169.254": (),
    "::ffff:169.254.169.254": (),
    "64:ff9b::a9fe:a9fe": (),
    "fe80::1%eth0": (),
    "::": (),
    "224.0.0.1": (),
}
"""By address of the storage: the portals that may redirect to it."""


def test_where_a_portal_may_lead() -> None:
    for address, portals in ADDRESSES.items():
        led = tuple(each for each in (PUBLIC, PRIVATE, LOOPBACK) if may_lead_to(address, each))
        assert led == portals, address
    assert not may_lead_to("10.0.0.1", ())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_public_portal_leads_to_nothing_on_this_machine(host: str) -> None:
    """Whatever a name resolves to when it is checked, it is the connection that counts."""
    client = Client(Http("http://portal.example", "key"))
    with (
        running_storage(Reply(200, b"inside", headers={"Content-Disposition": "attachment"})) as storage,
        responses.RequestsMock() as mocked,
    ):
        address = storage.server.root.replace("127.0.0.1", host)
        mocked.add_passthru(address)
        mocked.get("http://portal.example/filehandler.ashx", status=302, headers={"Location": f"{address}/7"})

        with pytest.raises(errors.Unavailable, match="private network"):
            client.get_content("7", 1, max_bytes=2**20)

        assert storage.received == []
