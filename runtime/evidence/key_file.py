"""The file of the ledger's key beside a SQLite database, for its owner alone.

Its first line is the key; the second, if there is one, the key before, while processes may still use that.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.evidence.disk import sync_to_disk
from runtime.evidence.ledger_key import LedgerKeys, parse_ledger_key
from store.private_files import OWNER_ALONE

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDING = ".ledger-key"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}
"""Errors of file systems without hard links."""


class UnusableKeyFile(Exception):
    """The file of the key can't be read or written; the message says why."""


def find_key_file(database: Path) -> Path:
    """Return where the key of a SQLite file is or would be; links to either are followed."""
    return Path(os.path.realpath(f"{os.path.realpath(database)}{ENDING}"))


def read_key_file(file: Path) -> LedgerKeys:
    """Return the keys in a file; none where there is no file."""
    try:
        if file.exists() and not file.is_file():
            raise UnusableKeyFile(f"can't read the ledger's key in {file}: it is no file")
        lines = file.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return LedgerKeys()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableKeyFile(f"can't read the ledger's key in {file}: {_explain(error)}") from None
    try:
        keys = [parse_ledger_key(line) for line in lines]
    except ValueError as error:
        raise UnusableKeyFile(f"{file} {error}") from None
    if not 1 <= len(keys) <= 2:
        raise UnusableKeyFile(f"{file} has {len(keys)} lines instead of the key, and perhaps the one before")
    return LedgerKeys(current=keys[0], previous=keys[1] if len(keys) > 1 else None)


def create_key_file(file: Path, keys: LedgerKeys) -> bool:
    """Write a file that is not there yet; return `False` where another process was first."""
    with _write_beside(file, keys) as temporary:
        try:
            os.link(temporary, file)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS or file.exists():
                raise
            temporary.replace(file)
    return True


def replace_key_file(file: Path, keys: LedgerKeys) -> None:
    """Put other keys in the place of those in a file, all at once."""
    with _write_beside(file, keys) as temporary:
        temporary.replace(file)


@contextmanager
def _write_beside(file: Path, keys: LedgerKeys) -> Iterator[Path]:
    """Yield a file beside it with the keys, which is gone afterwards; raise `UnusableKeyFile` if it fails."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)  # of a process that was killed
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as lines:
                lines.writelines(f"{key.format()}\n" for key in keys.all)
                lines.flush()
                os.fsync(lines.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)
        sync_to_disk(file.parent)
    except OSError as error:
        raise UnusableKeyFile(f"can't write the ledger's key to {file}: {_explain(error)}") from None


def _explain(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is not text"
