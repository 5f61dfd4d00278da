"""Says what Python's icalendar finds in the feed of events on standard input, as JSON."""
import datetime
import json
import sys

import icalendar

calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())


def utc(it):
    return it.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


json.dump(
    [
        {
            "uid": str(it["UID"]),
            "summary": str(it["SUMMARY"]),
            "start": utc(it.decoded("DTSTART")),
            "end": utc(it.decoded("DTEND")),
            "status": str(it.get("STATUS", "")),
        }
        for it in calendar.walk("VEVENT")
    ],
    sys.stdout,
)
