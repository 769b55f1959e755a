"""How a Merkle tree is stored: rows of at most 256 hashes of one level (C2SP tlog-tiles, Merkle Tree).

The hashes of level L are the roots of the perfect subtrees of 256**L leaves; only complete ones are stored.
A row holds 256 of them, joined as bytes. The last row of a level may be shorter, and grows in place. Stored
rows may be those of a larger tree: of each, only what belongs to the size in question is used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from reviews.errors import ReviewError
from reviews.evidence.merkle_tree import (
    HASH_SIZE,
    CompactRange,
    hash_perfect_subtree,
    join_subtrees,
    split_range,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TILE_WIDTH = 256
TILE_HEIGHT = 8
"""A row has the hashes of a perfect subtree of so many levels."""
_TILE_SIZE = TILE_WIDTH * HASH_SIZE


class TileId(NamedTuple):
    """A row's level, and its number from the left."""

    level: int
    number: int


ReadTiles = Callable[[Collection[TileId]], Mapping[TileId, bytes]]
"""Reads stored tiles, and leaves out those that are absent. Each function calls it at most once."""


class MissingTile(ReviewError):
    """A stored tile is absent, or shorter than the tree needs it."""

    def __init__(self, tile_id: TileId) -> None:
        super().__init__(f"tile {tile_id.number} of level {tile_id.level} is absent or too short")
        self.tile_id = tile_id


class _Slice(NamedTuple):
    """The hashes of one tile whose root is that of one perfect subtree."""

    tile_id: TileId
    start: int
    stop: int


def append_leaves(size: int, leaf_hashes: Sequence[bytes], read: ReadTiles) -> dict[TileId, bytes]:
    """Return the tiles that change when leaves are appended to a tree of `size` leaves, with all they hold.

    Only tiles that are incomplete at `size` are read.
    """
    if any(len(leaf_hash) != HASH_SIZE for leaf_hash in leaf_hashes):
        raise ValueError(f"a leaf's hash has {HASH_SIZE} bytes")
    edges = _read_edges(size, size + len(leaf_hashes), read)
    changed: dict[TileId, bytes] = {}
    level, added = 0, b"".join(leaf_hashes)
    while added:
        count = size >> (TILE_HEIGHT * level)
        row = edges.get(level, b"") + added
        full_roots = []
        for offset in range(0, len(row), _TILE_SIZE):
            tile = row[offset : offset + _TILE_SIZE]
            changed[TileId(level, count // TILE_WIDTH + offset // _TILE_SIZE)] = tile
            if len(tile) == _TILE_SIZE:
                full_roots.append(hash_perfect_subtree(tile))
        level, added = level + 1, b"".join(full_roots)
    return changed


def read_frontier(size: int, read: ReadTiles) -> CompactRange:
    """Return the roots of the subtrees that make the tree of the first `size` leaves.

    They are what the rows say. Only a root from elsewhere proves them.
    """
    slices = [_locate_subtree(level, number) for level, number in split_range(0, size)]
    tiles = read(sorted({part.tile_id for part in slices})) if slices else {}
    return CompactRange.restore(size, [hash_perfect_subtree(_take_hashes(tiles, part)) for part in slices])


def compute_root(size: int, read: ReadTiles) -> bytes:
    """Return the root of the tree of the first `size` leaves; `MissingTile` where it can't be computed."""
    return _compute_range_roots([(0, size)], read)[0]


def build_inclusion_proof(index: int, *, size: int, read: ReadTiles) -> list[bytes]:
    """Return what proves the leaf at `index` of a tree, its sibling first (RFC 6962, 2.1.1)."""
    return build_inclusion_proofs([index], size=size, read=read)[0]


def build_inclusion_proofs(indexes: Sequence[int], *, size: int, read: ReadTiles) -> list[list[bytes]]:
    """Return the proof of each of these leaves, as `build_inclusion_proof` does.

    Proofs of one tree have most of their hashes in common: each is computed once.
    """
    paths = [_list_siblings(index, size) for index in indexes]
    ranges = list(dict.fromkeys(each for path in paths for each in path))
    roots = dict(zip(ranges, _compute_range_roots(ranges, read), strict=True))
    return [[roots[each] for each in path] for path in paths]


def build_consistency_proof(old_size: int, *, size: int, read: ReadTiles) -> list[bytes]:
    """Return what proves that a tree begins with the first `old_size` leaves of it (RFC 6962, 2.1.2).

    It is empty for an empty old tree and for an equal one.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {size} leaves has never had {old_size}")
    if old_size in (0, size):
        return []
    ranges = []
    begin, end = 0, size
    while old_size != end:
        middle = _split_node(begin, end)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin:  # the old tree's own root is known to the one who checks, so it is left out
        ranges.append((begin, end))
    return _compute_range_roots(ranges[::-1], read)


def _list_siblings(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaves below each hash of a leaf's proof, those of its sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges = []
    begin, end = 0, size
    while end - begin > 1:
        middle = _split_node(begin, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def _split_node(begin: int, end: int) -> int:
    """Return where the node's right child begins: after the largest power of two below its size."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _read_edges(size: int, new_size: int, read: ReadTiles) -> dict[int, bytes]:
    """Return, by level, what the incomplete tile at `size` holds, of the levels that grow to `new_size`."""
    widths = {}
    level = 0
    while (count := size >> (TILE_HEIGHT * level)) < new_size >> (TILE_HEIGHT * level):
        if width := count % TILE_WIDTH:
            widths[TileId(level, count // TILE_WIDTH)] = width
        level += 1
    tiles = read(list(widths)) if widths else {}
    return {
        tile_id.level: _take_hashes(tiles, _Slice(tile_id, 0, width)) for tile_id, width in widths.items()
    }


def _compute_range_roots(ranges: Iterable[tuple[int, int]], read: ReadTiles) -> list[bytes]:
    """Return the root above the leaves of each range, for which all tiles are read at once."""
    slices_by_range = [
        [_locate_subtree(level, number) for level, number in split_range(begin, end)] for begin, end in ranges
    ]
    tile_ids = {part.tile_id for slices in slices_by_range for part in slices}
    tiles = read(sorted(tile_ids)) if tile_ids else {}
    return [
        join_subtrees([hash_perfect_subtree(_take_hashes(tiles, part)) for part in slices])
        for slices in slices_by_range
    ]


def _locate_subtree(level: int, number: int) -> _Slice:
    """Return where the hashes are stored whose root is that of a perfect subtree of 2**level leaves."""
    tile_level, height = divmod(level, TILE_HEIGHT)
    first = number << height
    tile_number, start = divmod(first, TILE_WIDTH)
    return _Slice(TileId(tile_level, tile_number), start, start + (1 << height))


def _take_hashes(tiles: Mapping[TileId, bytes], part: _Slice) -> bytes:
    tile = tiles.get(part.tile_id, b"")
    if len(tile) < part.stop * HASH_SIZE:
        raise MissingTile(part.tile_id)
    return tile[part.start * HASH_SIZE : part.stop * HASH_SIZE]
