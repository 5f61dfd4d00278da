// Reads the mails that a service without a mail server writes as files (RFC 5322, 2045 and 2047).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Every mail in the folder, oldest first. */
export function mailsIn(folder) {
  let names;
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((it) => it.endsWith(".eml"))
    .sort()
    .map((it) => read(readFileSync(join(folder, it))));
}

/** The address under `▼label` in the text of a mail, or nothing. */
export function linkUnder(mail, label) {
  const lines = mail.text.split("\n");
  return lines[lines.indexOf(`▼${label}`) + 1]?.match(/^https?:\/\/\S+$/)?.[0];
}

/** The report of a mail server (RFC 3464) that it could not deliver a mail. */
export function bounceOf(mail) {
  const lines = [
    "Return-Path: <>",
    "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)",
    "To: madoguchi@example.jp",
    "Subject: Undelivered Mail Returned to Sender",
    `Message-ID: <bounce-${Date.now()}@mx.example.net>`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.net",
    "",
    `Final-Recipient: rfc822; ${mail.to}`,
    "Action: failed",
    "Status: 5.1.1",
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
    "",
    "--b",
    "Content-Type: text/rfc822-headers",
    "",
    `To: ${mail.to}`,
    `Message-ID: ${mail.id}`,
    "",
    "--b--",
    "",
  ];
  return lines.join("\r\n");
}

/** Who it is for, what it is about, and its parts by content type. */
export function read(bytes) {
  const { headers, parts } = entity(bytes.toString("latin1"));
  const part = (type) => parts.find((it) => it.type === type)?.content ?? "";
  return {
    id: headers.get("message-id"),
    to: words(headers.get("to")).match(/<([^>]+)>|(\S+@\S+)/)?.slice(1).find(Boolean),
    subject: words(headers.get("subject")),
    text: part("text/plain"),
    html: part("text/html"),
    calendar: part("text/calendar"),
  };
}

/** An entity, and its leaves in their order. `raw` has one character for each byte. */
function entity(raw) {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, " ");
  const body = raw.slice(end + 4);
  const headers = new Map();
  for (const line of head.split("\r\n")) {
    const [, name, value] = line.match(/^([^:]+):\s*(.*)$/);
    headers.set(name.toLowerCase(), value);
  }
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = type.match(/boundary="?([^";]+)"?/)?.[1];
  if (!boundary) {
    const content = decoded(body, headers.get("content-transfer-encoding"));
    return { headers, parts: [{ type: type.split(";")[0].trim().toLowerCase(), content }] };
  }
  const inside = body.split(`--${boundary}`).slice(1, -1);
  return { headers, parts: inside.flatMap((it) => entity(it.replace(/^\r\n/, "")).parts) };
}

function decoded(body, encoding = "7bit") {
  const bytes = {
    base64: () => Buffer.from(body, "base64"),
    "quoted-printable": () => quotedPrintable(body.replaceAll(/=\r\n/g, "")),
  }[encoding.toLowerCase()];
  return (bytes?.() ?? Buffer.from(body, "latin1")).toString("utf8").replaceAll("\r\n", "\n");
}

function quotedPrintable(text) {
  return Buffer.from(text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

/** A header with its encoded words decoded. The blank between two of them does not count. */
function words(header = "") {
  const joined = header.replaceAll(/\?=\s+=\?/g, "?==?");
  const bytes = joined.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding, text) => {
    const taken =
      encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : quotedPrintable(text.replaceAll("_", " "));
    return taken.toString("latin1");
  });
  return Buffer.from(bytes, "latin1").toString("utf8");
}
