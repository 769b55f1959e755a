"""The commands `ledger key`: by which key the ledger is signed, and how it is changed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.ledger_entries import format_moment
from runtime.commands.lazy_group import WholeHelpGroup
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.refusals import refuse
from runtime.evidence.key_file import UnusableKeyFile, replace_key_file
from runtime.evidence.key_presence import has_signed_last
from runtime.evidence.key_source import create_missing_key, find_origin
from runtime.evidence.ledger_key import KEY_MISSING, KEY_UNUSED, NO_KEYS, RESTART_FIRST, make_ledger_key
from runtime.evidence.used_keys import list_proven_keys
from runtime.evidence.whole_ledger_check import check_whole_ledger
from store import ledger_tree

if TYPE_CHECKING:
    from pathlib import Path

    from runtime.evidence.entry_check import CheckedLedger, UnprovenEntries
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.wiring.wiring import Wiring

KEEP_A_COPY = "Keep a copy of it in another place, and not with the backups of the database."
SIGNED_BEFORE = "the ledger was signed by a key that is not here"
SHOW_ALL = "docspace-review ledger key accept says how many such entries there are."
KEEP_PRESENT = (
    "With several processes, first set it as LEDGER_KEY_PREVIOUS for all of them, then exchange the two: "
    "docs/ledger.md, The key."
)
NO_KEY_HELPS = (
    "docspace-review ledger verify says more. If a backup from before the key was restored, ledger key new "
    "--lost begins after its last entry."
)


def prepare_ledger_key(wiring: Wiring) -> None:
    """Create the key of a SQLite database at its first start, and say where it is."""
    if create_missing_key(wiring.engine, wiring.ledger_key_file):
        print_text(f"The key that signs the ledger is in {wiring.ledger_key_file}. {KEEP_A_COPY}")


@click.group(cls=WholeHelpGroup, invoke_without_command=True)
@json_option
@click.pass_context
def key(context: click.Context, *, as_json: bool) -> None:
    """Print the keys by which others verify checkpoints, the present one first.

    Earlier ones are printed if the present key vouches for them.
    """
    if context.invoked_subcommand:
        return
    wiring = open_wiring()
    keys, origin = wiring.ledger_keys, find_origin(wiring.settings)
    if keys.current is None:
        print_text(f"No key is set: {KEY_MISSING}.", err=True)
        context.exit(1)
    used_keys = list_proven_keys(wiring.engine, keys)
    present = [str(each.build_verifier_key(origin)) for each in keys.all]
    if as_json:
        used = [{"key": each.key, "since": each.since, "at": format_moment(each.at)} for each in used_keys]
        print_json({"key": present[0], "used": used})
    else:
        for each in dict.fromkeys([*present, *(used.key for used in used_keys)]):
            click.echo(each)


@key.command()
@click.option("--lost", is_flag=True, help="The key that has signed is lost, or of later than this backup.")
def new(*, lost: bool) -> None:
    """Make a new key, which begins after the last entry."""
    wiring = open_wiring()
    keys = wiring.ledger_keys
    if keys.current is None and not lost and _was_signed(wiring):
        refuse(f"No key was made: {SIGNED_BEFORE}. {_explain_missing(wiring)}")
    checked = _check_ledger(wiring, NO_KEYS if lost else keys)
    if checked.unproven is not None:
        refuse(f"No key was made, since {checked.unproven.fault}. {SHOW_ALL}")
    if not lost and keys.previous is not None and not has_signed_last(wiring.engine, keys.current):
        refuse(f"No key was made: {KEY_UNUSED}. {RESTART_FIRST}")
    _hand_over(wiring, keys.change(make_ledger_key(checked.head, secrets.token_urlsafe)))
    if keys.current is not None and wiring.ledger_key_file is None:
        print_text(KEEP_PRESENT, err=True)


@key.command()
def retire() -> None:
    """Take the key before out of the file beside a SQLite database, when no process uses it any more."""
    wiring = open_wiring()
    keys, file = wiring.ledger_keys, wiring.ledger_key_file
    if file is None:
        raise click.ClickException("the key is a setting: remove LEDGER_KEY_PREVIOUS, and restart")
    if keys.current is None or keys.previous is None:
        print_text("There is no key before the present one.")
        return
    has_signed = has_signed_last(wiring.engine, keys.current)
    if not has_signed or ledger_tree.read_fault(wiring.engine) is not None:
        refuse(f"The key before stays: {KEY_UNUSED}, or something keeps it from that. {RESTART_FIRST}")
    _replace_file(file, keys.retire_previous())
    print_text(f"The key in {file} is the only one now. Restart serve and the workers.")


@key.command()
@click.option("--yes", is_flag=True, help="Accept them; otherwise they are only shown.")
def accept(*, yes: bool) -> None:
    """Let the key begin after the last entry: all entries until now are accepted as they are.

    For entries that were written without the key while it was set up.
    """
    wiring = open_wiring()
    keys = wiring.ledger_keys
    if keys.current is None:
        raise click.ClickException(KEY_MISSING)
    checked = _check_ledger(wiring, keys)
    if checked.unproven is None:
        print_text("Each entry has its MAC: there is nothing to accept.")
        return
    print_text(f"{_describe_unproven(checked.unproven)}. The first: {checked.unproven.fault}.", err=True)
    if not yes:
        refuse(f"Say --yes to accept all entries up to {checked.head.seq:,} as they are.")
    _hand_over(wiring, keys.begin_after(checked.head))


def _describe_unproven(unproven: UnprovenEntries) -> str:
    if unproven.count == 1:
        return f"The key does not prove entry {unproven.first:,}"
    return f"The key does not prove {unproven.count:,} entries from {unproven.first:,} to {unproven.last:,}"


def _explain_missing(wiring: Wiring) -> str:
    file = wiring.ledger_key_file
    where = f"Put {file} back" if file else "Set LEDGER_KEY to it"
    return f"{where}, or say --lost: then all entries until now are accepted as they are."


def _was_signed(wiring: Wiring) -> bool:
    last = ledger_tree.read_last_checkpoint(wiring.engine)
    return bool(ledger_tree.list_used_keys(wiring.engine)) or (last is not None and last.is_signed)


def _check_ledger(wiring: Wiring, keys: LedgerKeys) -> CheckedLedger:
    """Check the whole ledger, which takes as long as reading it."""
    try:
        return check_whole_ledger(wiring.engine, keys)
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}. {NO_KEY_HELPS}")


def _hand_over(wiring: Wiring, keys: LedgerKeys) -> None:
    """Put the keys into their file, or print the present one for the operator to set."""
    file, key = wiring.ledger_key_file, keys.current
    if key is None:
        return
    if file is not None:
        _replace_file(file, keys)
        print_text(f"The key in {file} begins after entry {key.since.seq}. {KEEP_A_COPY}")
        print_text("Restart serve and the workers: they read it when they start.")
        return
    click.echo(key.format())
    print_text(f"Set LEDGER_KEY to this for all processes, and restart them. {KEEP_A_COPY}", err=True)


def _replace_file(file: Path, keys: LedgerKeys) -> None:
    try:
        replace_key_file(file, keys)
    except UnusableKeyFile as error:
        raise click.ClickException(str(error)) from None
