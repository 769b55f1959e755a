"""The questions of `init` in a terminal; each answer is checked before the next question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runtime.setup.answers import DEFAULT_ROUTE, Answers, parse_list
from runtime.setup.channel_checks import check_public_url
from runtime.setup.channel_questions import ask_channels
from runtime.setup.check_results import CheckResult, has_problem
from runtime.setup.folder_choice import ask_folders
from runtime.setup.form_checks import check_people_forms
from runtime.setup.plan import CurrentFiles, add_route_answers
from runtime.setup.portal_checks import check_folders, check_key, check_people, check_portal
from runtime.setup.terminal import NONE, ask_secret, ask_text, show_line, show_results

if TYPE_CHECKING:
    from collections.abc import Callable


def interview(current: CurrentFiles) -> Answers:
    """Return the answers of a person at the terminal; `click.Abort` where they end it."""
    answers = _ask_route(current)
    answers = ask_until_usable(
        answers, "portal", lambda: ask_text("Address of DocSpace", answers.portal), check_portal
    )
    show_line("The key: in DocSpace, Developer tools, API keys, as a room admin.")
    answers = ask_until_usable(answers, "key", lambda: ask_secret("API key", answers.key), check_key)
    answers = ask_until_usable(answers, "folder", lambda: ask_folders(answers), check_folders)
    for name, question in (
        ("owners", "Who reviews the changes? Mail addresses, with commas"),
        ("deputies", f"Who stands in for them? The same, or {NONE} for no one"),
    ):
        answers = _ask_people(answers, name, question)
    answers = _ask_public_url(answers)
    return ask_channels(current, answers)


def ask_until_usable(
    answers: Answers, name: str, ask: Callable[[], Any], check: Callable[[Answers], list[CheckResult]]
) -> Answers:
    """Ask until a check has no problem with the answer, and return the answers with it."""
    while True:
        try:
            candidate = answers.change(name, ask())
        except ValueError as error:
            show_line(f"  ✗ {error}.")
            continue
        if not getattr(candidate, name):
            continue
        results = check(candidate)
        show_results(results)
        if not has_problem(results):
            return candidate


def _ask_route(current: CurrentFiles) -> Answers:
    """Return the present answers about the route that is meant, where there are several."""
    if len(current.route_names) <= 1:
        return current.answers
    show_line(f"routes.toml has the routes {', '.join(current.route_names)}. Another name adds one.")
    name = ask_text("Which route?", current.route_names[0]) or DEFAULT_ROUTE
    return add_route_answers(replace(current.answers, route=name), current.routes_text)


def _ask_people(answers: Answers, name: str, question: str) -> Answers:
    """Ask for people; only owners are needed."""
    while True:
        people = parse_list(ask_text(question, ", ".join(getattr(answers, name))))
        if not people and name == "owners":
            continue
        candidate = answers.change(name, people)
        results = [*check_people_forms(candidate), *check_people(candidate)]
        results = [result for result in results if result.answer == name]
        show_results(results)
        if not has_problem(results):
            return candidate


def _ask_public_url(answers: Answers) -> Answers:
    show_line("Can DocSpace and browsers reach this machine, as at https://review.example.com?")
    while True:
        address = ask_text("Its address, or Enter for a machine behind a firewall", answers.public_url)
        candidate = replace(answers, public_url=address)
        results = check_public_url(candidate)
        show_results(results)
        if not has_problem(results):
            return candidate
