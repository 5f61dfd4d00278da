"""Says what Python's icalendar finds in the invitation on standard input, as JSON."""
import json
import sys

import icalendar

calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
[event] = calendar.walk("VEVENT")
attendees = event.get("ATTENDEE", [])
attendees = attendees if isinstance(attendees, list) else [attendees]
organizer = event.get("ORGANIZER")
json.dump(
    {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "start": event.decoded("DTSTART").astimezone(__import__("datetime").timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": str(event["SUMMARY"]),
        "description": str(event.get("DESCRIPTION", "")),
        "organizer": [str(organizer), str(organizer.params.get("CN", ""))],
        "attendees": sorted([str(it), str(it.params.get("CN", "")), str(it.params.get("PARTSTAT", ""))] for it in attendees),
    },
    sys.stdout,
)
