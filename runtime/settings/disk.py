"""Whether a SQLite file is on a disk where SQLite works safely."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.s3fs"}
)
MOUNTS = Path("/proc/mounts")

# The variable that each platform sets for every process, and the platform's name.
_NO_DISK = {"DYNO": "Heroku", "K_SERVICE": "Cloud Run", "VCAP_APPLICATION": "Cloud Foundry"}
_NO_DISK_UNLESS_ADDED = {"FLY_APP_NAME": "Fly.io", "RAILWAY_PROJECT_ID": "Railway", "RENDER": "Render"}


def explain_unsuitable_disk(
    file: Path, *, setting: Callable[[str], str], mounts: Path = MOUNTS
) -> str | None:
    """Return why SQLite must not be used for this file, or `None` if there is no known reason.

    `setting` returns what the platform has set.
    """
    point, kind = _find_mount(_resolve_links(file).parent, mounts)
    for name, platform in _NO_DISK.items():
        if setting(name):
            return f"{_describe_lost_disk(platform)}: add a PostgreSQL and let DATABASE_URL name it"
    for name, platform in _NO_DISK_UNLESS_ADDED.items():
        if setting(name) and point == Path("/"):
            return (
                f"{_describe_lost_disk(platform)}: let it name a file on a volume that you add, or add a "
                "PostgreSQL and let DATABASE_URL name that"
            )
    if kind in _NETWORK:
        return (
            f"{file} is on a network file system ({kind}), where SQLite's locks do not hold: use a local disk"
        )
    return None


def _resolve_links(file: Path) -> Path:
    """Return the real path of the file, as far as its links can be resolved."""
    try:
        return file.resolve()
    except (OSError, RuntimeError):
        return file.absolute()


def _describe_lost_disk(platform: str) -> str:
    return f"a file on {platform}'s disk is lost at every restart, and the ledger with it"


def _find_mount(folder: Path, mounts: Path) -> tuple[Path | None, str]:
    """Return the mount point of the folder's file system and its type, if the system reports them."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None, ""
    fields = [line.split()[1:3] for line in lines if len(line.split()) >= 3]
    named = [(Path(_unescape_name(point)), kind) for point, kind in fields]
    holding = [(point, kind) for point, kind in named if folder.is_relative_to(point)]
    # Of several on the same mount point, the one mounted last is on top.
    return max(reversed(holding), key=lambda pair: len(pair[0].parts), default=(None, ""))


def _unescape_name(mount_point: str) -> str:
    """Undo the kernel's escapes of spaces, tabs, line breaks and backslashes in a name."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), mount_point)
