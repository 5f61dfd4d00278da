// Says what ical.js finds in the invitation on standard input, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { default: ICAL } = await import(createRequire(process.cwd() + "/").resolve("ical.js"));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const [event] = calendar.getAllSubcomponents("vevent");
const of = (it) => [it.getFirstValue(), it.getParameter("cn") ?? ""];
console.log(
  JSON.stringify({
    method: calendar.getFirstPropertyValue("method"),
    uid: event.getFirstPropertyValue("uid"),
    sequence: event.getFirstPropertyValue("sequence"),
    start: event.getFirstPropertyValue("dtstart").toJSDate().toISOString().replace(".000Z", "Z"),
    summary: event.getFirstPropertyValue("summary"),
    description: event.getFirstPropertyValue("description") ?? "",
    organizer: of(event.getFirstProperty("organizer")),
    attendees: event.getAllProperties("attendee").map((it) => [...of(it), it.getParameter("partstat") ?? ""]).sort(),
  }),
);
