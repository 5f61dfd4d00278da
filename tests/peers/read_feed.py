"""Says what Python's feedparser finds in the Atom feed on standard input, as JSON."""
import json
import sys

import feedparser

feed = feedparser.parse(sys.stdin.buffer.read())
json.dump(
    {
        "fault": str(feed.bozo_exception) if feed.bozo else "",
        "version": feed.version,
        "title": feed.feed.title,
        "entries": [{"title": it.title, "link": it.link, "id": it.id, "updated": it.updated} for it in feed.entries],
    },
    sys.stdout,
)
