"""The command `init`: sets an installation up in the working folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reviews.text import clean_text
from runtime.commands.processes.demo import name_command
from runtime.observe import logs
from runtime.setup.answers import NAMES, parse_answers
from runtime.setup.check_results import CheckLevel
from runtime.setup.interview import interview
from runtime.setup.next_steps import describe_slack_app, list_next_steps
from runtime.setup.plan import CurrentFiles, add_route_answers, make_plan, parse_draft, read_current_files
from runtime.setup.terminal import begin_sentence, show_results
from runtime.setup.written_files import NotWritten, write_files

if TYPE_CHECKING:
    from runtime.setup.check_results import CheckResult
    from runtime.setup.plan import SetupPlan

UNUSABLE, INTERRUPTED = 2, 130
MAX_ANSWERS_BYTES = 64_000
_SHOWN_AT_ONCE = ("key", "owners", "deputies", "slack_bot_token", "slack_signing_secret")
"""Answers whose warnings a person has seen at their question."""
_NOTHING = "Nothing was written."


@click.command()
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the answers from this file (TOML) instead of asking for them.",
)
def init(*, answers_file: Path | None) -> None:
    """Ask a few questions, check each answer, and write .env and routes.toml into this folder.

    Run again, it changes what is there: the present answers are the defaults, other settings, comments and
    routes stay.
    """
    logs.silence_library("slack_sdk")  # each failure is explained by the check that met it
    current = read_current_files(Path())
    try:
        plan = _plan_by_file(current, answers_file) if answers_file else _plan_by_interview(current)
    except (KeyboardInterrupt, click.Abort):
        click.echo(f"\n{_NOTHING}", err=True)
        click.get_current_context().exit(INTERRUPTED)
    if not plan.is_usable:
        _refuse(current, plan)
    try:
        write_files(plan.files)
    except NotWritten as error:
        raise click.ClickException(str(error)) from error
    _print_done(plan)


def _plan_by_file(current: CurrentFiles, file: Path) -> SetupPlan:
    """Check the answers of a file, and show what the checks found."""
    text = _read_answers(file)
    answers, problems = parse_answers(text, current.answers)
    if answers.route != current.answers.route:
        answers, problems = parse_answers(text, add_route_answers(answers, current.routes_text))
    plan = make_plan(current, answers, problems)
    show_results(result for result in plan.results if result.level is CheckLevel.OK)
    _print_named(plan.results, CheckLevel.WARNING)
    return plan


def _read_answers(file: Path) -> str:
    """Return the text of a file, which may begin with the mark that editors on Windows put there."""
    with file.open("rb") as stream:
        data = stream.read(MAX_ANSWERS_BYTES + 1)
    if len(data) > MAX_ANSWERS_BYTES:
        raise click.ClickException(f"{clean_text(str(file))} is larger than any file of answers (64 KB)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{clean_text(str(file))} is not text in UTF-8") from None


def _plan_by_interview(current: CurrentFiles) -> SetupPlan:
    """Ask a person, and show what the checks of all answers together found beside problems."""
    if not sys.stdin.isatty():
        raise click.UsageError("init asks its questions in a terminal; without one, use --answers FILE")
    plan = make_plan(current, interview(current), [])
    if plan.is_usable:
        click.echo()
        warnings = (result for result in plan.results if result.level is CheckLevel.WARNING)
        show_results(result for result in warnings if result.answer not in _SHOWN_AT_ONCE)
        names = " and ".join(clean_text(str(file.path)) for file in reversed(plan.files))
        if not click.confirm(f"Write {names}?", default=True):
            raise click.Abort
    return plan


def _refuse(current: CurrentFiles, plan: SetupPlan) -> NoReturn:
    """List all problems, and how to get what is missing of Slack."""
    _print_named(plan.results, CheckLevel.PROBLEM)
    problems = {result.answer for result in plan.results if result.level is CheckLevel.PROBLEM}
    if "slack_bot_token" in problems:
        routes = parse_draft(current, plan.answers)
        if routes is not None:
            click.echo(f"The app in Slack is made at: {describe_slack_app(plan.answers, routes)}", err=True)
    click.echo(_NOTHING, err=True)
    click.get_current_context().exit(UNUSABLE)


def _print_named(results: list[CheckResult], level: CheckLevel) -> None:
    """Print the results of a level by the names of their answers, a line each, in the answers' order."""
    places = {name: place for place, name in enumerate(NAMES)}
    for result in sorted(results, key=lambda result: places.get(result.answer, len(places))):
        if result.level is level:
            mark = "warning: " if level is CheckLevel.WARNING else ""
            click.echo(f"{mark}{result.answer}: {clean_text(result.sentence)}", err=True)


def _print_done(plan: SetupPlan) -> None:
    command = name_command(sys.argv[0], sys.executable)
    names = " and ".join(clean_text(str(file.path)) for file in reversed(plan.files))
    click.echo(begin_sentence(f"Written: {names}"))
    for line in list_next_steps(plan.answers, command):
        click.echo(line)
