"""Recovery of stuck events: their job ended, or was lost, and left them in the state `received`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from dbos import DBOS

from runtime.worker.job_names import is_known_work, parse_workflow_id
from runtime.worker.workflows import PROCESS_EVENT
from store.stuck_events import find_files, find_handed_over, hand_over_again

if TYPE_CHECKING:
    import sqlalchemy as sa

ACTIVE_STATUSES = ["PENDING", "ENQUEUED", "DELAYED"]
MAX_ACTIVE_JOBS = 5000
"""With more jobs than these, stuck events can't be identified, nor is there any need to look."""

log = structlog.get_logger()


class StuckEvents:
    """Search for stuck events, some files at a time; the next search continues from there."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._after = ""

    def rerun(self) -> list[int]:
        """Hand over again what was handed over long ago and has no job; return the events.

        If a job turns up meanwhile, nothing is done twice: two jobs of one file settle each event once.
        """
        handed_over, self._after = find_handed_over(self._engine, after=self._after)
        if not handed_over:
            return []
        jobs = DBOS.list_workflows(
            name=PROCESS_EVENT,
            status=ACTIVE_STATUSES,
            limit=MAX_ACTIVE_JOBS,
            load_input=False,
            load_output=False,
        )
        if len(jobs) == MAX_ACTIVE_JOBS:
            return []
        # The name of a newer release's job does not show its event: two jobs may work on one.
        names = [job.workflow_id for job in jobs if is_known_work(job.workflow_id)]
        busy = find_files(self._engine, {parse_workflow_id(name)[1] for name in names})
        rerun_ids = hand_over_again(self._engine, (each for each in handed_over if each.file_id not in busy))
        for event_id in rerun_ids:
            log.warning("event_stuck", id=event_id, handed_over_again=True)
        return rerun_ids
