//! An outgoing mail as the center reads it: the text as it is sent, without the links that act in the name of
//! the mail's reader. Such a link is for its reader alone; the center may read the mail but not act as its
//! reader.
use chrono::{DateTime, Utc};

use crate::{
    app::App,
    mail::outgoing_mail::QueuedMail,
    store::{correspondence::outbox::OutboxEntry, worklist::untold::UntoldNews},
    url::Site,
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

/// Returns the words of a mail for a call: without the signature, and without the links, of which a call has no use.
fn spoken(text: &str, site: &Site) -> String {
    let masked = masked(text, site);
    let words = masked.lines().take_while(|it| !it.starts_with(SIGNATURE));
    let said = words.filter(|it| !it.starts_with('▼') && !it.contains(MASK) && site.next_own(it).is_none());
    let mut lines: Vec<&str> = Vec::new();
    for line in said {
        if !line.trim().is_empty() || lines.last().is_some_and(|it| !it.trim().is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// News as it is told on the telephone.
pub struct SpokenNews {
    pub at: DateTime<Utc>,
    pub subject: String,
    pub text: String,
    /// The words of the message that the news is about; may be empty.
    pub message: String,
}

impl SpokenNews {
    pub fn of(it: UntoldNews, site: &Site) -> Self {
        Self { at: it.at, subject: it.subject, text: spoken(&it.text, site), message: it.message }
    }
}

/// The beginning of the line above the signature, as the shipped frame has it.
const SIGNATURE: &str = "――――";

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
    use super::{MASK, masked, spoken};
    use crate::url::Site;

    #[test]
    fn the_words_for_a_call_have_no_link_and_no_signature() {
        let site = Site::new("https://soudan.example.jp");
        let text = "田中 一郎 様\n\n予約を取り消しました。\n\n▼開く\nhttps://soudan.example.jp/l/abc\n\n▼入る\n\
                    https://soudan.example.jp/login\n\n――――――\nセンター\n";
        assert_eq!(spoken(text, &site), "田中 一郎 様\n\n予約を取り消しました。");
        let room = "接続先：https://video.example.jp/a";
        assert_eq!(spoken(room, &site), room);
    }

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
