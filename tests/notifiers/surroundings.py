"""What the runtime gives to a channel, with settings by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers import ChannelContext
from tests.notifiers.books import make_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINK = "http://127.0.0.1/ack/token"


def make_channel_context(
    *,
    addresses: Iterable[str] = (),
    link: str = LINK,
    conversation: Mapping[str, str] | None = None,
    **settings: str,
) -> ChannelContext:
    """Return surroundings with these settings and a secret key; a KeyError where another one is needed.

    `conversation` is what is known of every address.
    """
    settings = {"SECRET_KEY": "k", **settings}
    return ChannelContext(
        setting=settings.__getitem__,
        option=lambda name: settings.get(name, ""),
        acknowledge_link=lambda _: link,
        comment=lambda *_: None,
        conversation=lambda *_: conversation,
        directory=make_directory(),
        addresses=frozenset(addresses),
    )
