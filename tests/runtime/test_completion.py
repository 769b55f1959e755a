"""Completion by Tab, in each shell that this machine has: its own interpreter runs the script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.meta.pages_of_docs import ROOT
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from pathlib import Path

LINES = {
    "docspace-review le": {"ledger"},
    "docspace-review ledger re": {"receipt", "restore-guards"},
    "docspace-review reviews list --o": {"--open", "--overdue"},
    "docspace-review completion z": {"zsh"},
}
# Each shell reads its script, and then completes the line in $LINE; in zsh, what draws a menu prints it.
PROGRAMS = {
    "bash": (
        'eval "$(docspace-review completion bash)"\n'
        'read -ra COMP_WORDS <<< "$LINE"\n'
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        "_docspace_review_completion docspace-review\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    ),
    "fish": 'docspace-review completion fish | source\ncomplete --do-complete "$LINE"',
    "zsh": (
        "autoload -U compinit && compinit -u -D\n"
        "compadd() { print -rl -- ${(P)@[-1]} }\n"
        "_describe() { print -rl -- ${(P)3} }\n"
        'eval "$(docspace-review completion zsh)"\n'
        "words=(${=LINE}); CURRENT=${#words}\n"
        "_docspace_review_completion docspace-review"
    ),
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with our command, run by this interpreter."""
    folder = tmp_path_factory.mktemp("programs")
    file = folder / "docspace-review"
    file.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m runtime "$@"\n')
    file.chmod(0o755)
    return folder


def complete(shell: str, line: str, programs: Path) -> set[str]:
    done = subprocess.run(
        [shell, "-c", PROGRAMS[shell]],
        env={"PATH": f"{programs}:{os.defpath}", "HOME": str(programs), "LINE": line},
        capture_output=True,
        text=True,
        check=True,
    )
    return {each.split("\t")[0].split(":")[0] for each in done.stdout.splitlines() if each}


@pytest.mark.parametrize(("line", "expected"), LINES.items())
@pytest.mark.parametrize("shell", PROGRAMS)
def test_a_shell_completes_commands_and_options(
    programs: Path, shell: str, line: str, expected: set[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not on this machine")

    assert complete(shell, line, programs) == expected


@pytest.mark.parametrize("shell", PROGRAMS)
def test_the_script_of_each_shell_asks_the_program(shell: str) -> None:
    done = run_command(["completion", shell])

    assert done.code == 0
    assert f"_DOCSPACE_REVIEW_COMPLETE={shell}_complete" in done.out


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    done = run_command(["completion", "tcsh"])

    assert (done.code, done.out) == (2, "")
    assert "bash" in done.err
    assert "fish" in done.err
