"""Files that a command writes for `--out`: as a whole or not at all, and only in the place of files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_MODE = 0o666
"""Less the umask, as any program creates files."""


class OutputFileParameter(click.Path):
    """Command-line type of a file to write. A name that means standard output elsewhere is refused."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value) in {"", "-"}:
            self.fail(f"{str(value)!r} is no name of a file", param, ctx)
        return super().convert(value, param, ctx)


def require_writable(file: Path) -> None:
    """Refuse what is there and is no regular file, such as a device; links are followed."""
    if file.exists() and not file.is_file():
        raise click.ClickException(f"can't write {clean_text(str(file))}: it is no regular file")


def write_whole_file(file: Path, parts: Iterable[bytes]) -> None:
    """Write a file, or leave what is there. A link stays, and what it leads to is written."""
    require_writable(file)
    target = Path(os.path.realpath(file))
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        try:
            with os.fdopen(descriptor, "wb") as lines:
                lines.writelines(parts)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"can't write {clean_text(str(file))}: {error.strerror}") from error
