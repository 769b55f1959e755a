"""The questions about channels: which ones, and what each of them needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runtime.setup.channel_checks import check_mail, check_workflow
from runtime.setup.check_results import CheckLevel, has_problem, report_problem
from runtime.setup.form_checks import check_target_forms
from runtime.setup.next_steps import describe_slack_app
from runtime.setup.plan import parse_draft
from runtime.setup.slack_checks import check_app_token, check_bot_token, check_channel, check_signing_secret
from runtime.setup.terminal import ask_secret, ask_text, show_line, show_results

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runtime.setup.answers import Answers
    from runtime.setup.check_results import CheckResult
    from runtime.setup.plan import CurrentFiles

CHANNELS = ("slack", "teams", "mail", "inbox")
_EXAMPLE_CHANNEL = "slack:C0123456789"
"""Stands for the channel while there is none: the app's rights do not depend on which one it is."""


def ask_channels(current: CurrentFiles, answers: Answers) -> Answers:
    """Ask where cards go, then for what each channel needs; targets of other channels stay."""
    chosen = _ask_which(answers)
    rest = [target for target in answers.notify if target.partition(":")[0] not in CHANNELS]
    for name in chosen:
        present = [target for target in answers.notify if target.partition(":")[0] == name]
        answers, target = _QUESTIONS[name](current, answers, present[0] if present else "")
        rest += [target, *present[1:]]
    return replace(answers, notify=tuple(dict.fromkeys(rest)))


def _ask_which(answers: Answers) -> list[str]:
    default = ", ".join(name for name in CHANNELS if name in answers.channels) or CHANNELS[0]
    while True:
        text = ask_text(f"Where do cards go? Some of {', '.join(CHANNELS)}", default)
        names = [name.strip().lower() for name in text.split(",") if name.strip()]
        unknown = [name for name in names if name not in CHANNELS]
        if names and not unknown:
            return list(dict.fromkeys(names))
        show_line(f"  ✗ There is no channel {', '.join(unknown) or 'without a name'}.")


def _ask_slack(current: CurrentFiles, answers: Answers, target: str) -> tuple[Answers, str]:
    draft = replace(answers, notify=(target or _EXAMPLE_CHANNEL,))
    routes = parse_draft(current, draft)
    if routes is not None and not answers.slack_bot_token:
        show_line("Make the app in Slack with this link, and install it in your workspace:")
        show_line(describe_slack_app(answers, routes))
    question = "Bot User OAuth Token (xoxb-…)"
    answers = _ask_token(
        answers, "slack_bot_token", question, lambda draft: check_bot_token(draft, routes)[0]
    )
    if not answers.uses_slack_socket:
        return _ask_slack_channel(
            _ask_token(
                answers, "slack_signing_secret", "Signing Secret", lambda draft: [check_signing_secret(draft)]
            ),
            target,
        )
    question = "App-level token with the scope connections:write (xapp-…)"
    answers = _ask_token(answers, "slack_app_token", question, lambda draft: [check_app_token(draft)])
    return _ask_slack_channel(answers, target)


def _ask_slack_channel(answers: Answers, target: str) -> tuple[Answers, str]:
    while True:
        text = ask_text("Slack channel: its name, or its id", target.partition(":")[2])
        if not text:
            continue
        result, resolved = check_channel(answers, f"slack:{text}")
        show_results([result])
        if result.level is not CheckLevel.PROBLEM:
            return answers, resolved


def _ask_teams(_current: CurrentFiles, answers: Answers, target: str) -> tuple[Answers, str]:
    name = target.partition(":")[2] or "compliance"
    show_line("Create a workflow in the channel in Teams: docs/teams.md shows how.")
    while True:
        member = name.replace("-", "_")
        address = ask_secret("Address of the workflow", answers.teams_workflow.get(member, ""))
        candidate = replace(answers, teams_workflow={**answers.teams_workflow, member: address})
        result = check_workflow(candidate, name)
        show_results([result])
        if result.level is not CheckLevel.PROBLEM:
            return candidate, f"teams:{name}"


def _ask_mail(_current: CurrentFiles, answers: Answers, target: str) -> tuple[Answers, str]:
    default = target.partition(":")[2] or answers.owners[0]
    while True:
        target = f"mail:{ask_text('Mail address that gets the cards', default)}"
        problems = check_target_forms([target])
        show_results(problems)
        if not problems:
            return _ask_mail_server(answers), target


def _ask_inbox(_current: CurrentFiles, answers: Answers, _target: str) -> tuple[Answers, str]:
    show_line("People sign in to the inbox with a mailed code, or with OIDC (docs/sign-in.md).")
    return _ask_mail_server(answers, is_needed=False), "inbox"


def _ask_mail_server(answers: Answers, *, is_needed: bool = True) -> Answers:
    while True:
        url = ask_secret("Mail server (smtps://user:password@host; Enter for none)", answers.smtp_url)
        if not url and not is_needed:
            return replace(answers, smtp_url="")
        sender = ask_text("Sender of mails, as in reviews@example.com", answers.mail_from)
        candidate = replace(answers, smtp_url=url, mail_from=sender)
        results = (
            check_mail(candidate) if url else [report_problem("smtp_url", "is needed for cards by mail")]
        )
        show_results(results)
        if not has_problem(results):
            return candidate


def _ask_token(
    answers: Answers, name: str, question: str, check: Callable[[Answers], list[CheckResult]]
) -> Answers:
    while True:
        token = ask_secret(question, getattr(answers, name))
        if not token:
            continue
        candidate = answers.change(name, token)
        results = check(candidate)
        show_results(results)
        if not has_problem(results):
            return candidate


_QUESTIONS: Mapping[str, Callable[[CurrentFiles, Answers, str], tuple[Answers, str]]] = {
    "slack": _ask_slack,
    "teams": _ask_teams,
    "mail": _ask_mail,
    "inbox": _ask_inbox,
}
