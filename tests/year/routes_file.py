"""The routes of the simulated year as an operator writes them; `tests/year/routes.py` has the model's."""

from __future__ import annotations

from reviews.routes import file_parser
from reviews.routes.route import AddressForm, Routes
from runtime.settings.holiday_calendars import find_calendar

_TEXT = """
[[route]]
name = "riga"
watch = ["riga"]
owners = ["anna@example.com", "boris@example.com"]
deputies = ["carla@example.com"]
notify = ["paper:C1"]
due = "2 working days"
working_hours = "Mon-Fri 09:00-17:00"
timezone = "Europe/Riga"
holidays = "LV"
closed = ["2027-08-02", "2027-08-03"]
ladder = [
    {after = "50%", do = "remind"},
    {after = "100%", do = "escalate", to = "deputies"},
    {after = "150%", do = "escalate", to = "paper:OPS"},
    {after = "200%", do = "lapse"},
]
after_request = "3 working days"

[[route]]
name = "both"
watch = ["both"]
owners = ["boris@example.com"]
deputies = ["carla@example.com", "anna@example.com"]
notify = ["paper:C2"]
due = "24h"
remind = "6h"
working_hours = "Mon-Fri 08:00-16:00"
timezone = "Europe/Berlin"
holidays = ["LV", "DE-BY"]
after_request = "5h"

[[route]]
name = "night"
watch = ["night"]
owners = ["david@example.com"]
notify = ["paper:C1"]
due = "9h"
working_hours = "Sun-Thu 00:00-06:00"
timezone = "Europe/Riga"

[[route]]
name = "urgent"
watch = ["urgent"]
owners = ["eva@example.com", "anna@example.com"]
deputies = ["david@example.com"]
notify = ["paper:C3"]
due = "8h"
urgent = true
ladder = [
    {after = "10%", do = "remind"},
    {after = "90%", do = "escalate", to = "eva@example.com"},
    {after = "100%", do = "escalate", to = "deputies"},
]

[[route]]
name = "no-deadline"
watch = ["no-deadline"]
owners = ["carla@example.com"]
deputies = ["david@example.com"]
notify = ["paper:C2"]
remind = "10h"
"""


def read_routes() -> Routes:
    paper = AddressForm(example="paper:C1", find_problem=lambda _address: None)
    return file_parser.parse(_TEXT, notifiers={"paper": paper}, find_calendar=find_calendar)
