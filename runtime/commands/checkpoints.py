"""The commands `ledger checkpoint` and `ledger key`: what is signed of the ledger, and by which key."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.ledger_entries import format_moment
from runtime.commands.shared import json_option, open_wiring, print_json
from runtime.evidence.fault_search import find_first_fault
from runtime.evidence.key_file import replace_key_file
from runtime.evidence.key_source import create_missing_key, find_origin
from runtime.evidence.ledger_key import KEY_MISSING, make_ledger_key
from store import chain, ledger_tree

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import Head
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.wiring.wiring import Wiring

KEEP_A_COPY = "Keep a copy of it in another place, and not with the backups of the database."


def prepare_ledger_key(wiring: Wiring) -> None:
    """Create the key of a SQLite database at its first start, and say where it is."""
    if create_missing_key(wiring.engine, wiring.ledger_key_file):
        click.echo(f"The key that signs the ledger is in {wiring.ledger_key_file}. {KEEP_A_COPY}")


@click.command()
@json_option
def checkpoint(*, as_json: bool) -> None:
    """Print the last checkpoint: the signed root of the tree of all entries, as a C2SP signed note.

    Exit code 1 if something keeps it from covering the entries since then.
    """
    engine = open_wiring().engine
    last, fault = ledger_tree.read_last_checkpoint(engine), ledger_tree.read_fault(engine)
    if as_json:
        print_json({"checkpoint": last.note if last else None, "problem": fault.reason if fault else None})
    elif last is not None:
        click.echo(last.note, nl=False)
    else:
        click.echo("There is no checkpoint yet: a worker makes one within two seconds of an entry.", err=True)
    if fault is not None:
        click.echo(f"No checkpoint covers entry {fault.entry} and later ones: {fault.reason}.", err=True)
    click.get_current_context().exit(0 if last and not fault else 1)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def key(context: click.Context, *, as_json: bool) -> None:
    """Print the keys by which others verify checkpoints, the present one first."""
    if context.invoked_subcommand:
        return
    wiring = open_wiring()
    current = wiring.ledger_keys.current
    present = str(current.build_verifier_key(find_origin(wiring.settings))) if current else None
    used_keys = ledger_tree.list_used_keys(wiring.engine)
    if as_json:
        used = [{"key": each.key, "since": each.since, "at": format_moment(each.at)} for each in used_keys]
        print_json({"key": present, "used": used})
    else:
        for each in dict.fromkeys([*([present] if present else []), *(used.key for used in used_keys)]):
            click.echo(each)
    if present is None:
        click.echo(f"No key is set: {KEY_MISSING}.", err=True)
        context.exit(1)


@key.command()
def new() -> None:
    """Make a new key, which begins after the last entry."""
    wiring = open_wiring()
    keys = wiring.ledger_keys
    fault = find_first_fault(wiring.engine, keys)
    if fault is not None:
        click.echo(f"No key was made, since {fault}.", err=True)
        click.echo("docspace-review ledger key accept accepts the entries as they are.", err=True)
        click.get_current_context().exit(1)
    _hand_over(wiring, keys.change(make_ledger_key(_read_head(wiring), secrets.token_urlsafe)))
    if keys.current is not None and wiring.ledger_key_file is None:
        click.echo(
            "Put the present key into LEDGER_KEY_PREVIOUS until all processes have the new one.", err=True
        )


@key.command()
@click.option("--yes", is_flag=True, help="Accept them; otherwise the first one is only shown.")
def accept(*, yes: bool) -> None:
    """Let the key begin after the last entry: all entries until now are accepted as they are.

    For entries that were written without the key while it was set up.
    """
    wiring = open_wiring()
    keys = wiring.ledger_keys
    if keys.current is None:
        raise click.ClickException(KEY_MISSING)
    fault = find_first_fault(wiring.engine, keys)
    if fault is None:
        click.echo("Each entry has its MAC: there is nothing to accept.")
        return
    head = _read_head(wiring)
    click.echo(f"The first entry that the key does not prove: {fault}.", err=True)
    if not yes:
        click.echo(f"Say --yes to accept all entries up to {head.seq:,} as they are.", err=True)
        click.get_current_context().exit(1)
    _hand_over(wiring, keys.begin_after(head))


def _hand_over(wiring: Wiring, keys: LedgerKeys) -> None:
    """Put the keys into their file, or print the present one for the operator to set."""
    file, key = wiring.ledger_key_file, keys.current
    if key is None:
        return
    if file is not None:
        replace_key_file(file, keys)
        click.echo(f"The key in {file} begins after entry {key.since.seq}. {KEEP_A_COPY}")
        click.echo("Restart serve and the workers: they read it when they start.")
        return
    click.echo(key.format())
    click.echo(f"Set LEDGER_KEY to this for all processes, and restart them. {KEEP_A_COPY}", err=True)


def _read_head(wiring: Wiring) -> Head:
    try:
        return chain.read_pinned_head(wiring.engine)
    except LedgerBroken as error:
        raise click.ClickException(str(error)) from None
