"""Whether a SQLite file stands where SQLite keeps its promises."""

from __future__ import annotations

from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.s3fs"}
)
MOUNTS = Path("/proc/mounts")


def why_not(file: Path, *, ephemeral: bool, mounts: Path = MOUNTS) -> str | None:
    """Return why SQLite must not be used for this file, or `None`; only what can be told is told."""
    if ephemeral:
        return (
            "this platform's disk is lost at every restart, and the record with it: "
            "add a PostgreSQL and let DATABASE_URL name it"
        )
    kind = _file_system(file.absolute().parent, mounts)
    if kind in _NETWORK:
        return (
            f"{file} is on a network file system ({kind}), where SQLite's locks do not hold: use a local disk"
        )
    return None


def _file_system(folder: Path, mounts: Path) -> str | None:
    """Return the type of the file system that holds the folder, where the system says so."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    found = [line.split()[1:3] for line in lines if len(line.split()) >= 3]
    holding = [(point, kind) for point, kind in found if folder.is_relative_to(point.replace("\\040", " "))]
    return max(holding, key=lambda pair: len(pair[0]))[1] if holding else None
