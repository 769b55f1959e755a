"""Roots and proofs that are computed from tiles are those of RFC 6962, of any size up to the stored one."""

from __future__ import annotations

from hashlib import sha256

import pytest

from reviews.evidence.merkle_tree import (
    EMPTY_ROOT,
    CompactRange,
    hash_leaf,
    verify_consistency,
    verify_inclusion,
)
from reviews.evidence.tiles import (
    TILE_WIDTH,
    MissingTile,
    TileId,
    append_leaves,
    build_consistency_proof,
    build_inclusion_proof,
    build_inclusion_proofs,
    compute_root,
)
from tests.evidence.trees import RepeatedLeafTiles, StoredTiles, make_leaves, mth, path, proof

LARGEST = 70
BORDERS = (1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_793, 70_000)
ODD_BATCHES = (1, 2, 253, 1, 300, 7, 4_099, 60_873, 1, 257, 4_206)


def hash_leaves(count: int) -> list[bytes]:
    return [hash_leaf(leaf) for leaf in make_leaves(count)]


def store_leaves(count: int) -> StoredTiles:
    stored = StoredTiles()
    stored.append(hash_leaves(count))
    return stored


@pytest.fixture(scope="module")
def big_tree() -> StoredTiles:
    """Return the tiles of 70,000 leaves, appended in batches of odd lengths."""
    leaf_hashes = hash_leaves(sum(ODD_BATCHES))
    stored = StoredTiles()
    for count in ODD_BATCHES:
        stored.append(leaf_hashes[stored.size : stored.size + count])
    return stored


@pytest.fixture(scope="module")
def big_roots() -> dict[int, bytes]:
    """Return the roots at all borders, computed without tiles."""
    leaves, roots = CompactRange(), {}
    for leaf_hash in hash_leaves(max(BORDERS)):
        leaves.append(leaf_hash)
        if leaves.end in BORDERS:
            roots[leaves.end] = leaves.compute_root()
    return roots


def test_roots_and_all_proofs_are_those_of_the_rfc_in_a_tree_and_in_larger_ones(
    subtests: pytest.Subtests,
) -> None:
    for size in range(LARGEST + 1):
        with subtests.test(size=size):
            leaves = make_leaves(size)
            for stored in (store_leaves(size), store_leaves(LARGEST), store_leaves(TILE_WIDTH + 44)):
                assert compute_root(size, stored.read) == mth(leaves)
                for index in range(size):
                    assert build_inclusion_proof(index, size=size, read=stored.read) == path(index, leaves)
                for old_size in range(1, size):
                    assert build_consistency_proof(old_size, size=size, read=stored.read) == proof(
                        old_size, leaves
                    )


@pytest.mark.parametrize("old_size", [0, 5])
def test_no_proof_is_needed_from_an_empty_tree_or_to_an_equal_one(old_size: int) -> None:
    stored = store_leaves(5)

    assert build_consistency_proof(old_size, size=5, read=stored.read) == []


def test_an_empty_tree_has_its_root_without_a_tile() -> None:
    assert compute_root(0, StoredTiles().read) == EMPTY_ROOT


@pytest.mark.parametrize("size", BORDERS)
def test_roots_around_the_borders_of_tiles_are_right(
    size: int, big_tree: StoredTiles, big_roots: dict[int, bytes]
) -> None:
    assert compute_root(size, big_tree.read) == big_roots[size]


@pytest.mark.parametrize("size", BORDERS)
def test_leaves_around_the_borders_of_tiles_are_proven(
    size: int, big_tree: StoredTiles, big_roots: dict[int, bytes]
) -> None:
    leaves = make_leaves(sum(ODD_BATCHES))
    for index in {0, size // 2, size - 1, *(border - 1 for border in BORDERS if border <= size)}:
        hashes = build_inclusion_proof(index, size=size, read=big_tree.read)

        assert verify_inclusion(
            hash_leaf(leaves[index]), index=index, size=size, proof=hashes, root=big_roots[size]
        )


@pytest.mark.parametrize("size", BORDERS)
def test_many_leaves_are_proven_as_each_alone_with_one_query(size: int, big_tree: StoredTiles) -> None:
    indexes = sorted({0, size // 3, size // 2, max(size - 2, 0), size - 1})
    queries = big_tree.queries

    many = build_inclusion_proofs(indexes, size=size, read=big_tree.read)

    assert big_tree.queries <= queries + 1
    assert many == [build_inclusion_proof(index, size=size, read=big_tree.read) for index in indexes]


def test_no_proof_is_built_of_a_leaf_that_the_tree_does_not_have() -> None:
    with pytest.raises(ValueError, match="a tree of 5 leaves has no leaf 5"):
        build_inclusion_proofs([1, 5], size=5, read=store_leaves(5).read)


@pytest.mark.parametrize("size", BORDERS)
def test_growth_over_the_borders_of_tiles_is_proven(
    size: int, big_tree: StoredTiles, big_roots: dict[int, bytes]
) -> None:
    for old_size in (border for border in BORDERS if border <= size):
        hashes = build_consistency_proof(old_size, size=size, read=big_tree.read)

        assert verify_consistency(
            old_size=old_size,
            old_root=big_roots[old_size],
            size=size,
            root=big_roots[size],
            proof=hashes,
        )


def test_batches_of_any_length_store_the_same_tiles_as_one(big_tree: StoredTiles) -> None:
    assert big_tree.tiles == store_leaves(big_tree.size).tiles


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts(big_tree: StoredTiles) -> None:
    widths = {tile_id: len(tile) // 32 for tile_id, tile in big_tree.tiles.items()}

    # The example of C2SP tlog-tiles, Partial Tiles.
    assert widths == {
        **{TileId(0, number): 256 for number in range(273)},
        TileId(0, 273): 112,
        TileId(1, 0): 256,
        TileId(1, 1): 17,
        TileId(2, 0): 1,
    }


def test_a_full_tile_is_hashed_into_the_level_above_and_a_partial_one_is_not() -> None:
    assert set(store_leaves(255).tiles) == {TileId(0, 0)}
    assert store_leaves(256).tiles[TileId(1, 0)] == mth(make_leaves(256))
    assert set(store_leaves(257).tiles) == {TileId(0, 0), TileId(0, 1), TileId(1, 0)}


def test_one_leaf_more_changes_the_last_row_and_reads_it_alone(big_tree: StoredTiles) -> None:
    changed = append_leaves(big_tree.size, [hash_leaf(b"one more")], big_tree.read)

    assert big_tree.last_read == [TileId(0, 273)]
    assert changed == {TileId(0, 273): big_tree.tiles[TileId(0, 273)] + hash_leaf(b"one more")}


def test_leaves_that_fill_a_row_change_the_levels_above_and_read_only_incomplete_rows() -> None:
    stored = store_leaves(3 * TILE_WIDTH - 1)

    changed = stored.append([hash_leaf(b"last of its row"), hash_leaf(b"first of the next")])

    assert set(stored.last_read) == {TileId(0, 2), TileId(1, 0)}
    assert set(changed) == {TileId(0, 2), TileId(0, 3), TileId(1, 0)}


def test_leaves_that_begin_a_row_read_nothing() -> None:
    stored = store_leaves(TILE_WIDTH)
    queries = stored.queries

    changed = stored.append([hash_leaf(b"first of its row")])

    assert stored.queries == queries
    assert set(changed) == {TileId(0, 1)}


def test_no_leaves_change_no_tile() -> None:
    stored = store_leaves(3)

    assert stored.append([]) == {}


def test_leaves_are_appended_over_what_a_larger_tree_had_stored() -> None:
    stored = store_leaves(300)

    changed = append_leaves(270, [hash_leaf(b"another")], stored.read)

    assert changed == {TileId(0, 1): b"".join(hash_leaves(270)[256:]) + hash_leaf(b"another")}


def test_a_hash_of_another_length_is_not_appended() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        append_leaves(0, [b"short"], StoredTiles().read)


@pytest.mark.parametrize("size", [10_000_000, 16_777_215, 16_777_216, 2**40 + 2**21 + 5])
def test_what_a_large_tree_answers_takes_one_query_for_few_tiles(size: int) -> None:
    stored = RepeatedLeafTiles(size, sha256(b"\x00leaf").digest())
    leaf_hash, root = stored.compute_perfect_root(0), stored.compute_root(size)

    for old_size in (1, 65_535, 9_999_999, size - 1):
        hashes = build_inclusion_proof(old_size, size=size, read=stored.read)
        assert len(stored.last_read) <= 8 + 2 * (size >> 24).bit_length()
        assert verify_inclusion(leaf_hash, index=old_size, size=size, proof=hashes, root=root)

        hashes = build_consistency_proof(old_size, size=size, read=stored.read)
        assert len(stored.last_read) <= 8 + 2 * (size >> 24).bit_length()
        assert verify_consistency(
            old_size=old_size,
            old_root=stored.compute_root(old_size),
            size=size,
            root=root,
            proof=hashes,
        )
    assert stored.queries == 8


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_leaf_that_the_tree_lacks_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        build_inclusion_proof(index, size=size, read=store_leaves(5).read)


@pytest.mark.parametrize("old_size", [-1, 6])
def test_a_size_that_the_tree_never_had_has_no_proof(old_size: int) -> None:
    with pytest.raises(ValueError, match="has never had"):
        build_consistency_proof(old_size, size=5, read=store_leaves(5).read)


@pytest.mark.parametrize("tile_id", [TileId(0, 2), TileId(1, 0)])
def test_an_absent_tile_is_named(tile_id: TileId) -> None:
    stored = store_leaves(600)
    del stored.tiles[tile_id]

    with pytest.raises(MissingTile, match=f"tile {tile_id.number} of level {tile_id.level} is absent"):
        compute_root(600, stored.read)


def test_a_tile_that_lacks_one_byte_is_named() -> None:
    stored = store_leaves(600)
    stored.tiles[TileId(0, 2)] = stored.tiles[TileId(0, 2)][:-1]

    with pytest.raises(MissingTile, match="tile 2 of level 0"):
        build_inclusion_proof(0, size=600, read=stored.read)
    with pytest.raises(MissingTile, match="tile 2 of level 0"):
        append_leaves(600, [hash_leaf(b"one more")], stored.read)
