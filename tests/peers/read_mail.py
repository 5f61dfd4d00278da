"""Reads mails of ours with Python's email and verifies their signatures with dkimpy.

usage: read_mail.py FOLDER, with *.eml and, for each selector, SELECTOR.txt: the DNS record of its public key.
Prints one line of JSON a mail.
"""
import email
import email.header
import email.policy
import email.utils
import json
import pathlib
import sys

import dkim

folder = pathlib.Path(sys.argv[1])


def record(name, timeout=5):
    selector = name.decode().split(".")[0]
    return (folder / f"{selector}.txt").read_bytes().strip()


def holds(raw):
    return bool(dkim.verify(raw, dnsfunc=record))


def people(raw, name):
    """By the older reader: the newer one puts a blank between two encoded words of a phrase (against RFC 2047, 6.2)."""
    plain = email.message_from_bytes(raw)
    return [[str(email.header.make_header(email.header.decode_header(said))), address]
            for said, address in email.utils.getaddresses(plain.get_all(name))]


for path in sorted(folder.glob("*.eml")):
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.walk())
    print(json.dumps({
        "name": path.stem,
        "signed": holds(raw),
        # What somebody changes on the way no longer holds.
        "forged_subject": holds(raw.replace(b"\r\nSubject:", b"\r\nSubject: Re:", 1)),
        "forged_reader": holds(raw.replace(b"suzuki@", b"tanaka@", 1)),
        "defects": [str(it) for part in parts for it in part.defects]
        + [str(it) for value in message.values() for it in getattr(value, "defects", [])],
        "headers": {name: [str(it) for it in message.get_all(name)] for name in message.keys()},
        "from": people(raw, "From"),
        "to": people(raw, "To"),
        "structure": [part.get_content_type() for part in parts],
        "text": message.get_body(("plain",)).get_content(),
        "html": message.get_body(("html",)).get_content(),
        "calendars": [part.get_content() if part.get_content_maintype() == "text" else part.get_content().decode()
                      for part in parts if part.get_content_type() in ("text/calendar", "application/ics")],
        "longest_line": max(len(it) for it in raw.split(b"\r\n")),
        "bare_line_feeds": raw.replace(b"\r\n", b"").count(b"\n"),
    }))
