"""A pack's folder appears as a whole or not at all, and reading one never leaves it."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtime.evidence.disk import sync_to_disk
from runtime.pack.new_folder import FolderRefused, create_folder, require_free
from runtime.pack.opened_folder import PackInvalid, open_pack

if TYPE_CHECKING:
    from collections.abc import Callable

TWO_FILES = {"a.txt": b"one\n", "more/b.txt": b"two\n"}
KILLED = """
import os, signal, sys
from pathlib import Path
from runtime.pack.new_folder import create_folder
with create_folder(Path(sys.argv[1])) as folder:
    folder.write_file("a.txt", [b"one"])
    os.kill(os.getpid(), signal.Signals[sys.argv[2]])
"""


def write_folder(target: Path, files: dict[str, bytes] = TWO_FILES) -> Path:
    with create_folder(target) as folder:
        for name, content in files.items():
            folder.write_file(name, [content])
    return target


def test_a_folder_has_its_files_and_the_sums_of_them(tmp_path: Path) -> None:
    pack = write_folder(tmp_path / "pack")

    check = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],  # noqa: S607 - whichever this machine has
        cwd=pack,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (check.returncode, check.stdout) == (0, "a.txt: OK\nmore/b.txt: OK\n")
    assert open_pack(pack).names == set(TWO_FILES)
    assert list(tmp_path.iterdir()) == [pack]


def test_a_folder_is_checked_as_a_whole_before_it_has_its_name(tmp_path: Path) -> None:
    checked: list[bool] = []

    def refuse(path: Path) -> None:
        checked.append(bool(open_pack(path).names) and not (tmp_path / "pack").exists())
        raise PackInvalid("it does not hold")

    with pytest.raises(PackInvalid), create_folder(tmp_path / "pack", check=refuse) as folder:
        folder.write_file("a.txt", [b"one"])

    assert (checked, list(tmp_path.iterdir())) == ([True], [])


def test_a_folder_is_on_the_disk_as_a_whole_before_it_has_its_name(tmp_path: Path) -> None:
    target, early, late = tmp_path / "pack", set[str](), set[str]()

    def sync(path: Path) -> None:
        sync_to_disk(path)
        (late if target.exists() else early).add(path.name)

    with create_folder(target, sync=sync) as folder:
        folder.write_file("a.txt", [b"one"])
        folder.write_file("more/b.txt", [b"two"])

    [itself] = early - {"a.txt", "SHA256SUMS", "more", "b.txt"}
    assert itself.endswith(".part")
    assert len(early) == 5
    assert late == {tmp_path.name}


def test_a_folder_that_does_not_reach_the_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error", path)

    with pytest.raises(OSError, match="Input/output"), create_folder(tmp_path / "pack", sync=fail) as folder:
        folder.write_file("a.txt", [b"one"])

    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    pack = write_folder(tmp_path / "pack")

    modes = {stat.S_IMODE(each.stat().st_mode) for each in (pack, pack / "more")}
    assert modes == {0o700}
    assert {stat.S_IMODE(each.stat().st_mode) for each in pack.rglob("*.txt")} == {0o600}


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "pack"
    target.mkdir(0o755)

    write_folder(target)

    assert (target / "a.txt").read_bytes() == b"one\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o700


def test_what_goes_wrong_leaves_nothing(tmp_path: Path) -> None:
    def fail_midway() -> None:
        with create_folder(tmp_path / "pack") as folder:
            folder.write_file("a.txt", [b"one"])
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail_midway()

    assert list(tmp_path.iterdir()) == []


def run_ended_by(name: str, target: Path) -> int:
    """Return the exit code of a process that gets a signal while it writes a folder."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(target), name],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},  # noqa: TID251 - that of the tests
    ).returncode


def test_a_process_that_is_asked_to_end_leaves_nothing(tmp_path: Path) -> None:
    assert run_ended_by("SIGTERM", tmp_path / "pack") == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_the_signal_means_what_it_meant_before_once_the_folder_is_written(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    write_folder(tmp_path / "pack")

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_folder_can_be_written_by_any_thread(tmp_path: Path) -> None:
    """Only the main one can do something about a signal."""
    thread = threading.Thread(target=write_folder, args=(tmp_path / "pack",))
    thread.start()
    thread.join()

    assert (tmp_path / "pack" / "SHA256SUMS").exists()


def test_a_process_that_is_killed_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    assert run_ended_by("SIGKILL", tmp_path / "pack") == -signal.SIGKILL
    [left] = tmp_path.iterdir()
    assert left.name.startswith(".pack.")
    assert left.name.endswith(".part")


def test_a_folder_that_was_filled_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "pack"

    def fill_meanwhile() -> None:
        with create_folder(target) as folder:
            folder.write_file("a.txt", [b"one"])
            target.mkdir()
            (target / "theirs").write_bytes(b"theirs")

    with pytest.raises(OSError, match="not empty"):
        fill_meanwhile()

    assert [each.name for each in tmp_path.rglob("*")] == ["pack", "theirs"]


@pytest.mark.parametrize(
    ("put", "says"),
    [
        (lambda target: target.write_bytes(b""), "it is there already, and is no folder"),
        (lambda target: (target.mkdir(), (target / "x").write_bytes(b"")), "it is there already, and is not"),
        (lambda target: target.symlink_to("/nowhere"), "it is a link"),
        (lambda target: target.symlink_to(target.parent), "it is a link"),
        (os.mkfifo, "it is there already, and is no folder"),
    ],
)
def test_what_is_in_the_place_of_a_folder_is_refused(
    tmp_path: Path, put: Callable[[Path], object], says: str
) -> None:
    put(tmp_path / "pack")

    with pytest.raises(FolderRefused, match=says):
        require_free(tmp_path / "pack")


def test_a_mount_point_is_refused() -> None:
    with pytest.raises(FolderRefused, match="it is a mount point, which no folder can replace"):
        require_free(Path("/"))


def test_nothing_and_an_empty_folder_are_free(tmp_path: Path) -> None:
    require_free(tmp_path / "pack")
    require_free(tmp_path)


# Reading


def add_to_sums(pack: Path, line: str) -> None:
    sums = pack / "SHA256SUMS"
    sums.write_text(sums.read_text() + line)


SUM = "0" * 64


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda pack: (pack / "a.txt").write_bytes(b"One\n"),
            "a.txt was changed: its SHA-256 is not the one",
        ),
        (lambda pack: (pack / "a.txt").unlink(), "a.txt is missing"),
        (lambda pack: (pack / "SHA256SUMS").unlink(), "SHA256SUMS is missing: the folder is no pack"),
        (lambda pack: (pack / "c\x1b.txt").write_bytes(b""), r"'c\\x1b.txt' is not one of the files that"),
        (lambda pack: (pack / "d").symlink_to("/etc/passwd"), "'d' is a link, which no pack has"),
        (lambda pack: (pack / "d").symlink_to(pack / "more"), "'d' is a link, which no pack has"),
        (lambda pack: os.mkfifo(pack / "d"), "'d' is no regular file"),
        (lambda pack: (pack / "d").mkdir(), "'d' is an empty folder, which no pack has"),
        (lambda pack: (pack / "more" / "deeper").mkdir(), "'more/deeper' is no regular file"),
        (
            lambda pack: add_to_sums(pack, f"{SUM}  ../pack/a.txt\n"),
            "line 3 of SHA256SUMS names '../pack/a.txt'",
        ),
        (lambda pack: add_to_sums(pack, f"{SUM}  /etc/passwd\n"), "line 3 of SHA256SUMS names '/etc/passwd'"),
        (
            lambda pack: add_to_sums(pack, f"{SUM}  more/../a.txt\n"),
            "names 'more/../a.txt', which no pack has",
        ),
        (lambda pack: add_to_sums(pack, f"{SUM}  a.txt\n"), "SHA256SUMS names a.txt twice"),
        (lambda pack: add_to_sums(pack, f"{SUM}  a.txt\r\n"), "line 3 of SHA256SUMS ends in CRLF"),
        (
            lambda pack: add_to_sums(pack, f"{SUM}  a.txt"),
            "line 3 of SHA256SUMS is not a SHA-256, two spaces",
        ),
        (
            lambda pack: add_to_sums(pack, f"{SUM} *a.txt\n"),
            "line 3 of SHA256SUMS is not a SHA-256, two spaces",
        ),
        (
            lambda pack: add_to_sums(pack, "x" * 10_000_000),
            "line 3 of SHA256SUMS is not a SHA-256, two spaces",
        ),
        (
            lambda pack: (pack / "SHA256SUMS").write_bytes(b"\xff" * 80),
            "line 1 of SHA256SUMS is not a SHA-256",
        ),
    ],
)
def test_the_first_file_that_is_not_as_it_was_written_is_named(
    tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    pack = write_folder(tmp_path / "pack")
    spoil(pack)

    with pytest.raises(PackInvalid, match=says):
        open_pack(pack)
