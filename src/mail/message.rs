//! Builds an Internet message (RFC 5322) from a mail: headers, the text and HTML parts, and the invitation.
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    address::{AddressError, Envelope},
    message::{
        Attachment, Body, Mailbox, MultiPart, SinglePart,
        header::{ContentType, ContentTypeErr, HeaderName, HeaderValue},
    },
};

use super::{
    dkim::Dkim,
    outgoing_mail::{InvitationPart, QueuedMail},
};

/// A mail and the other data that its message needs.
#[derive(Clone, Copy, Debug)]
pub struct MessageParts<'a> {
    pub mail: &'a QueuedMail,
    /// The `Date` header.
    pub date: DateTime<Utc>,
    pub from: &'a Mailbox,
    /// The address for answers, if it is not `from`.
    pub reply_to: Option<&'a Mailbox>,
    pub dkim: Option<&'a Dkim>,
}

/// The reason why no message can be built. Trying again would not help.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    #[error("the address cannot be written to: {0}")]
    Address(#[from] AddressError),
    #[error("the message cannot be built: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the content type cannot be written: {0}")]
    ContentType(#[from] ContentTypeErr),
}

pub fn build(outgoing: &MessageParts<'_>) -> Result<Message, Unsendable> {
    let QueuedMail { message_id, follows, outgoing: mail } = outgoing.mail;
    let to = addressed(&mail.to, &mail.to_name)?;
    // The envelope is given explicitly: lettre would derive it from the headers, where it does not parse a
    // quoted local part.
    let envelope = Envelope::new(Some(return_path(outgoing)), vec![to.email.clone()])?;
    let mut headers = Message::builder()
        .envelope(envelope)
        .message_id(Some(bracketed(message_id)))
        .date(SystemTime::from(outgoing.date.max(DateTime::UNIX_EPOCH)))
        .from(named(outgoing.from))
        .to(to)
        .subject(line(&mail.subject))
        // Keeps absence notices from answering (RFC 3834).
        .raw_header(raw("Auto-Submitted", "auto-generated".to_owned()))
        // Exchange looks at this header before it answers automatically.
        .raw_header(raw("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()))
        // Identifies our own mail when it comes back.
        .raw_header(raw("X-Loop", domain_of(message_id)));
    if let Some(latest) = follows.last() {
        let all: Vec<_> = follows.iter().map(|it| bracketed(it)).collect();
        headers = headers.in_reply_to(bracketed(latest)).references(all.join(" "));
    }
    if let Some(address) = &mail.unsubscribe {
        // Allows unsubscribing with one click, by POST (RFC 8058).
        headers = headers
            .raw_header(raw("List-Unsubscribe", bracketed(address)))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    if let Some(reply_to) = outgoing.reply_to {
        headers = headers.reply_to(named(reply_to));
    }
    let texts = MultiPart::alternative()
        .singlepart(SinglePart::plain(crlf(&mail.text)))
        .singlepart(SinglePart::html(crlf(&mail.html)));
    let content = match &mail.calendar {
        Some(part) => with_invitation(texts, part)?,
        None => texts,
    };
    let mut message = headers.multipart(content)?;
    if let Some(dkim) = outgoing.dkim {
        dkim.sign(&mut message);
    }
    Ok(message)
}

/// Returns the envelope sender: the address for answers, so that a server reports a failure to that address,
/// which identifies the mail. It is used only within the domain of `From`, because servers refuse other
/// domains.
fn return_path(outgoing: &MessageParts<'_>) -> Address {
    let home = outgoing.from.email.domain();
    let is_ours = |it: &&Mailbox| {
        let domain = it.email.domain();
        domain == home || domain.strip_suffix(home).is_some_and(|it| it.ends_with('.'))
    };
    outgoing.reply_to.filter(is_ours).unwrap_or(outgoing.from).email.clone()
}

fn domain_of(message_id: &str) -> String {
    plain(message_id.rsplit_once('@').map_or(message_id, |(_, domain)| domain))
}

/// Parses `address`, `Name <address>` or `"Name" <address>`, with any characters in the name. This is the
/// form of `MAIL_FROM`.
pub fn mailbox(raw: &str) -> Result<Mailbox, AddressError> {
    let raw = raw.trim();
    match raw.strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
        Some((name, address)) => addressed(address.trim(), name.trim().trim_matches('"')),
        None => addressed(raw, ""),
    }
}

/// Adds the invitation twice: some mail programs read the alternative part, others the attachment.
fn with_invitation(texts: MultiPart, part: &InvitationPart) -> Result<MultiPart, Unsendable> {
    let method = part.method.code();
    let alternative = ContentType::parse(&format!("text/calendar; method={method}; charset=UTF-8"))?;
    let attached = ContentType::parse(&format!("application/ics; name=\"{FILE_NAME}\""))?;
    let inline = SinglePart::builder().header(alternative).body(part.body.clone());
    let file =
        Attachment::new(FILE_NAME.to_owned()).body(Body::new(part.body.clone().into_bytes()), attached);
    Ok(MultiPart::mixed().multipart(texts.singlepart(inline)).singlepart(file))
}

const FILE_NAME: &str = "invite.ics";

fn addressed(address: &str, name: &str) -> Result<Mailbox, AddressError> {
    let name = line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed(address)?))
}

/// Parses an address. Japanese mobile carriers once gave out local parts with consecutive or trailing dots;
/// RFC 5321 requires that those are quoted.
fn parsed(address: &str) -> Result<Address, AddressError> {
    let Some((local, host)) = address.rsplit_once('@') else {
        return address.parse();
    };
    Address::new(local, host).or_else(|error| {
        let is_atoms = local.bytes().all(|it| it.is_ascii_graphic() && !b"\"\\()<>[]:;@,".contains(&it));
        if is_atoms && !local.is_empty() { Address::new(format!("\"{local}\""), host) } else { Err(error) }
    })
}

fn named(mailbox: &Mailbox) -> Mailbox {
    let name = mailbox.name.as_deref().map(line).filter(|it| !it.is_empty());
    Mailbox::new(name, mailbox.email.clone())
}

/// Returns the text as one line: characters that would end a header or reverse its direction become blanks.
fn line(text: &str) -> String {
    let ends = |it: char| {
        it.is_control()
            || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    // lettre would lose both of two consecutive blanks between encoded words.
    let words: Vec<_> = text.split(|it| it == ' ' || ends(it)).filter(|it| !it.is_empty()).collect();
    words.join(" ").trim().to_owned()
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// Returns the identifier in angle brackets, without characters that are not allowed there.
fn bracketed(id: &str) -> String {
    format!("<{}>", plain(id))
}

fn plain(id: &str) -> String {
    id.chars().filter(|it| it.is_ascii_graphic() && !matches!(it, '<' | '>')).collect()
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests;
