"""The process that reads a calendar: `python -m runtime.calendars.child`. `calendar_reader.py` starts it.

The time comes on a line of standard input, then the calendar. Once all is there it gives up the right to open
anything, as the readers of documents do.
"""

from __future__ import annotations

import json
import signal
import sys
from datetime import datetime

from documents.child import restrict_process
from runtime.calendars.calendar_text import NOT_WELL_FORMED, TOO_MUCH, UnreadableCalendar
from runtime.calendars.event_encoding import encode_content
from runtime.calendars.occurrences import load_zones, read_calendar


def main() -> None:
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)  # a stopping service sends them to all
    now = datetime.fromisoformat(sys.stdin.buffer.readline().decode().strip())
    content = sys.stdin.buffer.read()
    zones = load_zones()
    restrict_process()
    try:
        answer = encode_content(read_calendar(content, now, zones))
    except UnreadableCalendar as error:
        answer = _encode_failure(str(error))
    except MemoryError:
        answer = _encode_failure(TOO_MUCH)
    except Exception:  # noqa: BLE001 - the edge of the process; a message could hold text of the calendar
        answer = _encode_failure(NOT_WELL_FORMED)
    sys.stdout.buffer.write(answer)


def _encode_failure(reason: str) -> bytes:
    return json.dumps({"failure": reason}).encode()


if __name__ == "__main__":
    main()
