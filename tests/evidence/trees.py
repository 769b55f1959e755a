"""RFC 6962, 2.1, as it is written there, and trees that are stored as tiles."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from reviews.evidence.tiles import TILE_WIDTH, TileId, append_leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@cache
def make_leaves(count: int) -> tuple[bytes, ...]:
    """Return the bytes of as many leaves, each different."""
    return tuple(b"entry %d" % number for number in range(count))


@cache
def mth(leaves: tuple[bytes, ...]) -> bytes:
    """MTH(D[n]) of RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: tuple[bytes, ...]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: tuple[bytes, ...]) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 6962, 2.1.2, for 0 < m < n."""
    return subproof(m, leaves, complete=True)


def subproof(m: int, leaves: tuple[bytes, ...], *, complete: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if complete else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], complete=complete), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], complete=False), mth(leaves[:k])]


def split(n: int) -> int:
    """Return the largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


class StoredTiles:
    """Tiles in memory; counts the queries, and notes which tiles the last one read."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[TileId, bytes] = {}
        self.queries = 0
        self.last_read: list[TileId] = []

    def read(self, tile_ids: Collection[TileId]) -> dict[TileId, bytes]:
        self.queries += 1
        self.last_read = list(tile_ids)
        return {tile_id: self.tiles[tile_id] for tile_id in tile_ids if tile_id in self.tiles}

    def append(self, leaf_hashes: Sequence[bytes]) -> dict[TileId, bytes]:
        """Append leaves, and return the tiles that have changed."""
        changed = append_leaves(self.size, leaf_hashes, self.read)
        self.tiles.update(changed)
        self.size += len(leaf_hashes)
        return changed


class RepeatedLeafTiles:
    """The tiles of a tree of any size whose leaves are all the same, each made when it is read."""

    def __init__(self, size: int, leaf_hash: bytes) -> None:
        self.size = size
        self.queries = 0
        self.last_read: list[TileId] = []
        self._root_by_height = [leaf_hash]

    def read(self, tile_ids: Collection[TileId]) -> dict[TileId, bytes]:
        self.queries += 1
        self.last_read = list(tile_ids)
        return {tile_id: tile for tile_id in tile_ids if (tile := self._make_tile(tile_id))}

    def compute_perfect_root(self, height: int) -> bytes:
        """Return the root above 2**height leaves."""
        while len(self._root_by_height) <= height:
            below = self._root_by_height[-1]
            self._root_by_height.append(sha256(b"\x01" + below + below).digest())
        return self._root_by_height[height]

    def compute_root(self, size: int) -> bytes:
        if size & (size - 1) == 0:
            return self.compute_perfect_root(size.bit_length() - 1)
        k = split(size)
        return sha256(b"\x01" + self.compute_root(k) + self.compute_root(size - k)).digest()

    def _make_tile(self, tile_id: TileId) -> bytes:
        stored = (self.size >> 8 * tile_id.level) - tile_id.number * TILE_WIDTH
        return self.compute_perfect_root(8 * tile_id.level) * max(0, min(stored, TILE_WIDTH))
