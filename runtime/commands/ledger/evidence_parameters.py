"""What `ledger verify` takes: the file, and what was stored elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypedDict

import click

from reviews.evidence.policies import MAX_POLICY_BYTES, Policy, parse_policy
from reviews.evidence.signed_notes import NoteError, VerifierKey, parse_verifier_key
from reviews.ledger.hash_chain import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509


class Evidence(TypedDict):
    """What was stored elsewhere, and whom to trust about it."""

    saved_heads: tuple[Head, ...]
    checkpoint_file: BinaryIO | None
    keys: tuple[tuple[VerifierKey, ...], ...]
    policy: Policy | None
    timestamp_file: BinaryIO | None
    tsa_certificates: tuple[x509.Certificate, ...] | None
    export_file: BinaryIO | None


class SingleOption(click.Option):
    """Option that can be given once; click itself would take the last of several."""

    def __init__(self, param_decls: Sequence[str], **attrs: Any) -> None:
        super().__init__(param_decls, multiple=True, **attrs)

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        if isinstance(value, list) and len(value) > 1:
            raise click.UsageError(f"{self.opts[0]} can be given once", ctx)
        values = super().process_value(ctx, value)
        return values[0] if values else None


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
            if any(line.startswith("#") for line in value.splitlines()):
                self.fail("it has lines that begin with #: give one line of it without #", param, ctx)
            self.fail(f"{value!r} is not a key as ledger key prints it: {error}", param, ctx)
        if not keys:
            self.fail("it is empty, and not a key as ledger key prints it", param, ctx)
        return keys


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


class CertificatesParameter(click.ParamType["tuple[x509.Certificate, ...]"]):
    """Command-line type of a file with certificates in PEM."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[x509.Certificate, ...]:
        from runtime.evidence.timestamps import (  # noqa: PLC0415 - it loads what reads certificates
            MAX_CERTIFICATES_BYTES,
            parse_certificates,
        )

        try:
            with Path(value).open("rb") as file:
                return parse_certificates(file.read(MAX_CERTIFICATES_BYTES + 1))
        except OSError as error:
            self.fail(f"can't read {value!r}: {error.strerror}", param, ctx)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
