"""The policy of `LEDGER_WITNESSES`: which witnesses are asked, and what a quorum of them is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_policy
from reviews.evidence.note_syntax import NoteError
from reviews.evidence.policies import (
    MAX_POLICY_BYTES,
    parse_policy,
    show_name,
)
from runtime.evidence.ledger_key import check_signature
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.settings.settings import UnusableSettings
from store.witnesses import read_witnessed_checkpoint

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa

    from reviews.evidence.policies import Policy, PolicyWitness
    from reviews.evidence.signed_notes import VerifierKey
    from runtime.settings.settings import Settings

_SETTING = "LEDGER_WITNESSES"


def load_witness_policy(settings: Settings) -> Policy | None:
    """Return the policy in the file that the setting names, or raise `UnusableSettings`."""
    path = settings.ledger_witnesses
    if not path:
        return None
    try:
        with Path(path).open("rb") as file:
            policy = parse_policy(file.read(MAX_POLICY_BYTES + 1))
    except OSError as error:
        raise UnusableSettings(f"{_SETTING}: can't read {path}: {error.strerror}") from None
    except NoteError as error:
        raise UnusableSettings(f"{_SETTING}: {path}: {error}") from None
    for witness in list_asked_witnesses(policy):
        if not _is_web_address(witness.url):
            name = show_name(witness.name)
            raise UnusableSettings(f"{_SETTING}: {path}: the URL of {name} is not an http or https address")
    return policy


def find_witnessed_note(engine: sa.Engine, policy: Policy | None, keys: Collection[VerifierKey]) -> str:
    """Return the last checkpoint that holds by the policy; raise `InvalidCheckpoint` if there is none.

    `keys` are this ledger's, for a policy that names no log.
    """
    if policy is None:
        raise InvalidCheckpoint("LEDGER_WITNESSES is not set")
    stored = read_witnessed_checkpoint(engine)
    if stored is None:
        raise InvalidCheckpoint(
            "no quorum of the witnesses has cosigned one; docspace-review doctor says why"
        )
    try:
        verify_checkpoint_by_policy(stored.note, policy, check_signature, keys=keys)
    except NoteError as error:
        raise InvalidCheckpoint(f"the stored one does not hold by the policy: {error}") from None
    return stored.note


def list_asked_witnesses(policy: Policy | None) -> list[PolicyWitness]:
    """Return the witnesses that have a URL; the others count in verification only."""
    return [witness for witness in policy.witnesses if witness.url] if policy else []


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and not (parts.query or parts.fragment)
    return has_host and is_plain and parts.scheme in {"http", "https"}
