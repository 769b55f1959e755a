"""The file `.env` of the working folder: what it sets, and what takes precedence over it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from runtime.settings.environment_file import UnusableFile, read_own_text
from tests.journeys import commands
from tests.journeys.installation import COMMAND_SECONDS
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUTE = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]'
ROUTES = f"'{ROUTE}'"


class Folder:
    """A folder with settings in its file, and in the environment of a shell there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, text: str, mode: int = 0o600, **environment: str) -> Any:
        (self.path / ".env").write_text(text)
        (self.path / ".env").chmod(mode)
        shell = {"PATH": os.defpath, "HOME": str(self.path), **environment}
        command = ["docspace-review", *arguments]
        return commands.run(command, folder=self.path, environment=shell, within=COMMAND_SECONDS)

    def find_address(self, **content: Any) -> str:
        """Return the address of the manifest, which is PUBLIC_URL."""
        done = self.run("slack", "manifest", **content)
        assert done.returncode == 0, done.stderr
        address: str = json.loads(done.stdout)["settings"]["interactivity"]["request_url"]
        return address.removesuffix("/slack/events")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_its_settings_are_those_of_the_command(folder: Folder) -> None:
    assert (
        folder.find_address(text=f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\n")
        == "https://file.example"
    )


def test_the_environment_takes_precedence_in_each_form_of_a_name(folder: Folder) -> None:
    text = f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\n"
    (folder.path / "address").write_text("https://other.example")

    assert folder.find_address(text=text, PUBLIC_URL="https://shell.example") == "https://shell.example"
    assert folder.find_address(text=text, public_url="https://shell.example") == "https://shell.example"
    assert folder.find_address(text=text, PUBLIC_URL_FILE="address") == "https://other.example"


def test_a_dollar_is_a_dollar(folder: Folder) -> None:
    text = f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\nSLACK_COMMAND='/a${{HOME}}'\n"

    done = folder.run("slack", "manifest", text=text.replace("HOME", "home"))

    assert json.loads(done.stdout)["features"]["slash_commands"][0]["command"] == "/a${home}"


def test_a_line_that_is_none_stops_what_needs_settings_and_nothing_else(folder: Folder) -> None:
    broken = folder.run("doctor", text="# ours\nPORT 3000 s3cr3t\n")
    version = folder.run("--version", text="# ours\nPORT 3000\n")

    assert broken.returncode == 1
    assert ".env: line 2 is no setting: write NAME='value'" in broken.stdout
    assert "s3cr3t" not in broken.stdout + broken.stderr
    assert (version.returncode, version.stderr) == (0, "")


def test_a_mark_of_an_editor_and_of_a_name_in_lower_case_hide_no_setting(folder: Folder) -> None:
    text = f"\ufeffpublic_url=https://file.example\r\nROUTES={ROUTES}\r\n"

    assert folder.find_address(text=text) == "https://file.example"


def test_no_name_but_those_of_settings_and_of_a_few_libraries_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "LD_PRELOAD=/x.so\nPYTHONPATH=/x\nPATH=/x\nPGSSLMODE=require\nhttps_proxy=http://p:1\n"
        "SLACK_COMMAND=/x\nSLACK_BOT_TOKEN_FILE=t\nAPPRISE_OPS=json://x\nPOSTGRES_PASSWORD=p\n"
    )
    script = (
        "from runtime.settings import adopted_file, settings; import os; "
        "adopted_file.adopt_environment_file(settings.is_setting); "
        "print(*os.environ)"
    )

    printed = subprocess.check_output(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, text=True
    )

    assert set(printed.split()) - {"LC_CTYPE", "PWD"} == {
        "PYTHONPATH", "PGSSLMODE", "https_proxy", "SLACK_COMMAND", "SLACK_BOT_TOKEN_FILE", "APPRISE_OPS",
    }  # fmt: skip


def test_the_doctor_reports_a_misspelled_name_in_it(folder: Folder) -> None:
    done = folder.run("doctor", text=f"ROUTES={ROUTES}\nSLACK_BOT_TOKN=x\n")

    assert "SLACK_BOT_TOKN: there is no such setting → is SLACK_BOT_TOKEN meant?" in done.stdout


def test_what_another_could_have_written_is_not_read(tmp_path: Path) -> None:
    file, other = tmp_path / ".env", tmp_path / "other"
    other.write_text("A=1\n")
    refused: dict[str, tuple[Callable[[], object], int, int]] = {
        "is no file": (lambda: os.mkfifo(file), 0o600, 0o700),
        "is a link": (lambda: file.symlink_to(other), 0o600, 0o700),
        "others may write the file": (file.touch, 0o620, 0o700),
        "others may write the folder": (file.touch, 0o600, 0o1777),
    }
    for says, (prepare, mode, folder_mode) in refused.items():
        prepare()
        file.chmod(mode)
        tmp_path.chmod(folder_mode)
        with pytest.raises(UnusableFile, match=says):
            read_own_text(file)
        file.unlink()


def test_a_pipe_that_becomes_a_link_while_it_is_opened_is_not_read(tmp_path: Path) -> None:
    """The owner that was asked for was then that of the file behind the link."""
    pipe, spare = tmp_path / ".env", tmp_path / "kept"
    os.mkfifo(pipe)
    spare.hardlink_to(pipe)
    (tmp_path / "own").write_text("A=1\n")

    def exchange() -> None:
        with contextlib.suppress(BrokenPipeError), spare.open("w") as stream:
            pipe.unlink()
            pipe.symlink_to(tmp_path / "own")
            stream.write("PUBLIC_URL=https://evil.example\n")

    writer = threading.Thread(target=exchange)
    writer.start()
    try:
        with pytest.raises(UnusableFile):
            read_own_text(pipe)
    finally:
        while writer.is_alive():  # it may have come too late to find a reader
            os.close(os.open(spare, os.O_RDONLY | os.O_NONBLOCK))
            writer.join(0.05)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone may give a file to another user")
def test_the_file_of_another_user_is_not_read(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DOCSPACE_API_HOST=https://evil.example\n")
    os.chown(tmp_path / ".env", 12345, 12345)

    done = folder.run("sweep", text="DOCSPACE_API_HOST=https://evil.example\n", DOCSPACE_API_KEY="sk-1")

    assert done.returncode == 2
    assert done.stderr == (
        "docspace-review: .env: belongs to another user (uid 12345), and is not read: make it yours (chown), "
        "or start in another folder\n"
    )


@pytest.mark.parametrize(
    ("mode", "finding"),
    [(0o600, "  ok       Settings: from the environment, then from "), (0o644, "  warning  Settings: ")],
)
def test_the_doctor_names_the_file_and_whether_others_read_it(
    folder: Folder, mode: int, finding: str
) -> None:
    done = folder.run("doctor", text=f"ROUTES={ROUTES}\n", mode=mode)

    [line] = [line for line in done.stdout.splitlines() if line.startswith(finding)]
    assert str(folder.path / ".env") in line
    assert ("chmod 600" in line) is (mode == 0o644)
