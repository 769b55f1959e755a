"""The command `people erase`: takes a person out of everything that is stored."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, NoReturn

import click
import sqlalchemy as sa

from reviews.erasure.typed_address import clean_address
from reviews.ledger.hash_chain import LedgerBroken
from reviews.routes.value_parsers import parse_email
from runtime.commands.database_errors import describe_driver_error
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.operator_errors import explain_operator_error
from runtime.commands.people import people_texts as texts
from runtime.commands.people.person_erasure import Erasure, ErasureOutcome
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.printing.progress import show_progress
from store.erasure.free_space import (
    MAX_WAIT_SECONDS,
    NotOwner,
    SpaceInUse,
    StatisticsInUse,
    clean_free_space,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtime.commands.people.person_erasure import ErasureSurvey

FROM_STANDARD_INPUT = "-"


class _AddressCommand(click.Command):
    """A command whose usage errors repeat no address."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if "@" not in error.format_message():
                raise
            raise click.BadParameter(texts.NO_ADDRESS, param_hint="ADDRESS") from None


@click.command(cls=_AddressCommand)
@click.argument("address")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.IntRange(0, 3600),
    default=MAX_WAIT_SECONDS,
    show_default=True,
    help="How long to wait for processes that keep the free pages from being cleaned.",
)
@json_option
def erase(*, address: str, yes: bool, wait: int, as_json: bool) -> None:
    """Erase the person with this e-mail address, which can't be undone.

    Their name, addresses and ids go from all tables, from what stands beside the ledger, and from the free
    pages of SQLite's file. The ledger holds as before, and says with an entry that something was erased, not
    of whom. What an earlier version wrote into it stays. All sessions end. Then the whole database is
    searched, and what still names the person is listed.

    With - the address is read from standard input, and does not stay in the shell's history. It takes the
    same settings as serve, with the key of the ledger. After an error run it again with the same address.
    """
    from_input = address == FROM_STANDARD_INPUT
    text = _read_input() if from_input else address
    erasure = _prepare(text)
    survey = _survey(erasure, as_json=as_json)
    if survey.is_unknown:
        # Free pages may still name the person, where an erasure could not clean them.
        outcome = ErasureOutcome(survey=survey, erased=erasure.search_unknown(survey.ledger))
        _finish(outcome, texts.describe_unknown(outcome), erasure.engine, wait=wait, as_json=as_json)
        return
    if not as_json:
        print_text("\n".join(texts.describe_survey(survey)))
    if not yes:
        _confirm(survey, can_ask=not from_input, as_json=as_json)
        # Who was asked may have answered hours later.
        erasure = _prepare(text)
        survey = _survey(erasure, as_json=as_json)
    outcome = _erase(erasure, survey, as_json=as_json)
    _finish(outcome, texts.describe_erased(outcome), erasure.engine, wait=wait, as_json=as_json)


def _read_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise click.BadParameter(texts.NO_ADDRESS, param_hint="ADDRESS") from None


def _prepare(text: str) -> Erasure:
    try:
        address = parse_email(clean_address(text))
    except ValueError:  # its message names what was given, which may be an address
        raise click.BadParameter(texts.NO_ADDRESS, param_hint="ADDRESS") from None
    wiring = open_wiring()
    return Erasure(
        engine=wiring.engine,
        routes=wiring.routes,
        address=address,
        clock=wiring.clock,
        keys=wiring.ledger_keys,
    )


def _survey(erasure: Erasure, *, as_json: bool) -> ErasureSurvey:
    """Return what names the person; end with 1 if something is in the way."""
    try:
        with show_progress(to_stderr=as_json) as progress:
            progress.begin("Looking for the person", unit="entries")
            survey = erasure.survey(progress.update)
    except LedgerBroken as error:
        _refuse([f"{error}: {texts.VERIFY_FIRST}."], as_json=as_json)
    if survey.obstacles:
        _refuse(list(texts.describe_obstacles(survey.obstacles)), as_json=as_json)
    return survey


def _erase(erasure: Erasure, survey: ErasureSurvey, *, as_json: bool) -> ErasureOutcome:
    outcome = ErasureOutcome(survey=survey)
    try:
        with show_progress(to_stderr=as_json) as progress:
            progress.begin("Erasing", unit="entries")
            erasure.erase(survey.ledger, outcome.erased, progress.update)
    except LedgerBroken as error:
        _stop(outcome, f"{error}: {texts.VERIFY_FIRST}.", as_json=as_json)
    except sa.exc.DBAPIError as error:
        reason = explain_operator_error(error)
        if reason is None:
            raise
        _stop(outcome, f"{reason}. {texts.RUN_AGAIN}", as_json=as_json)
    return outcome


def _stop(outcome: ErasureOutcome, reason: str, *, as_json: bool) -> NoReturn:
    """Say what was erased until something stopped it, and why; end with 1."""
    _print_outcome(outcome, texts.describe_erased(outcome), is_clean=False, as_json=as_json)
    print_text(texts.STOPPED.format(reason=reason), err=True)
    click.get_current_context().exit(1)


def _refuse(obstacles: Sequence[str], *, as_json: bool) -> NoReturn:
    if as_json:
        print_json(texts.build_refusal_json(obstacles))
    for sentence in (*obstacles, texts.NOTHING_CHANGED):
        print_text(sentence, err=True)
    click.get_current_context().exit(1)


def _confirm(survey: ErasureSurvey, *, can_ask: bool, as_json: bool) -> None:
    if not (can_ask and sys.stdin.isatty()):
        raise click.UsageError(texts.NO_TERMINAL)
    for line in texts.describe_person(survey.ledger.person):
        print_text(line, err=True)
    if not click.confirm("Erase this person for good?", err=True):
        _refuse([], as_json=as_json)


def _finish(
    outcome: ErasureOutcome, sentences: Iterable[str], engine: sa.Engine, *, wait: int, as_json: bool
) -> None:
    """Clean the free pages, and print what was done; end with 1 if something of the person is left."""
    uncleaned = ""
    try:
        clean_free_space(engine, max_wait=wait)
    except SpaceInUse:
        uncleaned = texts.CLEANING_FAILED
    except NotOwner:
        uncleaned = texts.NOT_OWNER
    except StatisticsInUse as error:
        uncleaned = texts.STATISTICS_KEPT.format(tables=error)
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        driver_error = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        uncleaned = texts.CLEANING_STOPPED.format(reason=describe_driver_error(driver_error))
    _print_outcome(outcome, sentences, is_clean=not uncleaned, as_json=as_json)
    left = list(texts.describe_left(outcome, uncleaned=uncleaned))
    for sentence in left:
        print_text(sentence, err=True)
    if left:
        click.get_current_context().exit(1)


def _print_outcome(
    outcome: ErasureOutcome, sentences: Iterable[str], *, is_clean: bool, as_json: bool
) -> None:
    if as_json:
        print_json(texts.build_json(outcome, is_clean=is_clean))
    else:
        print_text("\n".join(sentences))
