"""The Merkle tree of RFC 6962, 2.1, with SHA-256: hashes, roots of ranges, and checks of proofs.

All hashes are 32 bytes. Leaves are numbered from 0.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


def hash_leaf(data: bytes) -> bytes:
    """Return the hash of a leaf with these bytes (RFC 6962, 2.1)."""
    return sha256(_LEAF_PREFIX + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two nodes (RFC 6962, 2.1)."""
    return sha256(_NODE_PREFIX + left + right).digest()


def hash_perfect_subtree(hashes: bytes) -> bytes:
    """Return the root above 1, 2, 4, 8 ... hashes of one level, which are joined as bytes."""
    while len(hashes) > HASH_SIZE:
        pairs = range(0, len(hashes), 2 * HASH_SIZE)
        hashes = b"".join([sha256(_NODE_PREFIX + hashes[at : at + 2 * HASH_SIZE]).digest() for at in pairs])
    return hashes


def split_range(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the fewest perfect subtrees that cover the leaves from `begin` up to `end`, from left to right.

    A subtree is (level, number): it has 2**level leaves and begins at leaf number * 2**level.
    """
    while begin < end:
        fitting = (end - begin).bit_length() - 1
        level = min(fitting, (begin & -begin).bit_length() - 1) if begin else fitting
        yield level, begin >> level
        begin += 1 << level


def join_subtrees(roots: Sequence[bytes]) -> bytes:
    """Return the root above the subtrees of one range, from left to right."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = hash_children(left, root)
    return root


class CompactRange:
    """The roots of the fewest perfect subtrees that cover the leaves from `begin` up to `end` (exclusive).

    Appending costs one node hash a leaf on average, so that a whole ledger is checked in one pass. Ranges
    that several processes have checked join to the same roots as one range.
    """

    __slots__ = ("_roots", "begin", "end")

    def __init__(self, begin: int = 0) -> None:
        self.begin = begin
        self.end = begin
        self._roots: list[bytes] = []

    @classmethod
    def restore(cls, end: int, roots: Sequence[bytes]) -> CompactRange:
        """Return the range from the first leaf up to `end`, whose subtrees have these roots."""
        restored = cls()
        restored.end, restored._roots = end, list(roots)
        return restored

    def copy(self) -> CompactRange:
        """Return the same range, to be grown by itself."""
        copied = CompactRange(self.begin)
        copied.end, copied._roots = self.end, list(self._roots)
        return copied

    def append(self, leaf_hash: bytes) -> None:
        """Add the leaf after the last one."""
        self._append_subtree(leaf_hash, 0)

    def extend(self, other: CompactRange) -> None:
        """Add a range that begins where this one ends; `ValueError` for another."""
        if other.begin != self.end:
            raise ValueError(f"the range of leaves ends at {self.end}, and the other begins at {other.begin}")
        for root, (level, _) in zip(other._roots, split_range(other.begin, other.end), strict=True):
            self._append_subtree(root, level)

    def compute_root(self) -> bytes:
        """Return the root of the tree with these leaves; `ValueError` unless they begin at 0."""
        if self.begin:
            raise ValueError(f"the range of leaves begins at {self.begin}, so it has no root of a tree")
        return join_subtrees(self._roots)

    def _append_subtree(self, root: bytes, level: int) -> None:
        """Add a perfect subtree of 2**level leaves, and merge it with each sibling that the range has."""
        roots, begin, number = self._roots, self.begin, self.end >> level
        self.end += 1 << level
        while number & 1 and (number - 1) << level >= begin:
            root = sha256(_NODE_PREFIX + roots.pop() + root).digest()
            number >>= 1
            level += 1
        roots.append(root)


def verify_inclusion(leaf_hash: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the leaf is at `index` of the tree with this size and root (RFC 9162, 2.1.3.2).

    The proof begins with the leaf's sibling.
    """
    if not 0 <= index < size or not _are_hashes(leaf_hash, root, *proof):
        return False
    number, last = index, size - 1
    node = leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = hash_children(sibling, node)
            number, last = _skip_lone_levels(number, last)
        else:
            node = hash_children(node, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether the tree begins with all leaves of the older, smaller one (RFC 9162, 2.1.4.2).

    RFC 9162 has no proof from an empty tree or to an equal one. Here the proof is empty: every tree begins
    with the empty one, whose root is `EMPTY_ROOT`; equal sizes need equal roots.
    """
    if not 0 <= old_size <= size or not _are_hashes(old_root, root, *proof):
        return False
    if (old_size == 0 and old_root != EMPTY_ROOT) or (size == 0 and root != EMPTY_ROOT):
        return False
    if old_size in (0, size):
        return not proof and (old_size == 0 or old_root == root)
    return _climb_consistency(old_size, old_root, size, root, proof)


def _climb_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    number, last = old_size - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    if not path:
        return False
    old_node = node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old_node = hash_children(sibling, old_node)
            node = hash_children(sibling, node)
            number, last = _skip_lone_levels(number, last)
        else:
            node = hash_children(node, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and old_node == old_root and node == root


def _skip_lone_levels(number: int, last: int) -> tuple[int, int]:
    """Climb to where the node is a right child: a last node without a sibling rises as it is."""
    while number and not number & 1:
        number, last = number >> 1, last >> 1
    return number, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
