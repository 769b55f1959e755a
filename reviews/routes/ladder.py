"""The ladder of a route: what happens, and when, while a review has no answer."""

from __future__ import annotations

from dataclasses import dataclass

from reviews.kinds import StepAction

DEPUTIES = "deputies"
DEADLINE = 100
"""The deadline as a percentage of the working time until due."""


@dataclass(frozen=True, kw_only=True)
class LadderStep:
    """One step, `after` so many percent of the working time between the opening of a review and its deadline.

    An escalation goes to `to`: the deputies, an address, a user group, or a channel, whose (notifier, target)
    is `place`. An `urgent` step does not wait for working hours.
    """

    after: int
    action: StepAction
    to: str = ""
    place: tuple[str, str] | None = None
    urgent: bool = False
    is_written: bool = True
    """Whether the routing file has it; a lapse that is not written follows on the last step."""

    @property
    def label(self) -> str:
        """When it comes, as the routing file says it."""
        return f"{self.after}%"


def asks_people(step: LadderStep) -> bool:
    return step.action is not StepAction.LAPSE


def build_default_ladder(*, urgent: bool) -> tuple[LadderStep, ...]:
    """Return the ladder of a route that has none: at the deadline the deputies are asked too."""
    escalation = LadderStep(after=DEADLINE, action=StepAction.ESCALATE, to=DEPUTIES, urgent=urgent)
    return end_ladder((escalation,))


def build_campaign_ladder(*, urgent: bool) -> tuple[LadderStep, ...]:
    """Return the ladder of a campaign on a route that has none: reminders up to the deadline."""
    reminders = (LadderStep(after=after, action=StepAction.REMIND, urgent=urgent) for after in (50, 80, 100))
    return (*reminders, LadderStep(after=150, action=StepAction.LAPSE, urgent=urgent))


def end_ladder(steps: tuple[LadderStep, ...]) -> tuple[LadderStep, ...]:
    """Return a ladder that ends with a lapse; of steps with the same percentage the urgent ones come first.

    Where no lapse is written, it comes with the last step, but not before the deadline.
    """
    steps = tuple(sorted(steps, key=lambda step: (step.after, not asks_people(step), not step.urgent)))
    if not steps or not asks_people(steps[-1]):
        return steps
    last = steps[-1]
    after = max(last.after, DEADLINE)
    lapse = LadderStep(after=after, action=StepAction.LAPSE, urgent=last.urgent, is_written=False)
    return (*steps, lapse)
