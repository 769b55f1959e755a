"""The parts of a chat's app that the composition root builds, made for a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import notifiers.slack
from bot.slack.home import Home
from bot.slack.people import LOOKUP_TIMEOUT_SECONDS, SlackPeople
from bot.use_cases import UseCases
from reviews.answers.menu import Menu
from reviews.answers.openings import Openings
from reviews.answers.reassignment import Reassignment
from reviews.monitoring.canaries import Canaries
from reviews.ports.reports import ignore_report
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from bot.command import Commands
    from reviews.answers.answers import Answers
    from reviews.people.identification import Directory
    from reviews.ports.reports import Report


def make_use_cases(
    answers: Answers,
    commands: Commands,
    directory: Directory,
    *,
    report: Callable[[Report], None] = ignore_report,
) -> UseCases:
    """Return the use cases of a chat, on the database and by the routes of its answers."""
    return UseCases(
        answers=answers,
        change_pages=commands.change_pages,
        openings=Openings(
            transactions=answers.transactions,
            routes=answers.routes,
            clock=answers.clock,
            outage_errors=DATABASE_ERRORS,
            report=report,
        ),
        menu=Menu(transactions=answers.transactions, routes=answers.routes, clock=answers.clock),
        reassignment=Reassignment(
            transactions=answers.transactions,
            routes=answers.routes,
            clock=answers.clock,
            accounts=answers.accounts,
            wake=answers.wake,
        ),
        canaries=Canaries(transactions=answers.transactions, routes=answers.routes, clock=answers.clock),
        commands=commands,
        directory=directory,
    )


def make_review_address(review_id: str) -> str:
    """Return where a review is on the history page."""
    return f"https://reviews.example.com/reviews/{review_id}"


def make_home(client: WebClient, use_cases: UseCases, *, team_id: str = "") -> Home:
    """Return the Homes of the people in one Slack."""
    hurried = notifiers.slack.make_client(str(client.token), client.base_url, timeout=LOOKUP_TIMEOUT_SECONDS)
    answers = use_cases.answers
    return Home(
        client=hurried,
        people=SlackPeople(hurried, use_cases.directory),
        routes=answers.routes,
        transactions=answers.transactions,
        clock=answers.clock,
        run_later=lambda task: task(),
        subscriptions=use_cases.commands.subscriptions,
        absences=use_cases.commands.absences.declarations,
        team_id=team_id,
        find_page=use_cases.commands.find_page,
    )
