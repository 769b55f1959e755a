"""A body that is not to be read, since the headers decide."""

from __future__ import annotations

import io


class Unreadable(io.RawIOBase):
    """A body that never comes."""

    def read(self, _size: int = -1) -> bytes:
        raise ConnectionError


NEVER_COMES = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": "10"}
