"""What a check of an answer says: that it works, works in part, or can't be used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckLevel(StrEnum):
    """With a `problem` nothing is written."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """A sentence about one answer, without a full stop; `answer` is its name in an answers file."""

    answer: str
    level: CheckLevel
    sentence: str


def report_works(answer: str, sentence: str) -> CheckResult:
    return CheckResult(answer=answer, level=CheckLevel.OK, sentence=sentence)


def report_limit(answer: str, sentence: str) -> CheckResult:
    return CheckResult(answer=answer, level=CheckLevel.WARNING, sentence=sentence)


def report_problem(answer: str, sentence: str) -> CheckResult:
    return CheckResult(answer=answer, level=CheckLevel.PROBLEM, sentence=sentence)


def has_problem(results: list[CheckResult]) -> bool:
    return any(result.level is CheckLevel.PROBLEM for result in results)
