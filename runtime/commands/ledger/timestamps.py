"""The command `ledger timestamp`, and what `ledger verify` says of a timestamp in a file."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click

from reviews.evidence.signed_notes import NoteError
from reviews.ledger.findings import escape_unprintable
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.printing.output_files import OutputFileParameter, require_writable, write_whole_file
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.evidence.timestamping import get_day
from runtime.evidence.timestamps import (
    MAX_RESPONSE_BYTES,
    InvalidTimestamp,
    read_timestamp,
)
from runtime.ledger_verification.saved_checkpoints import parse_saved_checkpoint, read_saved_text
from store.timestamps import find_last_timestamp, find_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey
    from runtime.evidence.timestamps import Timestamp
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from runtime.wiring.wiring import Wiring
    from store.timestamps import StoredTimestamp


@click.command()
@click.option(
    "--day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The timestamp of this day (UTC), not the last one.",
)
@click.option(
    "--out",
    "file",
    type=OutputFileParameter(),
    help="Write the checkpoint to this file, and the timestamp beside it, with .tsr behind the name.",
)
@json_option
def timestamp(*, day: datetime | None, file: Path | None, as_json: bool) -> None:
    """Say when a checkpoint existed, by the last timestamp of an RFC 3161 authority.

    With --out both are written for `openssl ts -verify` and `ledger verify --timestamp`. Exit code 1 if there
    is none, or if it does not hold.
    """
    wiring = open_wiring()
    stored, read, problem = _find(wiring, day)
    if stored is not None and read is not None and file is not None:
        _write_pair(file, stored)
    if as_json:
        print_json(_build_json(stored, read, problem))
    elif stored is None or read is None:
        print_text(f"No timestamp: {problem}.", err=True)
    else:
        print_text(_describe(read, size=stored.size, is_verified=bool(wiring.tsa_certificates)))
        if file is not None:
            print_text(f"The checkpoint is in {file}, and the timestamp in {_name_response(file)}.")
    click.get_current_context().exit(0 if read else 1)


def verify_timestamp(
    checkpoint_file: BinaryIO,
    response_file: BinaryIO,
    roots: Sequence[x509.Certificate],
    *,
    keys: Sequence[VerifierKey],
    policy: Policy | None,
    as_json: bool,
) -> NoReturn:
    """Say when the checkpoint in a file existed, by the timestamp in another one, and end the command."""
    saved, read, problem = None, None, None
    try:
        saved, read = _verify_pair(checkpoint_file, response_file, roots, keys, policy)
    except (InvalidCheckpoint, InvalidTimestamp) as error:
        subject = "saved checkpoint" if isinstance(error, InvalidCheckpoint) else "timestamp"
        problem = f"the {subject} does not hold: {error}"
    if as_json:
        print_json(_build_verdict_json(saved, read, problem))
    elif saved is not None and read is not None:
        print_text(_describe(read, size=saved.covered.size, origin=saved.checkpoint.origin, is_verified=True))
        if not saved.covered.signers:
            print_text("Who signed the checkpoint was not verified: give --key VKEY or --policy FILE too.")
    else:
        sentence = escape_unprintable(problem or "")
        print_text(f"{sentence[:1].upper()}{sentence[1:]}.")
    click.get_current_context().exit(1 if problem else 0)


def _verify_pair(
    checkpoint_file: BinaryIO,
    response_file: BinaryIO,
    roots: Sequence[x509.Certificate],
    keys: Sequence[VerifierKey],
    policy: Policy | None,
) -> tuple[SavedCheckpoint, Timestamp]:
    text = read_saved_text(checkpoint_file)
    try:
        saved = parse_saved_checkpoint(text, keys, policy)
    except NoteError as error:
        raise InvalidCheckpoint(str(error)) from None
    response = response_file.read(MAX_RESPONSE_BYTES + 1)
    if len(response) > MAX_RESPONSE_BYTES:
        raise InvalidTimestamp(f"it is longer than {MAX_RESPONSE_BYTES // 1024} KiB")
    return saved, read_timestamp(response, text.encode(), roots=roots)


def _find(
    wiring: Wiring, day: datetime | None
) -> tuple[StoredTimestamp | None, Timestamp | None, str | None]:
    """Return the stored timestamp, what it says, and otherwise why it says nothing."""
    stored = (
        find_timestamp(wiring.engine, day.date())
        if day
        else find_last_timestamp(wiring.engine, until=get_day(wiring.clock()))
    )
    if stored is None:
        unset = "" if wiring.settings.tsa_url else ", and TSA_URL is not set"
        return None, None, f"there is none{f' of {day:%Y-%m-%d} (UTC)' if day else ''}{unset}"
    try:
        read = read_timestamp(stored.response, stored.note.encode(), roots=wiring.tsa_certificates)
    except InvalidTimestamp as error:
        return stored, None, f"the one of {stored.day} does not hold: {error}"
    return stored, read, None


def _write_pair(file: Path, stored: StoredTimestamp) -> None:
    """Write both files; the timestamp first, since a checkpoint alone would be taken for one without."""
    require_writable(file)
    write_whole_file(_name_response(file), [stored.response])
    write_whole_file(file, [stored.note.encode()])


def _name_response(file: Path) -> Path:
    return Path(f"{file}.tsr")


def _describe(read: Timestamp, *, size: int, is_verified: bool, origin: str = "") -> str:
    entries = f"{size:,} entries" if size != 1 else "1 entry"
    which = f"The checkpoint of {entries}{f' in {escape_unprintable(origin)}' if origin else ''}"
    authority = read.authority or "an authority that the timestamp does not name"
    unverified = "" if is_verified else " Its signature was not verified: set TSA_CERTIFICATES."
    return f"{which} existed on {read.time:%Y-%m-%d} at {read.time:%H:%M:%S} UTC, by {authority}.{unverified}"


def _build_json(
    stored: StoredTimestamp | None, read: Timestamp | None, problem: str | None
) -> dict[str, Any]:
    return {
        "day": str(stored.day) if stored else None,
        "size": stored.size if stored else None,
        "checkpoint": stored.note if stored else None,
        "response": b64encode(stored.response).decode() if stored else None,
        "time": read.time.isoformat() if read else None,
        "authority": read.authority if read else None,
        "problem": problem,
    }


def _build_verdict_json(
    saved: SavedCheckpoint | None, read: Timestamp | None, problem: str | None
) -> dict[str, Any]:
    return {
        "intact": problem is None,
        "problem": problem,
        "origin": saved.checkpoint.origin if saved else None,
        "size": saved.covered.size if saved else None,
        "signers": list(saved.covered.signers) if saved else [],
        "time": read.time.isoformat() if read else None,
        "authority": read.authority if read else None,
    }
