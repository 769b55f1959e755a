"""The names of jobs and of their attempts, by which the engine starts each once.

A workflow's name has its kind, its subject, and the number of the attempt. The engine stores names, so each
release has to read those of others.
"""

from __future__ import annotations

import re

EVENT, CARD, SWEEP = "event", "card", "sweep"
_NAME = re.compile(rf"({EVENT}|{CARD}|{SWEEP})-[0-9]+-[0-9]+-[0-9]+")


def is_known_work(workflow_id: str) -> bool:
    """Return whether a workflow is of this release's kinds; a newer release may have others."""
    return _NAME.fullmatch(workflow_id) is not None


def parse_workflow_id(workflow_id: str) -> tuple[str, int, int]:
    """Return the subject of a workflow: `event`, `card` or `sweep`, its id, its run or drawing."""
    kind, number, run, _attempt = workflow_id.split("-")
    return kind, int(number), int(run)


def get_job_name(workflow_id: str) -> str:
    """Return the common part of the names of all attempts of a run or a drawing."""
    return workflow_id.rpartition("-")[0]


def build_owner_name(worker: str, job: str) -> str:
    """Return the name under which a worker claims the card of a job."""
    return f"{worker}:{job}"


def name_event_job(event_id: int, run: int) -> str:
    return f"{EVENT}-{event_id}-{run}"


def name_card_job(card_id: int, drawing: int) -> str:
    return f"{CARD}-{card_id}-{drawing}"


def name_sweep_job(number: int, piece: int) -> str:
    return f"{SWEEP}-{number}-{piece}"
