"""The files of a set-up: all of them are written, or none."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.settings.environment_file import UnusableFile, require_own_folder

if TYPE_CHECKING:
    from pathlib import Path

OWNER_ALONE = 0o600
DRAFT_ENDING = ".env"
"""What the name of each draft ends with: repositories ignore it, if a killed process leaves one there."""
_PERMISSIONS = 0o777


class NotWritten(Exception):
    """The files could not be written, and are as they were; the message says why in one line."""


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """The text that a file gets. A `private` one is its owner's alone; others keep their mode."""

    path: Path
    text: str
    private: bool = False


def write_files(files: list[NewFile]) -> None:
    """Write all files beside their places, then put each in its place.

    Nothing is written through a link, nor into a folder where others may prepare one.
    """
    drafts: list[tuple[Path, Path, bytes | None]] = []
    try:
        for each in files:
            target = each.path
            require_own_folder(target.parent)
            if target.is_symlink():
                raise NotWritten(f"{target} is a link, through which nothing is written; nothing was changed")
            _remove_abandoned_drafts(target)
            previous = target.read_bytes() if target.exists() else None
            drafts.append((_write_draft(each, target), target, previous))
        _replace_all(drafts)
    except UnusableFile as error:
        raise NotWritten(f"{error}; nothing was changed") from error
    except OSError as error:
        place = error.filename or files[0].path
        raise NotWritten(f"{place} can't be written ({error.strerror}); nothing was changed") from error
    finally:
        for draft, _, _ in drafts:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _remove_abandoned_drafts(target: Path) -> None:
    """Remove what a process that was killed has left: it holds secrets. Another one at work fails cleanly."""
    form = re.compile(rf"{re.escape(target.name)}\.[0-9a-f]{{16}}{re.escape(DRAFT_ENDING)}")
    for each in target.parent.iterdir():
        if form.fullmatch(each.name):
            each.unlink(missing_ok=True)


def _write_draft(file: NewFile, target: Path) -> Path:
    """Write a file beside its place, on disk before it is renamed; one that can't be written is removed."""
    draft = target.with_name(f"{target.name}.{secrets.token_hex(8)}{DRAFT_ENDING}")
    mode = OWNER_ALONE if file.private else _find_mode(target)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.text.encode())
            stream.flush()
            os.fsync(descriptor)
    except OSError as error:
        draft.unlink()
        raise OSError(error.errno, error.strerror, str(target)) from error
    return draft


def _find_mode(target: Path) -> int:
    """Return the mode of what is there; a new file has that of any program, less the umask."""
    return target.stat().st_mode & _PERMISSIONS if target.exists() else 0o666


def _replace_all(drafts: list[tuple[Path, Path, bytes | None]]) -> None:
    """Put the drafts in their places; after a failure, those that were replaced get their bytes back."""
    replaced: list[tuple[Path, bytes | None]] = []
    try:
        for draft, target, previous in drafts:
            draft.replace(target)
            replaced.append((target, previous))
    except OSError:
        for target, previous in replaced:
            if previous is None:
                target.unlink()
            else:
                target.write_bytes(previous)
        raise
