"""What a pack is asked to be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class PackRequest:
    """The route, the period and the sample of a pack.

    Attributes:
        since, until: The period in which reviews were opened, `until` exclusive.
        sample_size: Reviews of the sample.
        seed: By what they are drawn. Where the auditor has not given one, it is the root of the checkpoint in
            hex: a seed that is chosen once the reviews are known can be chosen for its sample.
    """

    route: str
    since: datetime
    until: datetime
    sample_size: int
    seed: str
