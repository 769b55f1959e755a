"""What we write, another program reads and verifies, and the other way round; both refuse what was altered.

The other is `aics_tlog`, an implementation of the same specifications that shares nothing with ours.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if tuple(sys.version_info) < (3, 12):  # said so that mypy, which checks for 3.11, reads on
    pytest.skip("aics-tlog needs Python 3.12", allow_module_level=True)

import aics_tlog

from reviews.evidence.checkpoints import Checkpoint, parse_checkpoint, verify_checkpoint
from reviews.evidence.inclusion_proofs import InclusionProof, verify_inclusion_proof
from reviews.evidence.merkle_tree import hash_leaf, verify_consistency, verify_inclusion
from reviews.evidence.signed_notes import (
    NoteError,
    format_note,
    parse_note,
    parse_verifier_key,
    read_cosignature_time,
    verify_note,
)
from reviews.evidence.tiles import (
    TileId,
    build_consistency_proof,
    build_inclusion_proof,
    compute_root,
)
from tests.evidence.signers import (
    LOG,
    ORIGIN,
    TIME,
    WITNESS,
    Signer,
    alter_value,
    check_signature,
    sign_checkpoint,
    sign_note,
)
from tests.evidence.trees import StoredTiles, make_leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SIZE = 1_000
PAIRS = [(1, 2), (1, 7), (4, 7), (6, 7), (255, 256), (256, 257), (300, 999), (512, 1_000), (999, 1_000)]
TEXT = "first line\n\nlast line\n"


@pytest.fixture(scope="module")
def stored() -> StoredTiles:
    tiles = StoredTiles()
    tiles.append([hash_leaf(leaf) for leaf in make_leaves(SIZE)])
    return tiles


@pytest.fixture(scope="module")
def peer_tree() -> aics_tlog.MerkleTree:
    return aics_tlog.MerkleTree(make_leaves(SIZE))


def read_key(signer: Signer) -> aics_tlog.VKey:
    """Return a key of ours as the other program reads it."""
    return aics_tlog.parse_vkey(str(signer.verifier_key))


def peer_accepts(signed: str) -> bool:
    note = aics_tlog.parse_note(signed)
    verdict = aics_tlog.verify_checkpoint(note, read_key(LOG), [read_key(WITNESS)], expected_origin=ORIGIN)
    return bool(verdict.ok)


def alter_hash(hashes: Sequence[bytes], at: int) -> list[bytes]:
    altered = list(hashes)
    altered[at] = bytes([altered[at][0] ^ 1]) + altered[at][1:]
    return altered


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_keys_are_spelled_alike(signer: Signer) -> None:
    key = signer.verifier_key
    peer_key = aics_tlog.vkey_from_ed25519(key.name, key.public_key, key_type=int(key.kind))

    assert aics_tlog.format_vkey(peer_key) == str(key)
    assert parse_verifier_key(aics_tlog.format_vkey(peer_key)) == key
    assert peer_key.key_id == key.key_id


def test_the_peer_verifies_a_note_of_ours_and_refuses_it_altered() -> None:
    note = sign_note(TEXT, LOG)

    assert aics_tlog.verify_note(aics_tlog.parse_note(format_note(note)), [read_key(LOG)])
    for altered in (
        replace(note, text=f"{TEXT}more\n"),
        replace(note, signatures=(alter_value(note.signatures[0], 5),)),
    ):
        assert not aics_tlog.verify_note(aics_tlog.parse_note(format_note(altered)), [read_key(LOG)])


def test_we_verify_a_note_of_the_peer_and_refuse_it_altered() -> None:
    line = aics_tlog.sign_note(TEXT, LOG.private_key, ORIGIN)
    written = aics_tlog.Note(text=TEXT, signatures=(line,)).serialise()

    assert written == format_note(sign_note(TEXT, LOG))
    assert verify_note(parse_note(written), [LOG.verifier_key], check_signature) == [LOG.verifier_key]
    with pytest.raises(NoteError, match="is not valid"):
        verify_note(parse_note(written.replace("last", "lost")), [LOG.verifier_key], check_signature)


@pytest.mark.parametrize(
    "text", ["", "text\n", "text\n\n", format_note(sign_note(TEXT, LOG)).replace("\n", "\r\n")]
)
def test_both_refuse_what_is_no_note(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        aics_tlog.parse_note(text)
    with pytest.raises(NoteError):
        parse_note(text)


def test_the_peer_verifies_a_checkpoint_of_ours_and_refuses_it_altered() -> None:
    signed = sign_checkpoint(7, LOG, WITNESS)

    assert peer_accepts(signed)
    assert aics_tlog.parse_checkpoint(aics_tlog.parse_note(signed).text).size == 7
    assert not peer_accepts(signed.replace("\n7\n", "\n8\n"))
    assert not peer_accepts(sign_checkpoint(7, WITNESS))


def test_the_peer_verifies_the_cosignature_of_a_witness_of_ours() -> None:
    signed = sign_checkpoint(7, LOG, WITNESS)
    note = aics_tlog.parse_note(signed)
    policy = aics_tlog.WitnessPolicy(quorum=1, witnesses=(read_key(WITNESS),))

    verdict = aics_tlog.verify_checkpoint(note, read_key(LOG), policy=policy)

    assert verdict.timestamps == {WITNESS.verifier_key.name: TIME}
    assert verdict.ok
    without = aics_tlog.parse_note(sign_checkpoint(7, LOG))
    assert not aics_tlog.verify_checkpoint(without, read_key(LOG), policy=policy).ok


def test_we_verify_a_checkpoint_and_a_cosignature_of_the_peer_and_refuse_them_altered(
    peer_tree: aics_tlog.MerkleTree,
) -> None:
    peer_checkpoint = aics_tlog.Checkpoint(ORIGIN, SIZE, peer_tree.root(), ("an extension",))
    note = aics_tlog.sign_checkpoint(peer_checkpoint, LOG.private_key, ORIGIN)
    _, cosignature = aics_tlog.sign_cosignature(
        WITNESS.private_key,
        WITNESS.verifier_key.name,
        TIME,
        ORIGIN,
        SIZE,
        peer_checkpoint.root,
        peer_checkpoint.extension_lines,
    )
    written = aics_tlog.Note(text=note.text, signatures=(*note.signatures, cosignature)).serialise()
    keys = [LOG.verifier_key, WITNESS.verifier_key]

    assert verify_checkpoint(written, keys, check_signature) == Checkpoint(ORIGIN, SIZE, peer_tree.root())
    assert verify_note(parse_note(written), keys, check_signature) == keys
    assert read_cosignature_time(parse_note(written).signatures[1].value) == TIME
    for altered in (written.replace("\n1000\n", "\n1001\n"), written.replace("extension", "intension")):
        with pytest.raises(NoteError, match="is not valid"):
            verify_checkpoint(altered, keys, check_signature)
        with pytest.raises(NoteError, match="is not valid"):
            verify_note(parse_note(altered), keys[1:], check_signature)


@pytest.mark.parametrize("size", [1, 7, 256, 257, SIZE])
def test_both_compute_the_same_roots_and_store_the_same_tiles(
    size: int, stored: StoredTiles, peer_tree: aics_tlog.MerkleTree
) -> None:
    own_tiles = StoredTiles()
    own_tiles.append([hash_leaf(leaf) for leaf in make_leaves(size)])
    peer_tiles = aics_tlog.TileWriter(list(make_leaves(size))).to_memory_reader()

    assert compute_root(size, stored.read) == peer_tree.root(size)
    for tile_id, tile in own_tiles.tiles.items():
        width = len(tile) // 32
        assert peer_tiles.read_tile(tile_id.level, tile_id.number, None if width == 256 else width) == tile


def test_tiles_of_the_peer_prove_what_ours_prove(stored: StoredTiles) -> None:
    reader = aics_tlog.TileWriter(list(make_leaves(SIZE))).to_memory_reader()

    def read(tile_ids: Collection[TileId]) -> dict[TileId, bytes]:
        tiles = {
            tile_id: reader.read_tile(tile_id.level, tile_id.number, None)
            or reader.read_tile(tile_id.level, tile_id.number, (SIZE >> 8 * tile_id.level) % 256)
            for tile_id in tile_ids
        }
        return {tile_id: tile for tile_id, tile in tiles.items() if tile is not None}

    assert build_inclusion_proof(300, size=SIZE, read=read) == build_inclusion_proof(
        300, size=SIZE, read=stored.read
    )


@pytest.mark.parametrize(("index", "size"), PAIRS)
def test_the_peer_accepts_an_inclusion_proof_of_ours_and_refuses_it_altered(
    index: int, size: int, stored: StoredTiles, peer_tree: aics_tlog.MerkleTree
) -> None:
    leaf, root = make_leaves(SIZE)[index], peer_tree.root(size)
    hashes = build_inclusion_proof(index, size=size, read=stored.read)

    assert aics_tlog.verify_leaf_inclusion(leaf, index, size, hashes, root)
    assert not aics_tlog.verify_leaf_inclusion(leaf, index - 1, size, hashes, root)
    for at in range(len(hashes)):
        assert not aics_tlog.verify_leaf_inclusion(leaf, index, size, alter_hash(hashes, at), root)


@pytest.mark.parametrize(("index", "size"), PAIRS)
def test_we_accept_an_inclusion_proof_of_the_peer_and_refuse_it_altered(
    index: int, size: int, stored: StoredTiles, peer_tree: aics_tlog.MerkleTree
) -> None:
    leaf_hash, root = hash_leaf(make_leaves(SIZE)[index]), compute_root(size, stored.read)
    hashes = peer_tree.inclusion_proof(index, size)

    assert verify_inclusion(leaf_hash, index=index, size=size, proof=hashes, root=root)
    assert not verify_inclusion(leaf_hash, index=index - 1, size=size, proof=hashes, root=root)
    for at in range(len(hashes)):
        assert not verify_inclusion(
            leaf_hash, index=index, size=size, proof=alter_hash(hashes, at), root=root
        )


@pytest.mark.parametrize(("old_size", "size"), PAIRS)
def test_the_peer_accepts_a_consistency_proof_of_ours_and_refuses_it_altered(
    old_size: int, size: int, stored: StoredTiles, peer_tree: aics_tlog.MerkleTree
) -> None:
    roots = peer_tree.root(old_size), peer_tree.root(size)
    hashes = build_consistency_proof(old_size, size=size, read=stored.read)

    assert aics_tlog.verify_consistency(old_size, size, *roots, hashes)
    for at in range(len(hashes)):
        assert not aics_tlog.verify_consistency(old_size, size, *roots, alter_hash(hashes, at))


@pytest.mark.parametrize(("old_size", "size"), PAIRS)
def test_we_accept_a_consistency_proof_of_the_peer_and_refuse_it_altered(
    old_size: int, size: int, stored: StoredTiles, peer_tree: aics_tlog.MerkleTree
) -> None:
    old_root, root = (compute_root(count, stored.read) for count in (old_size, size))
    hashes = peer_tree.consistency_proof(old_size, size)

    assert verify_consistency(old_size=old_size, old_root=old_root, size=size, root=root, proof=hashes)
    for altered in (alter_hash(hashes, at) for at in range(len(hashes))):
        assert not verify_consistency(
            old_size=old_size, old_root=old_root, size=size, root=root, proof=altered
        )


def test_the_peer_verifies_offline_what_a_proof_of_ours_holds() -> None:
    leaf = make_leaves(7)[4]
    tree = aics_tlog.MerkleTree(make_leaves(7))
    proof = InclusionProof(4, tuple(tree.inclusion_proof(4)), sign_checkpoint(7))
    bundle = aics_tlog.Bundle(leaf, proof.index, proof.hashes, proof.checkpoint)

    assert verify_inclusion_proof(proof, leaf, [LOG.verifier_key], check_signature).size == 7
    assert aics_tlog.verify_bundle(bundle, read_key(LOG)).ok
    assert not aics_tlog.verify_bundle(replace(bundle, index=5), read_key(LOG)).ok
    assert parse_checkpoint(parse_note(bundle.checkpoint_note).text).origin == ORIGIN
