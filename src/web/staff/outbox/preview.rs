//! An outgoing mail as the center reads it: the text as it is sent, without the links that act in the name of
//! the mail's reader. Such a link is for its reader alone; the center may read the mail but not act as its
//! reader.
use chrono::{DateTime, Utc};

use crate::{
    app::App, mail::outgoing_mail::QueuedMail, store::correspondence::outbox::OutboxEntry, url::Site,
};

/// The text that replaces a link, or the secret part of an address.
pub const MASK: &str = "（本人用のリンク）";

/// A part of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The address of a page of ours that requires signing in.
    Link(String),
}

/// Returns the text in parts, with the links that the center can open; a link to another site stays text.
pub fn text(mail: &OutboxEntry, site: &Site) -> Vec<Piece> {
    let masked = masked(&mail.text_body, site);
    let mut pieces = Vec::new();
    let mut rest = masked.as_str();
    while let Some((before, address, after)) = site.next_own(rest) {
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Link(address.to_owned()));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// Returns the HTML part. A masked link loses its `href`.
pub fn html(mail: &OutboxEntry, site: &Site) -> String {
    masked(&mail.html_body, site).replace(&format!(" href=\"{MASK}\""), "")
}

/// Returns the invitation, if there is one, with its lines unfolded (RFC 5545 §3.1), so that no secret is
/// hidden by a line break.
pub fn calendar(mail: &OutboxEntry, site: &Site) -> Option<String> {
    let body = mail.calendar.as_ref()?.replace("\r\n ", "").replace("\r\n\t", "");
    Some(masked(&body, site))
}

/// Returns the headers with which a mail is or was sent, without the signature, which is computed at each
/// sending. `date` is the instant of sending. `None` if no message can be made of the mail.
pub fn headers(app: &App, mail: &QueuedMail, date: DateTime<Utc>) -> Option<String> {
    let reply_to = app.reply_to(&mail.outgoing);
    let message = app.mail.message(mail, reply_to.as_ref(), date).ok()?;
    let raw = String::from_utf8_lossy(&message.formatted()).into_owned();
    let (headers, _) = raw.split_once("\r\n\r\n")?;
    let unsigned = headers.split_once("DKIM-Signature:").map_or(headers, |(before, _)| before);
    Some(masked(unsigned.trim_end(), &app.site).replace("\r\n", "\n"))
}

/// Masks the links that act for their holder, and the tokens of the addresses for replies.
fn masked(text: &str, site: &Site) -> String {
    let text = site.without_open_links(text, MASK);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, from)) = rest.split_once(REPLY) {
        let token = from.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(from.len());
        shown.push_str(before);
        shown.push_str(REPLY);
        if token > 0 {
            shown.push_str("（本人用）");
        }
        rest = &from[token..];
    }
    shown.push_str(rest);
    shown
}

/// The prefix of the address for replies to a mail about a consultation.
const REPLY: &str = "reply+";

#[cfg(test)]
mod tests {
    use super::{MASK, masked};
    use crate::url::Site;

    #[test]
    fn a_link_that_signs_in_is_masked_and_the_rest_stays() {
        let site = Site::new("https://soudan.example.jp");
        for (text, shown) in [
            ("▼開く\nhttps://soudan.example.jp/l/abc-_1\n", "▼開く\n（本人用のリンク）\n"),
            ("https://soudan.example.jp/staff/set-password/abc。", "（本人用のリンク）。"),
            ("https://soudan.example.jp/apply/0193f0a0-0000", MASK),
            ("https://soudan.example.jp/f/a?answer=good", MASK),
            ("<https://soudan.example.jp/u/daily_digest/a>", "<（本人用のリンク）>"),
            ("https://soudan.example.jp/calendar/a.ics", MASK),
            ("https://soudan.example.jp/staff/", "https://soudan.example.jp/staff/"),
            ("https://soudan.example.jp/staff/../l/abc", MASK),
            ("https://soudan.example.jp/apply", "https://soudan.example.jp/apply"),
            (
                "https://soudan.example.jp/my/R08-000123（https://evil.example/x）",
                "https://soudan.example.jp/my/R08-000123（https://evil.example/x）",
            ),
            ("https://soudan.example.jp.evil.example/l/a", "https://soudan.example.jp.evil.example/l/a"),
            ("Reply-To: <reply+0123abc@example.jp>", "Reply-To: <reply+（本人用）@example.jp>"),
            ("reply+@ reply+", "reply+@ reply+"),
        ] {
            assert_eq!(masked(text, &site), shown);
        }
    }
}
