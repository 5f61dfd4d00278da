//! Decides which parts of a mail are its text, and sorts the others: calendar objects, delivery reports,
//! attachments.
use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::{
    Attachment, CalendarPart, DeliveryReport, LONGEST_BODY, MOST_ATTACHMENTS, ReceivedMail, Remark, charset,
    header, html,
    part::{MimePart, Multipart},
    report,
};

/// The most bytes of one text part that are decoded.
const LONGEST_TEXT: usize = 1024 * 1024;
/// The most parts that are read as text. Further text parts are attachments.
const MOST_TEXTS: usize = 50;
/// The number of characters above which a file name is shortened.
const LONGEST_NAME: usize = 150;

/// A text part, and the group of alternatives that it belongs to.
struct Text {
    group: Option<usize>,
    text: String,
    /// The cleaned HTML of an HTML part.
    html: Option<String>,
}

pub fn fill(read: &mut ReceivedMail, parts: Vec<MimePart<'_>>, remarks: &mut BTreeSet<Remark>) {
    let mut texts = Vec::new();
    let mut report = None;
    for part in parts {
        let kind = part.kind();
        let reporting = part.within.contains(&Multipart::Report);
        let is_text = !part.is_attached() && texts.len() < MOST_TEXTS;
        match &*kind {
            "text/plain" if is_text && part.name().is_none() => texts.push(plain(&part, remarks)),
            "text/html" if is_text && part.name().is_none() => texts.push(hyper(&part, remarks)),
            "text/calendar" | "application/ics" => {
                if kind == "text/calendar" || read.calendar.is_empty() {
                    read.calendar.push(calendar(&part, remarks));
                }
                if part.is_attached() || part.name().is_some() {
                    attach(read, &part, kind, remarks);
                }
            }
            "message/delivery-status" | "message/global-delivery-status" => {
                let report = report.get_or_insert_with(DeliveryReport::default);
                report::fill(report, &part.bytes().0);
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers"
                if reporting =>
            {
                report::original(report.get_or_insert_with(DeliveryReport::default), &part.bytes().0);
            }
            _ => attach(read, &part, kind, remarks),
        }
    }
    read.delivery_report = report;
    let (body, html) = chosen(texts);
    let (body, cut) = cut(body, LONGEST_BODY);
    if cut {
        remarks.insert(Remark::BodyCut);
    }
    (read.body, read.html) = (body, html);
}

/// Returns the text in Unicode normalization form NFC.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Returns the body and the HTML. The text of an HTML part is left out of the body if a plain text among its
/// alternatives is not blank; all other texts are joined in order.
fn chosen(texts: Vec<Text>) -> (String, Option<String>) {
    let is_said = |it: &Text| it.html.is_none() && !it.text.trim().is_empty();
    let plain: BTreeSet<_> = texts.iter().filter(|it| is_said(it)).filter_map(|it| it.group).collect();
    let mut body = String::new();
    let mut html: BTreeMap<usize, String> = BTreeMap::new();
    for (n, it) in texts.into_iter().enumerate() {
        let stands = it.html.is_none() || it.group.is_none_or(|it| !plain.contains(&it));
        if stands && !it.text.is_empty() {
            if !body.is_empty() {
                body.push_str("\n\n");
            }
            body.push_str(&it.text);
        }
        if let Some(it) = it.html.filter(|it| !it.trim().is_empty()) {
            html.insert(n, it);
        }
    }
    let html: Vec<_> = html.into_values().collect();
    (body, (!html.is_empty()).then(|| html.join("\n<hr>\n")))
}

fn plain(part: &MimePart<'_>, remarks: &mut BTreeSet<Remark>) -> Text {
    let text = text(part, remarks);
    let is = |name: &str, value: &str| part.parameter(name).is_some_and(|it| it.eq_ignore_ascii_case(value));
    let text = if is("format", "flowed") { unflowed(&text, is("delsp", "yes")) } else { text };
    Text { group: group(part), text: tidy(&text), html: None }
}

fn hyper(part: &MimePart<'_>, remarks: &mut BTreeSet<Remark>) -> Text {
    let source = text(part, remarks);
    let (html, text) = html::clean(&source);
    Text { group: group(part), text: tidy(&text), html: Some(html) }
}

/// Returns the number of the outermost group of alternatives around the part. Parts within the same
/// alternatives belong to one group, however deep they are nested.
fn group(part: &MimePart<'_>) -> Option<usize> {
    part.within.iter().find_map(|it| match it {
        Multipart::Alternative(n) => Some(*n),
        Multipart::Mixed | Multipart::Related | Multipart::Report => None,
    })
}

fn calendar(part: &MimePart<'_>, remarks: &mut BTreeSet<Remark>) -> CalendarPart {
    CalendarPart {
        method: part.parameter("method").map(str::to_ascii_uppercase),
        text: text(part, remarks).replace('\0', ""),
    }
}

/// Decodes the text of a part.
fn text(part: &MimePart<'_>, remarks: &mut BTreeSet<Remark>) -> String {
    let (bytes, broken) = part.bytes();
    if broken {
        remarks.insert(Remark::BadEncoding);
    }
    if bytes.len() > LONGEST_TEXT {
        remarks.insert(Remark::BodyCut);
    }
    let decoded = charset::decode(&bytes[..bytes.len().min(LONGEST_TEXT)], part.parameter("charset"));
    if decoded.guessed {
        remarks.insert(Remark::Charset);
    }
    if decoded.lossy {
        remarks.insert(Remark::Unreadable);
    }
    decoded.text
}

fn attach(read: &mut ReceivedMail, part: &MimePart<'_>, kind: String, remarks: &mut BTreeSet<Remark>) {
    if read.attachments.len() >= MOST_ATTACHMENTS {
        remarks.insert(Remark::TooManyAttachments);
        return;
    }
    let (bytes, broken) = part.bytes();
    if broken {
        remarks.insert(Remark::BadEncoding);
    }
    let name = part.name().map(|it| file_name(&it)).filter(|it| !it.is_empty());
    let name = name.unwrap_or_else(|| {
        let subject = (kind == "message/rfc822")
            .then(|| header::split(&bytes, &mut BTreeSet::new()).0.line("subject", 80).0);
        match subject.map(|it| file_name(&it)).filter(|it| !it.is_empty()) {
            Some(subject) => format!("{subject}.eml"),
            None => format!("添付{}{}", read.attachments.len() + 1, extension(&kind)),
        }
    });
    if kind == "application/ms-tnef" || name.eq_ignore_ascii_case("winmail.dat") {
        remarks.insert(Remark::Tnef);
    }
    let inline =
        !part.is_attached() && (part.within.contains(&Multipart::Related) || part.disposition.is_some());
    read.attachments.push(Attachment { name, content_type: kind, bytes: bytes.into_owned(), inline });
}

/// Returns a safe name for a file: the last component of the path, without controls and direction marks,
/// never hidden, and never longer than a file system accepts. The name is empty if nothing remains.
pub fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|it| !charset::is_hidden(*it)).collect();
    let clean = clean.trim_start_matches(|it: char| it == '.' || it.is_whitespace()).trim_end();
    match clean.char_indices().nth(LONGEST_NAME) {
        None => clean.to_owned(),
        // The ending is kept because it shows the type of the file.
        Some((end, _)) => match clean.rsplit_once('.').filter(|(_, it)| it.chars().count() <= 10) {
            Some((_, ending)) => format!("{}….{ending}", &clean[..end]),
            None => format!("{}…", &clean[..end]),
        },
    }
}

fn extension(kind: &str) -> &'static str {
    match kind {
        "text/plain" => ".txt",
        "text/html" => ".html",
        "text/calendar" | "application/ics" => ".ics",
        "message/rfc822" => ".eml",
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        _ => ".bin",
    }
}

/// Joins flowed lines (RFC 3676): a line that ends in a blank continues in the next line of the same
/// quotation depth.
fn unflowed(text: &str, delete_blank: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start_matches('>').len();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open == Some(depth) && !signature {
            whole.push_str(content);
        } else {
            if !whole.is_empty() || open.is_some() {
                whole.push('\n');
            }
            whole.push_str(&">".repeat(depth));
            if depth > 0 && !content.is_empty() {
                whole.push(' ');
            }
            whole.push_str(content);
        }
        open = (content.ends_with(' ') && !signature).then_some(depth);
        if open.is_some() && delete_blank {
            whole.pop();
        }
        if open.is_none() && whole.is_empty() {
            // A blank first line counts as a line, too.
            whole.push('\n');
        }
    }
    whole
}

/// Returns the text in NFC, with lines separated by `\n` alone, without controls, and without blanks and
/// blank lines at its beginning and end.
fn tidy(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{c}', '\u{b}'], "\n");
    let clean: String =
        unified.chars().filter(|it| matches!(it, '\n' | '\t') || !charset::is_hidden(*it)).nfc().collect();
    clean.trim_matches(['\n', '\t', ' ', '\u{3000}']).to_owned()
}

fn cut(text: String, longest: usize) -> (String, bool) {
    match text.char_indices().nth(longest) {
        Some((end, _)) => (text[..end].to_owned(), true),
        None => (text, false),
    }
}
