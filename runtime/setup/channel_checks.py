"""Checks of the answers about Teams, mail, pages and the address of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import notifiers
from notifiers.shared.http import parse_hosts
from notifiers.shared.local_hosts import is_this_machine
from notifiers.teams.addresses import explain_bad_workflow
from reviews.errors import RemoteError
from reviews.text import clean_text
from runtime.settings.setting_kinds import Intake
from runtime.settings.settings import UnusableSettings
from runtime.setup.answer_settings import build_wiring, explain_unusable, load_settings
from runtime.setup.check_results import CheckResult, report_limit, report_problem, report_works
from runtime.wiring.pages import build_mailer

if TYPE_CHECKING:
    from runtime.setup.answers import Answers

TEAMS = "teams:"
_NO_SIGN_IN = (
    "no one can sign in on the pages yet: give smtp_url and mail_from for mailed codes, or set OIDC_ISSUER "
    "afterwards (docs/sign-in.md)"
)


def check_public_url(answers: Answers) -> list[CheckResult]:
    """Check the form of the address; whether others reach it shows once the program runs."""
    if not answers.public_url:
        is_called = answers.intake == Intake.WEBHOOK
        return [report_problem("public_url", "is missing: the webhook needs it")] if is_called else []
    try:
        address = urlsplit(load_settings(answers).public_url)
    except UnusableSettings as error:
        return [report_problem("public_url", explain_unusable(error))]
    if address.scheme != "https" and not is_this_machine(address.hostname or ""):
        return [report_limit("public_url", "it is not https: answers and sessions can be read in transit")]
    return [report_works("public_url", f"{address.geturl()} will be the address of this installation")]


def check_workflows(answers: Answers) -> list[CheckResult]:
    """Check the form of each workflow's address that a target uses; nothing is posted."""
    names = [target.removeprefix(TEAMS) for target in answers.notify if target.startswith(TEAMS)]
    return [check_workflow(answers, name) for name in names]


def check_workflow(answers: Answers, name: str) -> CheckResult:
    """Check the form of a workflow's address."""
    address, shown = answers.teams_workflow.get(name.replace("-", "_"), ""), clean_text(name)
    if not address:
        return report_problem(
            "teams_workflow",
            f"is missing for {shown}: create a workflow in Teams (docs/teams.md)",
        )
    try:
        allowed = parse_hosts(load_settings(answers).teams_allow_hosts)
    except UnusableSettings as error:
        return report_problem("teams_workflow", explain_unusable(error))
    problem = explain_bad_workflow(address, allowed)
    if problem:
        return report_problem("teams_workflow", f"the address of {shown} {problem}")
    return report_works("teams_workflow", f"the address of {shown} has the form of a workflow's")


def check_mail(answers: Answers) -> list[CheckResult]:
    """Sign in at the mail server, and send nothing."""
    if not answers.smtp_url:
        needed = "mail" in answers.channels
        return [report_problem("smtp_url", "is missing: smtps://user:password@host")] if needed else []
    try:
        mailer = build_mailer(load_settings(answers))
        if mailer is not None:
            mailer.greet()
    except UnusableSettings as error:
        return [report_problem("smtp_url", explain_unusable(error))]
    except RemoteError as error:
        return [report_problem("smtp_url", str(error).partition("; mail waits")[0])]
    return [report_works("smtp_url", "the mail server accepts the sender")]


def check_pages(answers: Answers) -> list[CheckResult]:
    """Report what people need who answer on a page."""
    channels = answers.channels & set(notifiers.list_channels())
    if not any(map(notifiers.has_page_links, channels)) and "inbox" not in channels:
        return []
    results = []
    if not answers.smtp_url and not build_wiring(answers).settings.oidc_issuer:
        results.append(report_limit("notify", _NO_SIGN_IN))
    if not answers.public_url:
        inside = load_settings(answers).inside_address
        results.append(report_limit("public_url", f"without it, links lead to this machine alone ({inside})"))
    return results
