"""Files with an exported ledger of ten entries, and what `ledger verify` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.evidence.signers import LOG
from tests.runtime.command import CommandResult, run_command
from tests.runtime.exported_ledger import make_exported_ledger

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = 10
LEDGER = make_exported_ledger(ENTRIES)
LINES = LEDGER.lines
KEY = str(LOG.verifier_key)
HEAD = f"{ENTRIES} {LEDGER.heads[-1].hash}"


class ExportedFiles:
    """A folder with files, which are verified with no database anywhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, content: bytes) -> str:
        file = self._folder / name
        file.write_bytes(content)
        return str(file)

    def verify(self, lines: list[bytes], *arguments: str, checkpoint: bytes | None = None) -> CommandResult:
        options = list(arguments)
        if checkpoint is not None:
            options += ["--checkpoint", self.write("checkpoint", checkpoint)]
        file = self.write("ledger.jsonl", b"".join(lines))
        return run_command(["ledger", "verify", file, *options], DATABASE_URL="nonsense")


def assert_refused(done: CommandResult, says: str, *, result: str = "The ledger is not intact") -> None:
    """The result is one sentence that says this, and exit code 1."""
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(f"{result}: ")
    assert says in done.out
    assert done.out.count("\n") == 1
