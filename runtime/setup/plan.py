"""What `init` is about to write: the texts of both files, once all checks accept the answers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reviews.errors import RoutesInvalid
from runtime.settings import settings
from runtime.settings.adopted_file import get_adopted_file
from runtime.settings.environment import find_in_environment
from runtime.settings.environment_file import (
    ENVIRONMENT_FILE,
    UnusableFile,
    read_own_text,
    require_own_folder,
)
from runtime.settings.routes_source import ROUTES_FILE, parse_routes
from runtime.settings.settings import UnusableSettings
from runtime.setup.answer_settings import (
    SETTINGS,
    build_wiring,
    drop_unusable,
    list_settings,
    read_current_answers,
)
from runtime.setup.answers import DEFAULT_ROUTE, Answers, list_missing
from runtime.setup.channel_checks import check_mail, check_pages, check_public_url, check_workflows
from runtime.setup.check_results import CheckResult, has_problem, report_limit, report_problem
from runtime.setup.environment_text import UnquotableValue, change_environment_text, quote_value
from runtime.setup.form_checks import check_forms
from runtime.setup.portal_checks import check_docspace
from runtime.setup.routes_text import UnusableRoutes, change_routes_text, list_route_names, read_route
from runtime.setup.slack_checks import SlackReport, check_slack
from runtime.setup.written_files import NewFile
from runtime.wiring.databases import get_utc_time
from webhook.secret import generate_secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviews.routes.route import Routes

SECRET_KEY_BYTES = 48
_WAYS_OF_CLICKS = ("slack_signing_secret", "slack_app_token")
WEBHOOK_SECRET = "DOCSPACE_WEBHOOK_SECRET"  # noqa: S105 - the name of a setting


@dataclass(frozen=True, kw_only=True)
class CurrentFiles:
    """The files of the working folder as they are, and the answers that they hold."""

    environment: Path
    environment_text: str
    routes: Path
    routes_text: str
    route_names: tuple[str, ...]
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class SetupPlan:
    """The outcome of all checks. Without a problem, `files` are what can be written."""

    answers: Answers
    results: list[CheckResult]
    files: list[NewFile] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not has_problem(self.results)


def read_current_files(folder: Path) -> CurrentFiles:
    """Read the files of a folder; raise `UnusableSettings` for one that can't be read or changed."""
    config = settings.load()
    if config.routes:
        raise UnusableSettings("ROUTES: is set, and takes precedence over routes.toml: unset it")
    environment, routes = folder / ENVIRONMENT_FILE, folder / (config.routes_file or ROUTES_FILE)
    is_from_file = "ROUTES_FILE" in get_adopted_file().names
    if is_from_file and routes.resolve().parent != folder.resolve():
        raise UnusableSettings(
            "ROUTES_FILE: .env names a file that is not directly in this folder, and init writes none there: "
            "set it in the environment if you mean it"
        )
    try:
        require_own_folder(folder)
        environment_text, routes_text = _read_text(environment), _read_text(routes)
        names = list_route_names(routes_text)
    except UnusableFile as error:
        raise UnusableSettings(str(error)) from error
    except UnusableRoutes as error:
        raise UnusableSettings(f"{routes.name}: {error}") from error
    answers = replace(read_current_answers(config), route=names[0] if len(names) == 1 else "")
    return CurrentFiles(
        environment=environment,
        environment_text=environment_text,
        routes=routes,
        routes_text=routes_text,
        route_names=tuple(names),
        answers=add_route_answers(answers, routes_text),
    )


def _read_text(path: Path) -> str:
    own = read_own_text(path)
    return own.text if own else ""


def add_route_answers(answers: Answers, routes_text: str) -> Answers:
    """Return the answers with those that their route in the routing file holds."""
    try:
        values: dict[str, Any] = {**read_route(routes_text, answers.route or DEFAULT_ROUTE)}
    except UnusableRoutes as error:
        raise UnusableSettings(f"routes.toml: {error}") from error
    return replace(answers, **values)


def make_plan(current: CurrentFiles, answers: Answers, problems: list[CheckResult]) -> SetupPlan:
    """Check all answers, and return what to write; `problems` are those of reading the answers."""
    missing = list_missing(answers, problems)
    answers, unusable = drop_unusable(answers)
    results = [*problems, *missing, *_check_route_name(current, answers), *unusable]
    results += [*check_forms(answers), *check_docspace(answers)]
    results += [*check_public_url(answers), *check_workflows(answers), *check_mail(answers)]
    results += check_pages(answers)
    report = SlackReport(results=[])
    if "slack" in answers.channels:
        report = check_slack(answers, parse_draft(current, answers))
        notify = tuple(report.channels.get(target, target) for target in answers.notify)
        answers = replace(answers, notify=notify)
    results += _list_further(report, unusable)
    plan = SetupPlan(answers=answers, results=results)
    return _add_files(plan, current, report.team_id) if plan.is_usable else plan


def _list_further(report: SlackReport, unusable: list[CheckResult]) -> list[CheckResult]:
    """Return the results that are about other answers than the unusable ones.

    With an address or an app-level token of no use, it is not known how Slack reaches us.
    """
    explained = {problem.answer for problem in unusable}
    if explained & {"public_url", "slack_app_token"}:
        explained.update(_WAYS_OF_CLICKS)
    return [result for result in report.results if result.answer not in explained]


def parse_draft(current: CurrentFiles, answers: Answers) -> Routes | None:
    """Return the routes as they would be; `None` if they could not be read."""
    try:
        return parse_routes(change_routes_text(current.routes_text, answers), today=get_utc_time().date())
    except (RoutesInvalid, UnusableRoutes):
        return None


def _check_route_name(current: CurrentFiles, answers: Answers) -> list[CheckResult]:
    if answers.route or len(current.route_names) <= 1:
        return []
    names = ", ".join(current.route_names)
    return [report_problem("route", f"is missing: there are several, name the one that is meant ({names})")]


def _add_files(plan: SetupPlan, current: CurrentFiles, team_id: str) -> SetupPlan:
    """Return the plan with its files, once the program's own readers have accepted them."""
    changes = {**list_settings(plan.answers), **_list_generated_settings(plan.answers)}
    if team_id:
        changes["SLACK_TEAM_ID"] = team_id
    changes = {name: value for name, value in changes.items() if not _is_from_file(name, value)}
    results = [*plan.results, *_report_unquotable(changes), *_report_overridden(changes)]
    if has_problem(results):
        return replace(plan, results=results)
    try:
        routes_text = change_routes_text(current.routes_text, plan.answers)
        environment_text = change_environment_text(current.environment_text, changes, current.environment)
        _require_usable(plan.answers, changes, routes_text)
    except (UnusableSettings, UnusableRoutes) as error:
        # The routes are checked as a text, before they are in their file.
        reason = str(error).replace("ROUTES: ", f"{current.routes.name}: ", 1)
        return replace(plan, results=[*results, report_problem("the files", reason)])
    files = [
        NewFile(path=current.routes, text=routes_text),
        NewFile(path=current.environment, text=environment_text, private=True),
    ]
    return replace(plan, results=results, files=files)


def _list_generated_settings(answers: Answers) -> Mapping[str, str]:
    """Return the secrets that no one has to choose; those that are there stay."""
    config = settings.load()
    generated = {"SECRET_KEY": config.get_option("SECRET_KEY") or secrets.token_urlsafe(SECRET_KEY_BYTES)}
    if answers.has_receiver:
        generated[WEBHOOK_SECRET] = config.get_option(WEBHOOK_SECRET) or generate_secret()
    return generated


def _is_from_file(name: str, value: str) -> bool:
    """Return whether `<NAME>_FILE` provides this value already."""
    path = find_in_environment(f"{name}_FILE")
    return bool(path) and settings.load().get_option(name) == value


def _report_unquotable(changes: Mapping[str, str]) -> list[CheckResult]:
    names = {setting: answer for answer, setting in SETTINGS.items()}
    results = []
    for name, value in changes.items():
        try:
            quote_value(value)
        except UnquotableValue as error:
            answer = names.get(name, "teams_workflow")
            results.append(report_problem(answer, f"{error}: in an address, write %27 for ' and %5C for \\"))
    return results


def _report_overridden(changes: Mapping[str, str]) -> list[CheckResult]:
    """Report what the environment sets otherwise, and would win over the file."""
    from_file = get_adopted_file().names
    return [
        report_limit(name, "is set in the environment of this terminal, which takes precedence: unset it")
        for name, value in changes.items()
        if name not in from_file and find_in_environment(name) not in {None, "", value}
    ]


def _require_usable(answers: Answers, changes: Mapping[str, str], routes_text: str) -> None:
    """Build the channels of the routes, as the program does when it starts; nothing is connected."""
    generated = {name.lower(): changes[name] for name in ("SECRET_KEY", WEBHOOK_SECRET) if name in changes}
    _ = build_wiring(answers, **generated, routes=routes_text).notifiers
