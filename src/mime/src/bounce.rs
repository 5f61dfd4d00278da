//! Recognizes mail which says that a mail of ours did not arrive: standard reports (RFC 3464), and reports in
//! a server's own words.
use crate::{DeliveryReport, ReceivedMail};

/// A server's report about a mail, either in the standard form or in the server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BounceReport {
    /// The recipients that the report names; at least one.
    pub failures: Vec<FailedRecipient>,
    /// The Message-IDs that may belong to the reported mail.
    pub message_ids: Vec<String>,
}

/// A recipient that the mail did not reach, or has not reached yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailedRecipient {
    /// The address as the server names it. It may be empty, and it may be the address to which the mail was
    /// forwarded.
    pub address: String,
    /// The enhanced status code (RFC 3463) or the SMTP reply code; may be empty.
    pub status: String,
    /// The server's own words, shortened; may be empty.
    pub diagnostic: String,
    /// Whether the mail will still arrive.
    pub delivery: DeliveryStatus,
}

/// Whether the mail will arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It will not arrive.
    #[default]
    Lost,
    /// It may arrive later: the server keeps trying, or the mailbox is full and its owner may clear it.
    Delayed,
    /// It has arrived.
    Delivered,
}

/// The most characters of a server's words that are kept.
const LONGEST: usize = 500;
/// The number of lines of a text that are searched.
const LINES: usize = 400;

/// Returns the report in a mail, if it is one. `null_sender` says that the envelope had no sender, which is
/// usual for reports (RFC 5321 §4.5.5).
pub fn report(read: &ReceivedMail, null_sender: bool) -> Option<BounceReport> {
    let failures = match &read.delivery_report {
        Some(it) => standard(it),
        None if is_in_words(read, null_sender) => vec![in_words(&read.body)],
        None => return None,
    };
    Some(BounceReport { failures, message_ids: message_ids(read) })
}

fn standard(report: &DeliveryReport) -> Vec<FailedRecipient> {
    let failure = |recipient: &Vec<(String, String)>| {
        let field = |name| DeliveryReport::field(recipient, name).unwrap_or_default();
        let address = [field("original-recipient"), field("final-recipient")];
        let status = field("status").to_owned();
        let delivery = match field("action").to_ascii_lowercase().as_str() {
            "delayed" => DeliveryStatus::Delayed,
            "delivered" | "relayed" | "expanded" => DeliveryStatus::Delivered,
            _ if status.starts_with('4') => DeliveryStatus::Delayed,
            _ => DeliveryStatus::Lost,
        };
        FailedRecipient {
            address: address.into_iter().find(|it| it.contains('@')).unwrap_or_default().to_owned(),
            diagnostic: shortened(field("diagnostic-code")),
            status,
            delivery,
        }
    };
    let failures: Vec<_> = report.recipients.iter().map(failure).collect();
    if failures.is_empty() { vec![FailedRecipient::default()] } else { failures }
}

/// The phrases by which the subjects of reports without RFC 3464 are recognized, in lower case.
const SUBJECTS: [&str; 17] = [
    "undeliverable",
    "undelivered mail",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "mail delivery failed",
    "mail delivery failure",
    "mail system error",
    "failure notice",
    "returned mail",
    "message not delivered",
    "non remis",
    "配信不能",
    "配信不可",
    "配信に失敗",
    "送信できませんでした",
    "メール送信エラー",
];
const SENTENCES: [&str; 14] = [
    "this is the qmail-send program",
    "i'm afraid i wasn't able to deliver your message",
    "did not reach the following recipient",
    "the following addresses had permanent",
    "permanent fatal errors",
    "your message wasn't delivered",
    "couldn't be delivered",
    "could not be delivered",
    "a message that you sent could not be delivered",
    "user unknown",
    "次のあて先へのメッセージはエラーのため送信できませんでした",
    "メールアドレスが見つかりません",
    "次の受信者またはグループへの配信に失敗しました",
    "宛先アドレスが見つからなかった",
];

/// Returns whether the mail is a report in words: it comes from a server's own address or has no envelope
/// sender, and its subject or its first lines say that a mail was not delivered.
fn is_in_words(read: &ReceivedMail, null_sender: bool) -> bool {
    let local = read.author().and_then(|it| it.parts()).map(|(local, _)| local.to_lowercase());
    let by_server = local.is_some_and(|it| {
        ["mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange", "mdaemon"]
            .iter()
            .any(|name| it.starts_with(name))
    });
    let nobody = null_sender || read.return_path.as_deref() == Some("");
    if !by_server && !nobody {
        return false;
    }
    let subject = read.subject.to_lowercase();
    let head: String = read.body.lines().take(60).collect::<Vec<_>>().join("\n").to_lowercase();
    SUBJECTS.iter().any(|it| subject.contains(it)) || SENTENCES.iter().any(|it| head.contains(it))
}

/// Reads a report in words: the first address in angle brackets, or else the first address at all, and the
/// server's words about it.
fn in_words(body: &str) -> FailedRecipient {
    let lines: Vec<_> = body.lines().take(LINES).map(str::trim).collect();
    let bracketed = lines.iter().find_map(|it| {
        let (_, rest) = it.split_once('<')?;
        let (address, _) = rest.split_once('>')?;
        let address = address.trim_start_matches("mailto:");
        (is_address(address) && !it.to_lowercase().starts_with("message-id")).then(|| address.to_owned())
    });
    let bare = || {
        let mut words =
            lines.iter().flat_map(|it| it.split(|it: char| it.is_whitespace() || "()[]:;,\"'".contains(it)));
        words.find(|it| is_address(it)).map(str::to_owned)
    };
    let line = lines.iter().find(|it| reply_code(it).is_some());
    let status = line.and_then(|it| reply_code(it)).unwrap_or_default();
    FailedRecipient {
        address: bracketed.or_else(bare).unwrap_or_default(),
        delivery: if status.starts_with('4') { DeliveryStatus::Delayed } else { DeliveryStatus::Lost },
        status,
        diagnostic: shortened(line.copied().unwrap_or_default()),
    }
}

/// Finds a reply code such as 「550」 or an enhanced status code such as 「5.1.1」 in a line.
fn reply_code(line: &str) -> Option<String> {
    let mut words = line.split(|it: char| it.is_whitespace() || "#()<>:;,-'\"".contains(it));
    let is_enhanced = |it: &str| {
        let mut parts = it.split('.');
        let class = parts.next().is_some_and(|it| it == "4" || it == "5");
        let rest: Vec<_> = parts.collect();
        class && rest.len() == 2 && rest.iter().all(|it| (1..=3).contains(&it.len()) && digits(it))
    };
    let is_plain = |it: &str| it.len() == 3 && digits(it) && (it.starts_with('4') || it.starts_with('5'));
    words.find(|it| is_enhanced(it) || is_plain(it)).map(str::to_owned)
}

/// Returns the Message-IDs in the headers and in the quoted or attached part of the returned mail.
fn message_ids(read: &ReceivedMail) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    ids.extend(read.delivery_report.as_ref().and_then(DeliveryReport::original_message_id));
    let quoted = read.body.lines().take(4 * LINES).filter_map(|line| {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let rest = line.get(..11).filter(|it| it.eq_ignore_ascii_case("message-id:")).map(|_| &line[11..])?;
        let id = rest.trim().trim_start_matches('<').split('>').next()?;
        id.contains('@').then(|| id.to_owned())
    });
    ids.extend(quoted);
    // Some servers attach the returned mail as a file, which begins with its headers.
    for file in read.attachments.iter().filter(|it| it.content_type.starts_with("message/")) {
        let head = &file.bytes[..file.bytes.len().min(64 * 1024)];
        ids.extend(crate::read(head).message_id);
    }
    ids.extend(read.in_reply_to.iter().chain(&read.references).cloned());
    ids
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.ends_with('.'))
        && !text.contains(char::is_whitespace)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

fn shortened(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
