"""Policies: which logs and witnesses are trusted, and who has to cosign a checkpoint (C2SP tlog-policy)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.evidence.public_keys import require_trustworthy_key
from reviews.evidence.signed_notes import (
    NoteError,
    SignatureKind,
    VerifierKey,
    parse_verifier_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MAX_POLICY_BYTES = 256 * 1024
MAX_OF_A_KIND = 60
"""Logs, witnesses and groups, of each so many: a note has at most 64 signatures."""
NO_QUORUM = "none"
_FORBIDDEN_OCTET = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile("[1-9][0-9]{0,2}")


class PolicyError(NoteError):
    """A policy is malformed; the message names the line."""


@dataclass(frozen=True, kw_only=True)
class PolicyLog:
    """A log whose checkpoints are accepted; its key's name is its origin."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyWitness:
    """A witness; its name has no meaning outside of the policy. `url` is its submission prefix, or empty."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyGroup:
    """Witnesses and groups, of which at least `threshold` have to have cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What makes a checkpoint valid. Groups stand in the order of the file, so none precedes its members."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: tuple[PolicyGroup, ...] = ()
    quorum: str = NO_QUORUM

    def is_met(self, cosigners: Collection[VerifierKey]) -> bool:
        """Return whether cosignatures by these keys are a quorum."""
        if self.quorum == NO_QUORUM:
            return True
        met = {witness.name for witness in self.witnesses if witness.key in cosigners}
        for group in self.groups:
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(group.name)
        return self.quorum in met


def parse_policy(data: bytes) -> Policy:
    """Parse a policy file; `PolicyError` for one that breaks a rule of the specification or a limit."""
    if len(data) > MAX_POLICY_BYTES:
        raise PolicyError(f"the policy is longer than {MAX_POLICY_BYTES} bytes")
    *lines, rest = data.split(b"\n")
    if rest:
        raise PolicyError(f"line {len(lines) + 1}: it does not end in a newline")
    reader = _PolicyReader()
    for number, line in enumerate(lines, start=1):
        try:
            reader.read_line(line)
        except NoteError as error:
            raise PolicyError(f"line {number}: {error}") from None
    return reader.build_policy()


@dataclass
class _PolicyReader:
    """Reads a policy line by line. Names are octets, as text with escapes where they are not UTF-8."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    grouped: set[str] = field(default_factory=set)
    quorum: str | None = None

    def read_line(self, line: bytes) -> None:
        if _FORBIDDEN_OCTET.search(line):
            raise PolicyError("it has a control character other than tab")
        items = [item.decode("utf-8", "surrogateescape") for item in line.split()]
        if not items or items[0].startswith("#"):
            return
        keyword, *values = items
        if keyword not in _LINE_KINDS:
            raise PolicyError("it is not a log, witness, group or quorum line, nor a comment")
        _LINE_KINDS[keyword](self, values)

    def build_policy(self) -> Policy:
        if self.quorum is None:
            raise PolicyError("the policy has no quorum line")
        return Policy(
            logs=tuple(self.logs),
            witnesses=tuple(self.witnesses),
            groups=tuple(self.groups),
            quorum=self.quorum,
        )

    def add_log(self, values: list[str]) -> None:
        if len(values) not in {1, 2}:
            raise PolicyError("a log line has a verifier key, and perhaps a URL")
        key = _parse_key(values[0], SignatureKind.ED25519, owner="log")
        _require_new_key(key, [log.key for log in self.logs], owner="log")
        self.logs.append(PolicyLog(key=key, url="".join(values[1:])))
        _require_limit(self.logs, "logs")

    def add_witness(self, values: list[str]) -> None:
        if len(values) not in {2, 3}:
            raise PolicyError("a witness line has a name, a verifier key, and perhaps a URL")
        key = _parse_key(values[1], SignatureKind.COSIGNATURE, owner="witness")
        _require_new_key(key, [witness.key for witness in self.witnesses], owner="witness")
        self._define(values[0])
        self.witnesses.append(PolicyWitness(name=values[0], key=key, url="".join(values[2:])))
        _require_limit(self.witnesses, "witnesses")

    def add_group(self, values: list[str]) -> None:
        if len(values) < 3:
            raise PolicyError("a group line has a name, a threshold and one member or more")
        name, threshold, *members = values
        for member in members:
            self._require_defined(member)
            if member in self.grouped:
                raise PolicyError(f"{show_name(member)} is listed as a member twice")
            self.grouped.add(member)
        count = _parse_threshold(threshold, len(members))
        self._define(name)
        self.groups.append(PolicyGroup(name=name, threshold=count, members=tuple(members)))
        _require_limit(self.groups, "groups")

    def set_quorum(self, values: list[str]) -> None:
        if len(values) != 1:
            raise PolicyError("a quorum line has one name")
        if self.quorum is not None:
            raise PolicyError("there is a quorum line already")
        if values[0] != NO_QUORUM:
            self._require_defined(values[0])
        self.quorum = values[0]

    def _define(self, name: str) -> None:
        if name == NO_QUORUM:
            raise PolicyError(f"{NO_QUORUM} names no witness and no group")
        if name in self.names:
            raise PolicyError(f"the name {show_name(name)} is defined already")
        self.names.add(name)

    def _require_defined(self, name: str) -> None:
        if name not in self.names:
            raise PolicyError(f"{show_name(name)} is not a witness or group of a line before")


_LINE_KINDS: dict[str, Callable[[_PolicyReader, list[str]], None]] = {
    "log": _PolicyReader.add_log,
    "witness": _PolicyReader.add_witness,
    "group": _PolicyReader.add_group,
    "quorum": _PolicyReader.set_quorum,
}


def show_name(name: str) -> str:
    """Return a name of a policy as text that can be printed, cut after 80 characters."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:80])


def _parse_key(text: str, kind: SignatureKind, *, owner: str) -> VerifierKey:
    key = parse_verifier_key(text)
    if key.kind is not kind:
        raise PolicyError(f"the key of a {owner} is of type {kind.value}, not {key.kind.value}")
    require_trustworthy_key(key.public_key)
    return key


def _require_new_key(key: VerifierKey, earlier: list[VerifierKey], *, owner: str) -> None:
    if any(key.public_key == each.public_key for each in earlier):
        raise PolicyError(f"another {owner} has the same public key")


def _require_limit(items: Collection[object], noun: str) -> None:
    if len(items) > MAX_OF_A_KIND:
        raise PolicyError(f"the policy has more than {MAX_OF_A_KIND} {noun}")


def _parse_threshold(text: str, count: int) -> int:
    if text in {"any", "all"}:
        return 1 if text == "any" else count
    if not _THRESHOLD.fullmatch(text) or int(text) > count:
        raise PolicyError(f"the threshold is not any, all or a number from 1 to {count}")
    return int(text)
