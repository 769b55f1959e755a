"""The answers of `init`: from a file, from a person, or as the installation has them already."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from notifiers.teams import why_not as explain_bad_name
from reviews.subscriptions.folder_search import read_folder_id
from runtime.settings.setting_kinds import Intake
from runtime.setup.check_results import CheckResult, report_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_ROUTE = "compliance"
THE_FILE = "the file"
"""What a problem is about that keeps the answers from being read at all."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers, by the names of an answers file; an empty one is none.

    `folder` has the ids of folders and rooms, `teams_workflow` addresses by the names that `notify` uses,
    `route` the route of the routing file that they are about. `intake`
    is needed only for a sweep beside a public address.
    """

    portal: str = ""
    key: str = field(default="", repr=False)
    folder: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    public_url: str = ""
    intake: str = ""
    slack_bot_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    teams_workflow: Mapping[str, str] = field(default_factory=dict, repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    route: str = ""

    def change(self, name: str, value: Any) -> Answers:
        """Return the answers with another value of one."""
        values: dict[str, Any] = {name: value}
        return replace(self, **values)

    @property
    def channels(self) -> frozenset[str]:
        """The channels that `notify` names."""
        return frozenset(target.partition(":")[0] for target in self.notify)

    @property
    def uses_slack_socket(self) -> bool:
        """Whether Slack's requests come through Socket Mode: by its token, or for lack of an address."""
        return bool(self.slack_app_token) or not self.public_url

    @property
    def has_receiver(self) -> bool:
        """Whether DocSpace's webhook can and should reach this installation."""
        return bool(self.public_url) and self.intake != Intake.SWEEP


NAMES = tuple(each.name for each in fields(Answers))
NEEDED = {
    "portal": "the address of your DocSpace, as in https://acme.onlyoffice.com",
    "key": "an API key: in DocSpace, Developer tools, API keys",
    "folder": "the folder or room to watch: its id, or its address in DocSpace",
    "owners": "who reviews the changes: mail addresses",
    "notify": 'where cards go, as in ["slack:C0123456789"], "teams:<name>", "mail:<address>" or "inbox"',
}


def parse_answers(text: str, current: Answers) -> tuple[Answers, list[CheckResult]]:
    """Return the answers of a file; what it leaves out stays as `current` has it."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of no TOML, too large a number, too deep a list
        return current, [report_problem(THE_FILE, f"is not TOML: {error}")]
    problems = [_report_unknown(name) for name in table if name not in NAMES]
    values: dict[str, Any] = {}
    for name in (name for name in NAMES if name in table):
        try:
            values[name] = _PARSERS.get(name, parse_text)(table[name])
        except ValueError as error:
            problems.append(report_problem(name, str(error)))
    if isinstance(table.get("teams_workflow"), str) and "teams_workflow" in values:
        values["teams_workflow"] = _name_workflow(values["teams_workflow"], values, current)
    return replace(current, **values), problems


def list_missing(answers: Answers, problems: list[CheckResult]) -> list[CheckResult]:
    """Return a problem for each needed answer that is missing, and has none of the `problems`."""
    explained = {problem.answer for problem in problems}
    if THE_FILE in explained:
        return []
    return [
        report_problem(name, f"is missing: {purpose}")
        for name, purpose in NEEDED.items()
        if not getattr(answers, name) and name not in explained
    ]


def parse_intake(value: object) -> str:
    """Read where changes come from."""
    text = parse_text(value)
    if text not in set(Intake):
        raise ValueError(f"must be one of {', '.join(Intake)}")
    return text


def parse_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text in quotes")  # noqa: TRY004 - the value of a file
    if not value.strip().isprintable():
        raise ValueError("holds a line break or another control character")
    return value.strip()


def parse_list(value: object) -> tuple[str, ...]:
    """Read a list of texts, or one text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        raise ValueError('must be a list of texts, as in ["a", "b"], or one text')  # noqa: TRY004 - the same
    return tuple(dict.fromkeys(text for text in map(parse_text, value) if text))


def parse_folders(value: object) -> tuple[str, ...]:
    """Read the ids of folders, from numbers, texts or addresses in DocSpace."""
    values = value if isinstance(value, list) else [value]
    texts = [str(each) if type(each) is int else parse_text(each) for each in values]  # True is an int too
    return tuple(dict.fromkeys(parse_folder(text) for text in texts if text))


def parse_folder(text: str) -> str:
    """Return a folder's id; raise ValueError for an address that names none."""
    folder = read_folder_id(text.strip())
    if not folder:
        raise ValueError("this address names no folder: open the folder in DocSpace, and copy its address")
    return folder


def _parse_workflows(value: object) -> Mapping[str, str]:
    """Read addresses of workflows by their names; a single one gets its name from `notify`."""
    if not isinstance(value, dict):
        return {"": parse_text(value)}
    workflows = {str(name).lower().replace("-", "_"): parse_text(each) for name, each in value.items()}
    for reason in filter(None, map(explain_bad_name, workflows)):
        raise ValueError(reason)
    return workflows


def _name_workflow(
    workflows: Mapping[str, str], values: Mapping[str, Any], current: Answers
) -> Mapping[str, str]:
    """Return a single workflow by the name that `notify` uses."""
    notify: tuple[str, ...] = values.get("notify", current.notify)
    names = [target.removeprefix("teams:") for target in notify if target.startswith("teams:")]
    return {**current.teams_workflow, (names or [DEFAULT_ROUTE])[0].replace("-", "_"): workflows[""]}


def _report_unknown(name: str) -> CheckResult:
    near = get_close_matches(name, NAMES, 1)
    return report_problem(name, f"is no answer{f': is {near[0]} meant?' if near else ''}")


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "folder": parse_folders,
    "owners": parse_list,
    "deputies": parse_list,
    "notify": parse_list,
    "intake": parse_intake,
    "teams_workflow": _parse_workflows,
}
