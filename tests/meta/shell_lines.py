"""What the shell lines of the pages run: ours is held against the program, others are known by name."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from runtime.cli import cli
from runtime.settings.settings import FAMILIES, NAMES
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = {
    ".": "the shell's own; that the file is one of settings is checked with its block",
    "cd": "the shell's own",
    "curl": "asks the program that runs there",
    "date": "the machine's own",
    "docker": "there need be no docker here; the steps of the Dockerfile are those of ./dev setup",
    "eval": "the shell's own; what it runs is checked",
    "export": "the shell's own; the setting's name is checked",
    "git": "asks for a repository elsewhere",
    "grep": "run by the test of the page on the log",
    "heroku": "asks for an account",
    "install": "writes into /etc",
    "kubectl": "asks for a cluster; what it applies is built and checked by tests/deploy",
    "promtool": "run by the test of the alert rules, where it is",
    "journalctl": "asks for a service that runs",
    "openssl": "run by the test of timestamps",
    "pg_dump": "run by the test of the backup",
    "pg_restore": "run by the test of the backup",
    "python3": "the machine's own; what makes the backup is run by its test",
    "rm": "the machine's own",
    "sed": "the machine's own",
    "set": "the shell's own",
    "source": "fish's own",
    "systemctl": "asks for a service that runs",
    "systemd-run": "asks for a service that runs",
    "umask": "the shell's own",
    "useradd": "changes the machine",
}
_ENDS = {"|", "&&", "||", ";", "&", "(", ")"}
_WITHIN = re.compile(r"\$\(([^()]*)\)")
_SETTING = re.compile(r"([A-Z][A-Z_]+)=")


def mistakes(text: str) -> list[str]:
    """Return what is wrong with a block of shell, in words."""
    syntax = subprocess.run(["/bin/sh", "-n"], input=text, text=True, capture_output=True, check=False)
    problems = [syntax.stderr] if syntax.returncode else []
    for line in text.replace("\\\n", " ").splitlines():
        for inner in [line, *_WITHIN.findall(line)]:
            for words in _commands(inner):
                problems += _of_command(words)
    return problems


def _commands(line: str) -> Iterator[list[str]]:
    """Yield the words of each command of a line, without where its output goes."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if word in _ENDS:
            yield words
            words = []
        elif word != ">":
            words.append(word)
    if words:
        yield words


def _of_command(words: list[str]) -> list[str]:
    unknown = [name for word in words for name in _unknown_setting(word)]
    while words and _SETTING.match(words[0]):
        words = words[1:]
    ours = _ours(words)
    if ours is not None:
        unknown += _parsed(ours)
    elif words and words[0].rsplit("/", 1)[-1] == "dev":
        unknown += [] if len(words) < 2 or words[1] in tasks() else [f"./dev has no task {words[1]}"]
    elif words and words[0].startswith(".venv/bin/"):
        unknown += [f"{each} is not there" for each in words if "/" in each and not (ROOT / each).exists()]
    elif words and words[0] not in OTHERS:
        unknown.append(f"{words[0]} is no program that the pages may ask for")
    return unknown


def _unknown_setting(word: str) -> list[str]:
    """Return the name of a setting that a word sets, where there is none of this name."""
    named = _SETTING.match(word)
    if named is None:
        return []
    name = named[1].removesuffix("_FILE").lower()
    is_setting = name in NAMES or any(name.startswith(f"{family}_") for family in FAMILIES)
    return [] if is_setting or named[1].lower() in NAMES else [f"{named[1]} is no setting"]


def _ours(words: list[str]) -> list[str] | None:
    """Return the arguments of our command, also of one that another program runs; `None` where there is none.

    `docker run … docspace-review docspace-review doctor` names the image first.
    """
    for number in range(len(words) - 1, -1, -1):
        if words[number].rsplit("/", 1)[-1] == "docspace-review" and _may_run(words[:number]):
            return words[number + 1 :]
        if words[number] == "runtime" and words[number - 1] == "-m":
            return words[number + 1 :]
    return None


def _may_run(before: list[str]) -> bool:
    """Return whether the word after these is a program, not the name of a user, an image or a unit."""
    if not before:
        return True
    runs = {
        "docker": ("docspace-review", "worker"),
        "kubectl": ("--",),
        "systemd-run": ("EnvironmentFile=/etc/docspace-review.env",),
    }
    return before[-1] in runs.get(before[0], ())


def _parsed(arguments: list[str]) -> list[str]:
    """Return what the command line says of its arguments, without doing anything."""
    command: click.Command = cli
    context = click.Context(cli, info_name="docspace-review")
    rest = list(arguments)
    try:
        while isinstance(command, click.Group) and (rest or not command.invoke_without_command):
            if rest == ["--version"]:
                return []
            name, subcommand, rest = command.resolve_command(context, rest)
            assert subcommand
            command, context = subcommand, click.Context(subcommand, info_name=name, parent=context)
        command.make_context(command.name, rest, parent=context.parent, resilient_parsing=False)
    except click.ClickException as error:
        return [f"docspace-review {shlex.join(arguments)}: {error.format_message()}"]
    return []


def tasks() -> set[str]:
    """Return what `./dev` does."""
    completed = subprocess.run([ROOT / "dev"], capture_output=True, text=True, check=True)
    return set(re.findall(r"^\./dev (\w+) ", completed.stdout, re.MULTILINE)) | {"help"}
