"""The ledger's key, and whether checkpoints cover the ledger."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.evidence.policies import show_name
from runtime.doctor.database import has_database
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.evidence.key_source import find_origin
from runtime.evidence.ledger_key import MAKES_LEDGER_KEY
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_note_of
from runtime.evidence.witness_policy import list_asked_witnesses
from store import chain, ledger_tree
from store.migrate import UnusableTables, require_current
from store.private_files import find_shared_files
from store.witnesses import read_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from store.ledger_tree import StoredCheckpoint
    from store.witnesses import WitnessState

KEY, CHECKPOINTS = "ledger key", "ledger checkpoints"
WITNESSES = "ledger witnesses"
MAX_DELAY = timedelta(minutes=1)
MAKES_CHECKPOINTS = "start docspace-review serve, or the worker, which makes them; its log says what keeps it"
MAKE_KEY = f"set LEDGER_KEY for all processes: {MAKES_LEDGER_KEY}"


def check_key(wiring: Wiring) -> Iterator[Finding]:
    """Report whether there is a key, and a file of it that others can read or that is missing."""
    if not has_ledger_tables(wiring):
        return
    key, file = wiring.ledger_keys.current, wiring.ledger_key_file
    if key is not None:
        since = f", for the entries after {key.since.seq:,}" if key.since.seq else ""
        yield report_ok(KEY, f"it is in {file or 'LEDGER_KEY'}{since}")
        if file is not None and find_shared_files(file):
            message = f"other users of this machine may read or change {file}"
            yield report_warning(KEY, message, f"chmod 600 {shlex.quote(str(file))}")
        if wiring.ledger_keys.previous is not None:
            retire = "run docspace-review ledger key retire" if file else "remove LEDGER_KEY_PREVIOUS"
            message = "the key before still makes MACs and signs"
            yield report_warning(KEY, message, f"{retire} when all processes have the present one")
    elif ledger_tree.list_used_keys(wiring.engine):
        message = "the key that has signed the ledger is missing, so nothing more is signed"
        where = f"put {file} back from its copy" if file else "set LEDGER_KEY to it for all processes"
        lost = "if it is lost, docspace-review ledger key new --lost makes another"
        yield report_error(KEY, message, f"{where}; {lost}")
    else:
        message = "there is none: checkpoints are not signed, and entries by other programs are not noticed"
        make_key = "run docspace-review migrate, which makes one" if file else MAKE_KEY
        yield report_warning(KEY, message, make_key)


def check_origin(wiring: Wiring) -> Iterator[Finding]:
    """Warn of a ledger that is named after this machine: the name is part of the key that others keep."""
    settings = wiring.settings
    if wiring.ledger_keys.all and not settings.ledger_origin and not settings.public_url:
        message = (
            f"the ledger is called {find_origin(settings)}, since neither LEDGER_ORIGIN nor PUBLIC_URL is set"
        )
        remedy = "set LEDGER_ORIGIN, as in example.com/reviews, before others keep its verifier key"
        yield report_warning("setting LEDGER_ORIGIN", message, remedy)


def check_checkpoints(wiring: Wiring) -> Iterator[Finding]:
    """Report what keeps checkpoints from covering the ledger's last entries."""
    if not has_ledger_tables(wiring):
        return
    last, fault = ledger_tree.read_last_with_fault(wiring.engine)
    end = chain.read_pinned_head(wiring.engine).seq
    if fault is not None:
        message = f"none covers entry {fault.entry:,} and later ones: {fault.reason}"
        yield report_error(
            CHECKPOINTS, message, "docspace-review ledger verify names what does not hold; see docs/ledger.md"
        )
    elif last is not None:
        yield _report_last(wiring, last, end)
    elif end:
        yield report_warning(CHECKPOINTS, f"none covers the {end:,} entries", MAKES_CHECKPOINTS)


def _report_last(wiring: Wiring, last: StoredCheckpoint, end: int) -> Finding:
    """Report whether the last checkpoint holds, and whether later entries have waited for long."""
    try:
        verify_note_of(last, wiring.ledger_keys)
    except InvalidCheckpoint as error:
        return report_error(CHECKPOINTS, f"the last one does not hold: {error}", MAKES_CHECKPOINTS)
    if last.size < end and wiring.clock() - last.at > MAX_DELAY:
        message = f"the last one covers entry {last.size:,}, and the ledger goes on to entry {end:,}"
        return report_warning(CHECKPOINTS, message, MAKES_CHECKPOINTS)
    return report_ok(CHECKPOINTS, f"the last one covers the ledger up to entry {last.size:,}")


def check_witnesses(wiring: Wiring) -> Iterator[Finding]:
    """Report what each witness has cosigned, refused or failed to answer."""
    policy = wiring.witness_policy
    if policy is None or not has_ledger_tables(wiring):
        return
    keys, log_keys = wiring.list_verifier_keys(), [log.key for log in policy.logs]
    if not keys:
        message = "no witness is asked: without a key checkpoints are not signed, and can't be cosigned"
        yield report_warning(WITNESSES, message, MAKE_KEY)
    elif log_keys and not set(keys) & set(log_keys):
        message = "the policy names logs, and this ledger is none of them, so no checkpoint holds by it"
        yield report_warning(
            WITNESSES, message, "add its line: log, and what docspace-review ledger key prints"
        )
    asked = list_asked_witnesses(policy)
    if not asked:
        message = "no witness is asked: none has an address in the policy"
        yield report_warning(WITNESSES, message, "put the address behind the key of a witness's line")
    states = read_states(wiring.engine)
    for witness in asked:
        yield _report_witness(f"witness {show_name(witness.name)}", states.get(str(witness.key)))


def _report_witness(about: str, state: WitnessState | None) -> Finding:
    if state is None:
        return report_warning(about, "it was not asked yet", "a worker asks it: see whether one is running")
    if state.refusal:
        message = f"it refuses the ledger: {state.refusal}"
        return report_error(about, message, "see docs/ledger.md, Witnesses: what a refusal means")
    if state.failure:
        since = f"since {state.failing_since:%Y-%m-%d %H:%M} UTC"
        return report_warning(about, f"{state.failure}, {since}", "it is asked again every ten minutes")
    return report_ok(about, f"it has cosigned the ledger up to entry {state.size:,}")


def has_ledger_tables(wiring: Wiring) -> bool:
    """Return whether the tables can be read; what keeps them from that is reported already."""
    if not has_database(wiring):
        return False
    try:
        require_current(wiring.engine)
    except UnusableTables:
        return False
    return True
