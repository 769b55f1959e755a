"""The command `ledger verify`: of the ledger in the database, or of a file without any settings."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypedDict, Unpack

import click

from reviews.evidence.policies import MAX_POLICY_BYTES, Policy, parse_policy
from reviews.evidence.signed_notes import NoteError, VerifierKey, parse_verifier_key
from reviews.ledger.hash_chain import GENESIS_HASH, Head, Verdict
from runtime.commands.pack_verification import build_pack_json, describe_pack
from runtime.commands.progress import show_progress
from runtime.commands.receipts import build_receipt_json, check_receipt_file, describe_receipt
from runtime.commands.shared import json_option, open_wiring, print_json
from runtime.commands.timestamps import CertificatesParameter, verify_timestamp
from runtime.commands.verdict_texts import build_verdict_json, describe_verdict
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.ledger_verification import ledger_check
from runtime.ledger_verification.file_check import check_file
from runtime.ledger_verification.receipt_check import is_receipt
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from runtime.pack.pack_check import PackVerdict, check_pack

if TYPE_CHECKING:
    from cryptography import x509

    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint


class HeadParameter(click.ParamType["Head"]):
    """Command-line type of a head as `ledger head` prints it."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        form = re.fullmatch(r"\s*([0-9]{1,16})\s+([0-9a-f]{64})\s*", value)
        if form is None:
            self.fail(f"{value!r} is not a head: write it in quotes, as ledger head prints it", param, ctx)
        return Head(seq=int(form[1]), hash=form[2])


class LedgerFileParameter(click.File):
    """Command-line type of what can be verified: a file, or the folder of a pack."""

    def __init__(self) -> None:
        super().__init__("rb")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and Path(value).is_dir():
            return Path(value)
        return super().convert(value, param, ctx)


class KeyParameter(click.ParamType["tuple[VerifierKey, ...]"]):
    """Command-line type of verifier keys as `ledger key` prints them, one or more."""

    name = "vkey"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[VerifierKey, ...]:
        try:
            keys = tuple(parse_verifier_key(text) for text in value.split())
        except NoteError as error:
            self.fail(f"{value!r} is not a key as ledger key prints it: {error}", param, ctx)
        if not keys:
            self.fail("it is empty, and not a key as ledger key prints it", param, ctx)
        return keys


class _Evidence(TypedDict):
    """What was stored elsewhere, and whom to trust about it."""

    saved_heads: tuple[Head, ...]
    checkpoint_file: BinaryIO | None
    keys: tuple[tuple[VerifierKey, ...], ...]
    policy: Policy | None
    timestamp_file: BinaryIO | None
    tsa_certificates: tuple[x509.Certificate, ...] | None
    export_file: BinaryIO | None


class PolicyParameter(click.ParamType["Policy"]):
    """Command-line type of a file with a policy (C2SP tlog-policy)."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Policy:
        try:
            with Path(value).open("rb") as file:
                return parse_policy(file.read(MAX_POLICY_BYTES + 1))
        except OSError as error:
            self.fail(f"can't read {value!r}: {error.strerror}", param, ctx)
        except NoteError as error:
            self.fail(f"{value!r} is not a policy: {error}", param, ctx)


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
    type=PolicyParameter(),
    metavar="FILE",
    help="A policy of witnesses: a quorum must have cosigned the checkpoint.",
)
@click.option(
    "--timestamp",
    "timestamp_file",
    type=click.File("rb"),
    metavar="FILE",
    help="The timestamp of the checkpoint (.tsr); with --checkpoint and --tsa-certificates, and no FILE.",
)
@click.option(
    "--tsa-certificates",
    type=CertificatesParameter(),
    metavar="FILE",
    help="The root certificates of the timestamping authority (PEM).",
)
@click.option(
    "--export",
    "export_file",
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
    **evidence: Unpack[_Evidence],
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
    keys, policy = list(chain.from_iterable(evidence["keys"])), evidence["policy"]
    checkpoint_file = evidence["checkpoint_file"]
    if file and is_receipt(file):
        if evidence["saved_heads"] or checkpoint_file or is_part:
            raise click.UsageError("a receipt is verified with --key or --policy alone")
        _verify_receipt(file, keys, policy, as_json=as_json)
    if is_part and file is None:
        raise click.UsageError("--part is said of a FILE")
    if (keys or policy) and checkpoint_file is None:
        option = "--key" if keys else "--policy"
        raise click.UsageError(f"{option} verifies a checkpoint: give --checkpoint FILE too")
    try:
        saved = read_saved_checkpoint(checkpoint_file, keys, policy) if checkpoint_file else None
        verdict = _check(file, saved_heads=evidence["saved_heads"], saved_checkpoint=saved, is_part=is_part)
    except InvalidCheckpoint as error:
        problem = f"the saved checkpoint does not hold: {error}"
        verdict = Verdict(checked=0, first=0, head=Head(seq=0, hash=GENESIS_HASH), problem=problem)
    if as_json:
        print_json(build_verdict_json(verdict))
    else:
        click.echo(describe_verdict(verdict))
    click.get_current_context().exit(0 if verdict.intact else 1)


def _verify_pack(folder: Path, evidence: _Evidence, *, is_part: bool, as_json: bool) -> NoReturn:
    if evidence["timestamp_file"] or evidence["saved_heads"] or is_part:
        raise click.UsageError(
            "a pack is verified with --key, --policy, --checkpoint, --tsa-certificates and --export alone"
        )
    keys, policy = list(chain.from_iterable(evidence["keys"])), evidence["policy"]
    checkpoint_file, roots = evidence["checkpoint_file"], evidence["tsa_certificates"] or ()
    try:
        saved = read_saved_checkpoint(checkpoint_file, keys, policy) if checkpoint_file else None
    except InvalidCheckpoint as error:
        verdict = PackVerdict(problem=f"the saved checkpoint does not hold: {error}", may_hold=True)
    else:
        with show_progress(to_stderr=True, has_thread=False) as progress:
            verdict = check_pack(
                folder,
                progress=progress,
                export=evidence["export_file"],
                keys=keys,
                policy=policy,
                saved=saved,
                tsa_certificates=roots,
            )
    if as_json:
        print_json(build_pack_json(verdict))
    else:
        click.echo(describe_pack(verdict, has_certificates=bool(roots)))
    click.get_current_context().exit(0 if verdict.intact else 1)


def _verify_timestamp(
    file: BinaryIO | None, evidence: _Evidence, *, is_part: bool, as_json: bool
) -> NoReturn:
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
        keys=list(chain.from_iterable(evidence["keys"])),
        policy=evidence["policy"],
        as_json=as_json,
    )


def _verify_receipt(
    file: BinaryIO, keys: list[VerifierKey], policy: Policy | None, *, as_json: bool
) -> NoReturn:
    verdict = check_receipt_file(file, keys, policy)
    if as_json:
        print_json(build_receipt_json(verdict))
    else:
        click.echo(describe_receipt(verdict))
    click.get_current_context().exit(0 if verdict.intact else 1)


def _check(
    file: BinaryIO | None,
    *,
    saved_heads: tuple[Head, ...],
    saved_checkpoint: SavedCheckpoint | None,
    is_part: bool,
) -> Verdict:
    if file is None:
        wiring = open_wiring()
        with show_progress(to_stderr=True) as progress:
            return ledger_check.check_ledger(
                wiring.engine,
                keys=wiring.ledger_keys,
                saved_heads=saved_heads,
                saved_checkpoint=saved_checkpoint,
                progress=progress,
            )
    with show_progress(to_stderr=True, has_thread=False) as progress:
        return check_file(
            file,
            saved_heads=saved_heads,
            saved_checkpoint=saved_checkpoint,
            is_part=is_part,
            progress=progress,
        )
