//! The reports of mail servers about the delivery of a mail (RFC 3464).
use std::collections::BTreeSet;

use super::{DeliveryReport, header, words};

/// The most groups of fields that are read.
const MOST: usize = 100;

/// Reads the fields of a `message/delivery-status` part: those of the message, then those of each recipient.
pub fn fill(report: &mut DeliveryReport, bytes: &[u8]) {
    let mut rest = bytes.trim_ascii_start();
    let mut groups = Vec::new();
    while !rest.is_empty() && groups.len() < MOST {
        let (headers, after) = header::split(rest, &mut BTreeSet::new());
        let fields: Vec<_> = headers.lines().collect();
        if after.len() == rest.len() {
            // The line is not a field and is skipped.
            rest = &rest[header::line_end(rest, 0)..];
            continue;
        }
        rest = after;
        if !fields.is_empty() {
            groups.push(fields);
        }
    }
    let mut groups = groups.into_iter();
    report.message.extend(groups.next().unwrap_or_default());
    report.recipients.extend(groups);
}

/// Reads the headers of the returned mail, whether it is complete or not.
pub fn original(report: &mut DeliveryReport, bytes: &[u8]) {
    let (headers, _) = header::split(bytes.trim_ascii_start(), &mut BTreeSet::new());
    report.original.extend(headers.lines());
}

impl DeliveryReport {
    /// Returns the Message-ID of the reported mail, without brackets.
    pub fn original_message_id(&self) -> Option<String> {
        let (_, id) = self.original.iter().find(|(name, _)| name == "message-id")?;
        Some(words::tidy(id.trim().trim_start_matches('<').trim_end_matches('>')))
    }

    /// Returns a field of one recipient without its type (`rfc822;`): `final-recipient`, `action`, `status`,
    /// `diagnostic-code`.
    pub fn field<'a>(recipient: &'a [(String, String)], name: &str) -> Option<&'a str> {
        let (_, value) = recipient.iter().find(|(it, _)| it == name)?;
        let typed =
            ["final-recipient", "original-recipient", "diagnostic-code", "remote-mta"].contains(&name);
        Some(value.split_once(';').filter(|_| typed).map_or(&**value, |(_, it)| it).trim())
    }
}
