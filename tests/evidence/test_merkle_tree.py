"""The Merkle tree agrees with the definitions of RFC 6962 and with published vectors; altered proofs fail."""

from __future__ import annotations

import pickle
from itertools import pairwise

import pytest

from reviews.evidence.merkle_tree import (
    EMPTY_ROOT,
    CompactRange,
    hash_children,
    hash_leaf,
    verify_consistency,
    verify_inclusion,
)
from tests.evidence.trees import make_leaves, mth, path, proof

SIZES = range(1, 71)

# The test vectors of Certificate Transparency: eight leaves, and the root after each.
VECTOR_LEAVES = [
    bytes.fromhex(digits)
    for digits in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
VECTOR_ROOTS = [
    bytes.fromhex(digits)
    for digits in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]


def build_range(begin: int, end: int) -> CompactRange:
    leaves = CompactRange(begin)
    for leaf in make_leaves(end)[begin:]:
        leaves.append(hash_leaf(leaf))
    return leaves


def flip_bits(hashes: list[bytes]) -> list[list[bytes]]:
    """Return each variant of a list of hashes that has one bit changed."""
    return [
        [*hashes[:at], flip_bit(hashes[at], bit), *hashes[at + 1 :]]
        for at in range(len(hashes))
        for bit in range(8 * len(hashes[at]))
    ]


def flip_bit(data: bytes, bit: int) -> bytes:
    number = int.from_bytes(data) ^ (1 << bit)
    return number.to_bytes(len(data))


def test_roots_are_those_of_the_vectors(subtests: pytest.Subtests) -> None:
    for size in range(9):
        with subtests.test(size=size):
            leaves = CompactRange()
            for data in VECTOR_LEAVES[:size]:
                leaves.append(hash_leaf(data))

            assert leaves.compute_root() == VECTOR_ROOTS[size]


def test_a_leaf_and_a_node_with_the_same_bytes_have_different_hashes() -> None:
    left, right = hash_leaf(b"left"), hash_leaf(b"right")

    assert hash_leaf(left + right) != hash_children(left, right)


def test_a_range_from_the_first_leaf_has_the_root_of_the_rfc(subtests: pytest.Subtests) -> None:
    for size in [0, *SIZES]:
        with subtests.test(size=size):
            assert build_range(0, size).compute_root() == mth(make_leaves(size))


@pytest.mark.parametrize("size", [0, 1, 7, 8, 33, 70])
def test_ranges_of_any_lengths_join_to_the_same_roots_as_one(size: int) -> None:
    for first in range(size + 1):
        for second in range(first, size + 1):
            joined = build_range(0, first)
            joined.extend(build_range(first, second))
            joined.extend(build_range(second, size))

            assert (joined.begin, joined.end) == (0, size)
            assert pickle.dumps(joined) == pickle.dumps(build_range(0, size))


def test_ranges_that_begin_in_the_middle_join_too() -> None:
    for begin in range(1, 20):
        for middle in range(begin, 40):
            joined = build_range(begin, middle)
            joined.extend(build_range(middle, 45))
            whole = build_range(0, begin)
            whole.extend(joined)

            assert whole.compute_root() == mth(make_leaves(45))


def test_a_range_that_was_joined_leaves_the_other_as_it_was() -> None:
    other = build_range(3, 9)

    build_range(0, 3).extend(other)

    assert pickle.dumps(other) == pickle.dumps(build_range(3, 9))


@pytest.mark.parametrize("begin", [2, 4])
def test_a_range_that_begins_elsewhere_is_not_joined(begin: int) -> None:
    with pytest.raises(ValueError, match=f"ends at 3, and the other begins at {begin}"):
        build_range(0, 3).extend(build_range(begin, 6))


def test_a_range_that_begins_in_the_middle_has_no_root_of_a_tree() -> None:
    with pytest.raises(ValueError, match="begins at 4"):
        build_range(4, 8).compute_root()


def test_a_range_goes_from_process_to_process() -> None:
    restored = pickle.loads(pickle.dumps(build_range(0, 21)))  # noqa: S301 - what was written in the line itself

    restored.append(hash_leaf(make_leaves(22)[21]))

    assert restored.compute_root() == mth(make_leaves(22))


def test_each_leaf_is_proven_with_the_path_of_the_rfc(subtests: pytest.Subtests) -> None:
    for size in SIZES:
        with subtests.test(size=size):
            leaves = make_leaves(size)
            for index, leaf in enumerate(leaves):
                assert verify_inclusion(
                    hash_leaf(leaf), index=index, size=size, proof=path(index, leaves), root=mth(leaves)
                )


@pytest.mark.parametrize("size", [1, 2, 7, 8, 33, 70])
def test_a_leaf_is_at_no_other_index(size: int) -> None:
    leaves = make_leaves(size)
    for index, leaf in enumerate(leaves):
        hashes = path(index, leaves)
        accepted = [
            other
            for other in range(-1, size + 2)
            if verify_inclusion(hash_leaf(leaf), index=other, size=size, proof=hashes, root=mth(leaves))
        ]

        assert accepted == [index]


@pytest.mark.parametrize(("index", "size"), [(0, 2), (4, 7), (6, 7), (5, 8), (32, 33), (40, 70)])
def test_an_inclusion_proof_with_one_bit_changed_is_refused(index: int, size: int) -> None:
    leaves = make_leaves(size)
    hashes, leaf_hash, root = path(index, leaves), hash_leaf(leaves[index]), mth(leaves)

    for altered in flip_bits([leaf_hash, root, *hashes]):
        assert not verify_inclusion(altered[0], index=index, size=size, proof=altered[2:], root=altered[1])


@pytest.mark.parametrize("size", [1, 2, 7, 8, 33])
def test_an_inclusion_proof_that_is_longer_or_shorter_is_refused(size: int) -> None:
    leaves = make_leaves(size)
    for index, leaf in enumerate(leaves):
        hashes = path(index, leaves)
        for altered in [[*hashes, hashes[0] if hashes else EMPTY_ROOT], hashes[1:], hashes[:-1]]:
            accepted = verify_inclusion(
                hash_leaf(leaf), index=index, size=size, proof=altered, root=mth(leaves)
            )

            assert accepted == (altered == hashes)


def test_hashes_of_other_lengths_are_refused() -> None:
    leaves = make_leaves(2)
    left, right = (hash_leaf(leaf) for leaf in leaves)

    # The bytes that are hashed are those of the true proof, divided elsewhere.
    assert not verify_inclusion(left + right[:1], index=0, size=2, proof=[right[1:]], root=mth(leaves))
    assert not verify_inclusion(left, index=0, size=2, proof=[right], root=mth(leaves)[:-1])


def test_an_empty_tree_holds_no_leaf() -> None:
    assert not verify_inclusion(EMPTY_ROOT, index=0, size=0, proof=[], root=EMPTY_ROOT)


def test_each_smaller_tree_is_proven_with_the_proof_of_the_rfc(subtests: pytest.Subtests) -> None:
    for size in SIZES:
        with subtests.test(size=size):
            leaves = make_leaves(size)
            for old_size in range(1, size):
                assert verify_consistency(
                    old_size=old_size,
                    old_root=mth(leaves[:old_size]),
                    size=size,
                    root=mth(leaves),
                    proof=proof(old_size, leaves),
                )


@pytest.mark.parametrize("size", [2, 7, 8, 33])
def test_a_tree_is_consistent_with_no_other_size(size: int) -> None:
    leaves = make_leaves(size)
    for old_size in range(1, size):
        hashes, old_root = proof(old_size, leaves), mth(leaves[:old_size])
        accepted = [
            other
            for other in range(-1, size + 2)
            if verify_consistency(
                old_size=other, old_root=old_root, size=size, root=mth(leaves), proof=hashes
            )
        ]

        assert accepted == [old_size]


@pytest.mark.parametrize(("old_size", "size"), [(1, 2), (3, 7), (4, 7), (6, 8), (32, 33), (64, 70), (41, 70)])
def test_a_consistency_proof_with_one_bit_changed_is_refused(old_size: int, size: int) -> None:
    leaves = make_leaves(size)
    hashes = [mth(leaves[:old_size]), mth(leaves), *proof(old_size, leaves)]

    for old_root, root, *altered in flip_bits(hashes):
        assert not verify_consistency(
            old_size=old_size, old_root=old_root, size=size, root=root, proof=altered
        )


@pytest.mark.parametrize("size", [2, 7, 8, 33])
def test_a_consistency_proof_that_is_longer_or_shorter_is_refused(size: int) -> None:
    leaves = make_leaves(size)
    for old_size in range(1, size):
        hashes, old_root = proof(old_size, leaves), mth(leaves[:old_size])
        for altered in ([*hashes, hashes[0]], hashes[1:], hashes[:-1], []):
            assert not verify_consistency(
                old_size=old_size, old_root=old_root, size=size, root=mth(leaves), proof=altered
            )


@pytest.mark.parametrize("size", [0, 1, 6])
def test_every_tree_begins_with_the_empty_one_and_with_itself(size: int) -> None:
    root = mth(make_leaves(size))

    assert verify_consistency(old_size=0, old_root=EMPTY_ROOT, size=size, root=root, proof=[])
    assert verify_consistency(old_size=size, old_root=root, size=size, root=root, proof=[])


@pytest.mark.parametrize("old_size", [0, 6])
def test_where_no_proof_is_needed_none_is_accepted(old_size: int) -> None:
    root, old_root = mth(make_leaves(6)), mth(make_leaves(old_size))

    assert not verify_consistency(old_size=old_size, old_root=old_root, size=6, root=root, proof=[root])


def test_an_empty_tree_has_one_root_only() -> None:
    other = mth(make_leaves(1))

    assert not verify_consistency(old_size=0, old_root=other, size=3, root=mth(make_leaves(3)), proof=[])
    assert not verify_consistency(old_size=0, old_root=other, size=0, root=other, proof=[])


def test_equal_sizes_with_different_roots_are_inconsistent() -> None:
    roots = [mth(leaves) for leaves in (make_leaves(5), make_leaves(6)[1:])]

    for old_root, root in pairwise(roots):
        assert not verify_consistency(old_size=5, old_root=old_root, size=5, root=root, proof=[])


def test_a_larger_tree_is_not_consistent_with_a_smaller_one() -> None:
    leaves = make_leaves(7)

    assert not verify_consistency(
        old_size=7, old_root=mth(leaves), size=3, root=mth(leaves[:3]), proof=proof(3, leaves)
    )
