"""The file `.env` whose settings this process has taken into its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.settings.environment import publish, read_environment
from runtime.settings.environment_file import (
    ENVIRONMENT_FILE,
    UnusableFile,
    is_for_libraries,
    parse_environment_text,
    read_own_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class AdoptedFile:
    """The file of settings that this process has read: its path, its names, and why it can't be used.

    `is_shared` says that others on this machine may read it.
    """

    path: Path | None = None
    names: frozenset[str] = frozenset()
    problem: str = ""
    is_shared: bool = False


_adopted_file = AdoptedFile()


def adopt_environment_file(is_setting: Callable[[str], bool], path: Path = Path(ENVIRONMENT_FILE)) -> None:
    """Put the settings of a file into the environment, for this process and its child processes.

    What the environment has already takes precedence, also in the other form of a name (`<NAME>_FILE`).
    Other names than those of settings, and of a few that libraries read, are left out. `is_setting` is called
    with a name in upper case, without `_FILE`. Nothing happens without a file. One that can't be used is
    reported by `settings.load`, as some commands need no setting. Only the edge of a process calls this, so
    that no test reads the file of a developer.
    """
    try:
        own = read_own_text(path)
        if own is None:
            return
        lines = parse_environment_text(own.text, path)
    except UnusableFile as error:
        _adopted_file.path, _adopted_file.problem = path.absolute(), str(error)
        return
    present = {_find_owner(name) for name in read_environment()}
    taken = [name for name in lines if is_setting(_find_owner(name)) or is_for_libraries(name)]
    publish({name: lines[name] for name in taken if _find_owner(name) not in present})
    _adopted_file.path, _adopted_file.names = path.absolute(), frozenset(lines)
    _adopted_file.is_shared = own.is_shared


def _find_owner(name: str) -> str:
    """Return the setting that a name, or a name with `_FILE`, is of; ROUTES_FILE is one of its own."""
    upper = name.upper()
    return upper if upper == "ROUTES_FILE" else upper.removesuffix("_FILE")


def get_adopted_file() -> AdoptedFile:
    """Return the file of settings that this process has read."""
    return _adopted_file
