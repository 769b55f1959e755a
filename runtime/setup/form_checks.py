"""Checks of the form of people and targets, as the routing file is read; no one is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import notifiers
from reviews.routes.value_parsers import make_target_parser, parse_email, parse_owner
from reviews.text import clean_text
from runtime.setup.check_results import report_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runtime.setup.answers import Answers
    from runtime.setup.check_results import CheckResult

_NAMED_CHANNEL = "slack:"
"""Its channels may be named, until Slack gives their ids."""


def check_forms(answers: Answers) -> list[CheckResult]:
    """Report what a route would not take as an owner, a deputy or a target."""
    return [*check_people_forms(answers), *check_target_forms(answers.notify)]


def check_people_forms(answers: Answers) -> list[CheckResult]:
    people = (("owners", answers.owners), ("deputies", answers.deputies))
    return [result for name, texts in people for result in _list_problems(name, texts, parse_owner)]


def check_target_forms(targets: Iterable[str]) -> list[CheckResult]:
    unnamed = [each for each in targets if not each.startswith(_NAMED_CHANNEL) or each == _NAMED_CHANNEL]
    return _list_problems("notify", unnamed, make_target_parser(notifiers.list_address_forms()))


def is_address(text: str) -> bool:
    """Return whether an owner is a person by a mail address, and not a group of a chat."""
    return not text.startswith("@") and not _list_problems("owners", [text], parse_email)


def _list_problems(answer: str, texts: Iterable[str], parse: Callable[[str], object]) -> list[CheckResult]:
    problems = []
    for text in texts:
        try:
            parse(text)
        except ValueError as error:
            problems.append(report_problem(answer, clean_text(str(error))))
    return problems
