"""Conditions that the witnesses of the ledger report, or that they are silent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.evidence.policies import show_name
from reviews.monitoring.alarms import Condition
from runtime.evidence.witness_policy import list_asked_witnesses
from store.witnesses import read_states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.wiring.wiring import Wiring
    from store.witnesses import WitnessState

SILENT_AFTER = timedelta(days=1)


def refusing_witnesses(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for each witness by whose memory the ledger was rewritten or is shorter."""
    for name, state in _read_witness_states(wiring):
        if state is not None and state.refusal:
            yield Condition(
                key=f"witness:{name}",
                sentence=f"The witness {name} refuses the ledger: {state.refusal}",
                remedy="Compare it with a checkpoint that is stored elsewhere: docspace-review ledger verify "
                "--checkpoint FILE; the page on the ledger says what to do",
            )


def silent_witnesses(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition if no witness has given an answer that counts for a day."""
    states = [state for _, state in _read_witness_states(wiring)]
    failures = [state.failure for state in states if state and _is_silent(state, now)]
    if failures and len(failures) == len(states):
        yield Condition(
            key="witnesses",
            sentence=f"No witness has cosigned or refused the ledger for a day: {failures[0]}",
            remedy="docspace-review doctor says what each of them answers",
        )


def _is_silent(state: WitnessState, now: datetime) -> bool:
    return state.failing_since is not None and state.failing_since <= now - SILENT_AFTER


def _read_witness_states(wiring: Wiring) -> list[tuple[str, WitnessState | None]]:
    """Return the states of the witnesses that are asked, with their names in the policy."""
    asked = list_asked_witnesses(wiring.witness_policy)
    states = read_states(wiring.engine) if asked else {}
    return [(show_name(witness.name), states.get(str(witness.key))) for witness in asked]
