"""The text of `.env`: what is written is read as the same by a shell and by this program, the rest stays."""

from __future__ import annotations

import os
import string
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.settings.environment_file import UnusableFile, parse_environment_lines, parse_environment_text
from runtime.setup.environment_text import HEADER, UnquotableValue, change_environment_text, quote_value

FILE = Path(".env")
PRINTABLE = "".join(sorted({*string.printable} - {*string.whitespace} - {*"'\\"})) + " äß€"
VALUES = [
    "sk-5c5c", "$HOME", "${HOME}", "`id`", "$(id)", "a b", " a ", "#a", "a #b", 'a"b', "a;b&c|d", "~", "*",
    "!x",     "=", "-n", "https://a.example/w?api=1&sp=%2Ftriggers&sig=x_Y-z", "Reviews <a@example.com>",
    "äß€", "export A=1",
]  # fmt: skip


def parse(text: str) -> dict[str, str]:
    lines = parse_environment_lines(text, FILE)
    return {line.key: line.value or "" for line in lines if line.key is not None}


@given(st.text(alphabet=PRINTABLE, min_size=1, max_size=60))
def test_each_value_is_read_as_it_was(value: str) -> None:
    assert parse(change_environment_text("", {"NAME": value}, FILE)) == {"NAME": value}


def test_a_shell_reads_the_same(tmp_path: Path) -> None:
    changes = {f"VALUE_{number}": value for number, value in enumerate(VALUES)}
    (tmp_path / ".env").write_text(change_environment_text("", changes, FILE))
    script = ["/bin/sh", "-e", "-c", "set -a; . ./.env; env -0"]

    printed = subprocess.check_output(script, cwd=tmp_path, env={"PATH": os.defpath}, text=True)

    seen = dict(line.split("=", 1) for line in printed.split("\0") if line.startswith("VALUE_"))
    assert seen == changes
    assert parse_environment_text((tmp_path / ".env").read_text(), FILE) == changes


@pytest.mark.parametrize("value", ["it's", "a\\b", "a\nb", "a\x00b", "a\u2028b"])
def test_a_value_that_readers_take_differently_is_refused(value: str) -> None:
    with pytest.raises(UnquotableValue):
        quote_value(value)


def test_all_other_lines_stay() -> None:
    text = '# mine\n\nexport LOG_LEVEL="debug"  # loud\nPORT=3001\n\n# Slack\nSLACK_BOT_TOKEN=xoxb-1\nA=1'

    changed = change_environment_text(text, {"PORT": "3002", "SLACK_BOT_TOKEN": "xoxb-1", "NEW": "a b"}, FILE)

    assert changed == (
        '# mine\n\nexport LOG_LEVEL="debug"  # loud\nPORT=3002\n\n# Slack\nSLACK_BOT_TOKEN=xoxb-1\nA=1\n'
        "NEW='a b'\n"
    )


def test_of_two_lines_one_is_left_and_an_empty_value_takes_the_line_out() -> None:
    text = "A=1\nB=2\nA=3\nC=4\n"

    assert change_environment_text(text, {"A": "5", "C": ""}, FILE) == "B=2\nA=5\n"


def test_a_name_in_lower_case_is_the_same_setting() -> None:
    assert change_environment_text("port=1\nPORT=2\n", {"PORT": "3"}, FILE) == "PORT=3\n"


def test_a_new_file_says_what_it_is() -> None:
    assert change_environment_text("", {"A": "1"}, FILE) == f"{HEADER}A=1\n"


@pytest.mark.parametrize("text", ["A B\n", "A='1\n", "=1\n", "A\n"])
def test_what_is_no_setting_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(UnusableFile, match=r"^\.env: line 3 is no setting"):
        parse_environment_lines(f"# first\n\n{text}", FILE)
