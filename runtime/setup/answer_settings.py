"""Answers as settings, and the settings of an installation as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.settings import settings
from runtime.settings.setting_kinds import Intake
from runtime.settings.settings import UnusableSettings
from runtime.setup.answers import Answers
from runtime.setup.check_results import CheckResult, report_problem
from runtime.wiring.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.settings.settings import Settings

SETTINGS = {
    "portal": "DOCSPACE_API_HOST",
    "key": "DOCSPACE_API_KEY",
    "public_url": "PUBLIC_URL",
    "slack_bot_token": "SLACK_BOT_TOKEN",
    "slack_signing_secret": "SLACK_SIGNING_SECRET",
    "slack_app_token": "SLACK_APP_TOKEN",
    "smtp_url": "SMTP_URL",
    "mail_from": "MAIL_FROM",
}
"""The setting of each answer that is one."""


def read_current_answers(config: Settings) -> Answers:
    """Return the answers that the settings hold; those of the routing file are not among them."""
    texts: dict[str, Any] = {answer: config.get_option(name) for answer, name in SETTINGS.items()}
    workflows = {name: secret.get_secret_value() for name, secret in config.teams_workflow.items()}
    sweeps = config.public_url and not config.has_receiver
    return Answers(**texts, teams_workflow=workflows, intake=Intake.SWEEP if sweeps else "")


def list_settings(answers: Answers) -> Mapping[str, str]:
    """Return the settings of the answers by their names; an empty one is not to be set."""
    texts = {name: getattr(answers, answer) for answer, name in SETTINGS.items()}
    workflows = {f"TEAMS_WORKFLOW_{name.upper()}": text for name, text in answers.teams_workflow.items()}
    return {**texts, **workflows, "INTAKE": str(find_intake(answers))}


def explain_unusable(error: UnusableSettings) -> str:
    """Return the reason, without the name of the setting where it is an answer: people know it by that."""
    name, _, reason = str(error).partition(": ")
    return reason if name in SETTINGS.values() else str(error)


def name_answers(text: str) -> str:
    """Return a text with the answers in place of their settings: people know them by those names."""
    for answer, setting in SETTINGS.items():
        text = text.replace(setting, answer)
    return text


def drop_unusable(answers: Answers) -> tuple[Answers, list[CheckResult]]:
    """Return the answers without those that are of no use as a setting, and a problem for each of these."""
    problems = []
    for answer, name in SETTINGS.items():
        try:
            settings.parse_settings({name.lower(): getattr(answers, answer)})
        except UnusableSettings as error:
            problems.append(report_problem(answer, explain_unusable(error)))
            answers = answers.change(answer, "")
    return answers, problems


def find_intake(answers: Answers) -> Intake:
    """Return where changes come from; only an installation with a public address can be called."""
    return Intake.WEBHOOK if answers.has_receiver else Intake.SWEEP


def load_settings(answers: Answers, **others: str) -> Settings:
    """Return the settings of the environment with those of the answers, and `others` by their names.

    Raises `UnusableSettings` for the first that can't be used.
    """
    texts = {SETTINGS[answer].lower(): getattr(answers, answer) for answer in SETTINGS}
    intake = {"intake": str(find_intake(answers))}
    return settings.load({**texts, **intake, "teams_workflow": dict(answers.teams_workflow), **others})


def build_wiring(answers: Answers, **others: str) -> Wiring:
    """Return the objects of an installation with these answers; nothing is connected before it is used."""
    return Wiring(load_settings(answers, **others))
