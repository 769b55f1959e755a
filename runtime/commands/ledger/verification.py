"""The command `ledger verify`: of the ledger in the database, or of a file or a pack without any settings.

What one of these needs is imported when it is asked for. A file is verified on a machine of the auditor's:
the start of the command is most of what a short one takes.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Unpack

import click

from reviews.ledger.hash_chain import GENESIS_HASH, Head, Verdict
from runtime.commands.ledger.evidence_parameters import (
    CertificatesParameter,
    HeadParameter,
    KeyParameter,
    LedgerFileParameter,
    PolicyParameter,
    SingleOption,
)
from runtime.commands.ledger.verdict_texts import build_verdict_json, describe_verdict
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.printing.progress import show_progress
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.ledger_verification.file_check import check_file
from runtime.ledger_verification.receipt_check import is_receipt
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint

if TYPE_CHECKING:
    from reviews.evidence.signed_notes import VerifierKey
    from runtime.commands.ledger.evidence_parameters import Evidence
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint

_NAME_A_FILE = (
    "to verify an exported file, name it: "
    "docspace-review ledger verify ledger.jsonl --checkpoint FILE --key VKEY"
)


@click.command()
@click.argument("file", type=LedgerFileParameter(), required=False)
@click.option(
    "--head",
    "saved_heads",
    type=HeadParameter(),
    multiple=True,
    help="A head that you saved earlier; it must be in the chain.",
)
@click.option(
    "--checkpoint",
    "checkpoint_file",
    cls=SingleOption,
    type=click.File("rb"),
    metavar="FILE",
    help="A checkpoint that you saved earlier: it must be one of this ledger's.",
)
@click.option(
    "--key",
    "keys",
    type=KeyParameter(),
    multiple=True,
    metavar="VKEY",
    help="A key that must have signed the checkpoint, as ledger key prints it.",
)
@click.option(
    "--policy",
    cls=SingleOption,
    type=PolicyParameter(),
    metavar="FILE",
    help="A policy of witnesses: a quorum must have cosigned the checkpoint.",
)
@click.option(
    "--timestamp",
    "timestamp_file",
    cls=SingleOption,
    type=click.File("rb"),
    metavar="FILE",
    help="The timestamp of the checkpoint (.tsr); with --checkpoint and --tsa-certificates, and no FILE.",
)
@click.option(
    "--tsa-certificates",
    cls=SingleOption,
    type=CertificatesParameter(),
    metavar="FILE",
    help="The root certificates of the timestamping authority (PEM).",
)
@click.option(
    "--export",
    "export_file",
    cls=SingleOption,
    type=click.File("rb"),
    metavar="FILE",
    help="An export of the whole ledger: a pack has to have all its entries of the route and the period.",
)
@click.option("--part", "is_part", is_flag=True, help="FILE is a part: entries may be missing at both ends.")
@json_option
def verify(
    *,
    file: BinaryIO | Path | None,
    is_part: bool,
    as_json: bool,
    **evidence: Unpack[Evidence],
) -> None:
    """Check the ledger in the database, or the chain in a FILE that `ledger export --format jsonl` wrote.

    Such a FILE has to begin at entry 1, and to reach a checkpoint or a head that you saved, unless it is a
    part. One that `ledger receipt` wrote is checked with --key or --policy alone. A folder that `ledger pack`
    wrote may also be checked with --checkpoint, --tsa-certificates and --export.
    """
    if isinstance(file, Path):
        _verify_pack(file, evidence, is_part=is_part, as_json=as_json)
    if evidence["export_file"]:
        raise click.UsageError("--export is compared with the folder of a pack")
    if evidence["timestamp_file"] or evidence["tsa_certificates"]:
        _verify_timestamp(file, evidence, is_part=is_part, as_json=as_json)
    if file and is_receipt(file):
        _verify_receipt(file, evidence, is_part=is_part, as_json=as_json)
    if is_part and file is None:
        raise click.UsageError("--part is said of a FILE")
    if (evidence["keys"] or evidence["policy"]) and evidence["checkpoint_file"] is None:
        option = "--key" if evidence["keys"] else "--policy"
        raise click.UsageError(f"{option} verifies a checkpoint: give --checkpoint FILE too")
    try:
        verdict = _check(file, evidence, is_part=is_part)
    except InvalidCheckpoint as error:
        problem = f"the saved checkpoint does not hold: {error}"
        verdict = Verdict(checked=0, first=0, head=Head(seq=0, hash=GENESIS_HASH), problem=problem)
    members, sentences = build_verdict_json(verdict), describe_verdict(verdict, is_part=is_part)
    _end(members, sentences, as_json=as_json, is_intact=verdict.intact)


def _verify_pack(folder: Path, evidence: Evidence, *, is_part: bool, as_json: bool) -> NoReturn:
    from runtime.commands.ledger.pack_verification import build_pack_json, describe_pack
    from runtime.pack.pack_check import PackVerdict, check_pack

    if evidence["timestamp_file"] or evidence["saved_heads"] or is_part:
        raise click.UsageError(
            "a pack is verified with --key, --policy, --checkpoint, --tsa-certificates and --export alone"
        )
    roots = evidence["tsa_certificates"] or ()
    try:
        saved = _read_saved(evidence)
    except InvalidCheckpoint as error:
        verdict = PackVerdict(problem=f"the saved checkpoint does not hold: {error}", may_hold=True)
    else:
        with show_progress(to_stderr=True, has_thread=False) as progress:
            verdict = check_pack(
                folder,
                progress=progress,
                export=evidence["export_file"],
                keys=_list_keys(evidence),
                policy=evidence["policy"],
                saved=saved,
                tsa_certificates=roots,
            )
    sentences = describe_pack(verdict, has_certificates=bool(roots))
    _end(build_pack_json(verdict), sentences, as_json=as_json, is_intact=verdict.intact)


def _verify_timestamp(file: BinaryIO | None, evidence: Evidence, *, is_part: bool, as_json: bool) -> NoReturn:
    from runtime.commands.ledger.timestamps import verify_timestamp

    checkpoint_file, timestamp_file = evidence["checkpoint_file"], evidence["timestamp_file"]
    roots = evidence["tsa_certificates"]
    if not (checkpoint_file and timestamp_file and roots):
        raise click.UsageError("--checkpoint, --timestamp and --tsa-certificates go together")
    if file or is_part or evidence["saved_heads"]:
        raise click.UsageError("a timestamp is verified without FILE, --head and --part")
    verify_timestamp(
        checkpoint_file,
        timestamp_file,
        roots,
        keys=_list_keys(evidence),
        policy=evidence["policy"],
        as_json=as_json,
    )


def _verify_receipt(file: BinaryIO, evidence: Evidence, *, is_part: bool, as_json: bool) -> NoReturn:
    from runtime.commands.ledger.receipts import build_receipt_json, check_receipt_file, describe_receipt

    if evidence["saved_heads"] or evidence["checkpoint_file"] or is_part:
        raise click.UsageError("a receipt is verified with --key or --policy alone")
    verdict = check_receipt_file(file, _list_keys(evidence), evidence["policy"])
    members, sentences = build_receipt_json(verdict), describe_receipt(verdict)
    _end(members, sentences, as_json=as_json, is_intact=verdict.intact)


def _check(file: BinaryIO | None, evidence: Evidence, *, is_part: bool) -> Verdict:
    """Check a file, or the database if there is none; raise `InvalidCheckpoint`."""
    saved_heads, saved = evidence["saved_heads"], _read_saved(evidence)
    if file is None:
        return _check_database(saved_heads, saved)
    with show_progress(to_stderr=True, has_thread=False) as progress:
        return check_file(
            file, saved_heads=saved_heads, saved_checkpoint=saved, is_part=is_part, progress=progress
        )


def _check_database(saved_heads: tuple[Head, ...], saved: SavedCheckpoint | None) -> Verdict:
    from runtime.commands.opened_wiring import DatabaseMissing, open_wiring
    from runtime.ledger_verification.ledger_check import check_ledger

    try:
        wiring = open_wiring()
    except DatabaseMissing as error:
        if saved is None and not saved_heads:
            raise
        raise DatabaseMissing(f"{error}; {_NAME_A_FILE}") from None
    with show_progress(to_stderr=True) as progress:
        return check_ledger(
            wiring.engine,
            keys=wiring.ledger_keys,
            saved_heads=saved_heads,
            saved_checkpoint=saved,
            progress=progress,
        )


def _read_saved(evidence: Evidence) -> SavedCheckpoint | None:
    file = evidence["checkpoint_file"]
    return read_saved_checkpoint(file, _list_keys(evidence), evidence["policy"]) if file else None


def _list_keys(evidence: Evidence) -> list[VerifierKey]:
    return list(chain.from_iterable(evidence["keys"]))


def _end(members: dict[str, Any], sentences: str, *, as_json: bool, is_intact: bool) -> NoReturn:
    """Print the verdict as JSON or in words, and end the command with its exit code."""
    if as_json:
        print_json(members)
    else:
        print_text(sentences)
    click.get_current_context().exit(0 if is_intact else 1)
