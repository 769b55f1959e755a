"""The routes of the year and their people as the model has them; `tests/year/routes_file.py` has the file."""

from __future__ import annotations

from datetime import date

from tests.year.model import HOUR, ModelRoute
from tests.year.working_periods import list_working_periods

YEAR = 2027
YEARS = range(YEAR - 1, YEAR + 3)
LATVIA = tuple(
    date(YEAR, month, day)
    for month, day in (
        *((1, 1), (3, 26), (3, 29), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18)),
        *((12, 24), (12, 25), (12, 31)),
    )
)
"""The public holidays of Latvia in 2027 that are no Sundays, written down by hand."""
BAVARIA = tuple(
    date(YEAR, month, day)
    for month, day in (
        *((1, 1), (1, 6), (3, 26), (3, 29), (5, 1), (5, 6), (5, 17), (5, 27)),
        *((11, 1), (12, 25)),
    )
)
"""Those of Bavaria, in the same way."""
CLOSED = (date(YEAR, 8, 2), date(YEAR, 8, 3))
WORKDAYS, NIGHTS = range(5), (6, 0, 1, 2, 3)
ANNA, BORIS, CARLA, DAVID, EVA = (
    f"{name}@example.com" for name in ("anna", "boris", "carla", "david", "eva")
)
WRITERS = tuple(f"writer{number}@example.com" for number in range(6))

PEOPLE = (ANNA, BORIS, CARLA, DAVID, EVA)
_RIGA = list_working_periods(
    "Europe/Riga", weekdays=WORKDAYS, first=9, last=17, closed={*LATVIA, *CLOSED}, years=YEARS
)
_BOTH = list_working_periods(
    "Europe/Berlin", weekdays=WORKDAYS, first=8, last=16, closed={*LATVIA, *BAVARIA}, years=YEARS
)
_NIGHT = list_working_periods("Europe/Riga", weekdays=NIGHTS, first=0, last=6, closed=(), years=YEARS)
_UTC = list_working_periods("UTC", weekdays=WORKDAYS, first=9, last=17, closed=(), years=YEARS)
_LADDER = (
    (50, "remind", ""),
    (100, "escalate", "deputies"),
    (150, "escalate", "paper:OPS"),
    (200, "lapse", ""),
)
_URGENT = ((10, "remind", ""), (90, "escalate", EVA), (100, "escalate", "deputies"))

ROUTES = {
    route.name: route
    for route in (
        ModelRoute(
            name="riga",
            periods=_RIGA,
            owners=(ANNA, BORIS),
            deputies=(CARLA,),
            due=16 * HOUR,
            steps=_LADDER,
            after_request=24 * HOUR,
        ),
        ModelRoute(
            name="both",
            periods=_BOTH,
            owners=(BORIS,),
            deputies=(CARLA, ANNA),
            due=24 * HOUR,
            remind=6 * HOUR,
            after_request=5 * HOUR,
        ),
        ModelRoute(name="night", periods=_NIGHT, owners=(DAVID,), deputies=(), due=9 * HOUR, day=6 * HOUR),
        ModelRoute(
            name="urgent",
            periods=_UTC,
            owners=(EVA, ANNA),
            deputies=(DAVID,),
            due=8 * HOUR,
            steps=_URGENT,
            urgent=True,
        ),
        ModelRoute(
            name="no-deadline", periods=_UTC, owners=(CARLA,), deputies=(DAVID,), due=None, remind=10 * HOUR
        ),
    )
}
