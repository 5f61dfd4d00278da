//! Derives the HTML part of a mail from its text, so that the two always say the same.
//!
//! The text uses this notation: a line 「■…」 is a heading; consecutive lines 「label：value」 are a table; a
//! line that is only an address is a button, labelled by the line 「▼…」 before it; an empty line ends a
//! paragraph.
use std::{borrow::Cow, iter::Peekable, str::Lines};

/// Returns the mail as an HTML document without remote content. Styles are inline because mail programs drop
/// style sheets.
pub fn from_text(text: &str) -> String {
    let mut body = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        body.push_str(&block(line, &mut lines));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n</head>\n\
         <body style=\"{BODY}\">\n<div style=\"{PAGE}\">\n{body}</div>\n</body>\n</html>\n"
    )
}

const BODY: &str = "margin:0;padding:16px;background:#ffffff;color:#1a1a1c;font-family:'Noto Sans JP',\
    'Hiragino Sans','BIZ UDPGothic',Meiryo,sans-serif;font-size:16px;line-height:1.7";
const PAGE: &str = "max-width:640px;margin:0 auto;overflow-wrap:anywhere";
const HEADING: &str = "margin:24px 0 8px;font-size:18px;line-height:1.5";
const PARAGRAPH: &str = "margin:0 0 16px";
const TABLE: &str = "margin:0 0 16px;border-collapse:collapse";
const LABEL: &str =
    "padding:4px 16px 4px 0;text-align:left;vertical-align:top;font-weight:bold;white-space:nowrap";
const VALUE: &str = "padding:4px 0;vertical-align:top";
const BUTTON: &str = "display:inline-block;padding:12px 24px;border-radius:8px;background:#0017c1;color:#ffffff;\
    font-weight:bold;text-decoration:none";
const LINK: &str = "color:#0017c1";
const SMALL: &str = "font-size:14px";

fn block(line: &str, rest: &mut Peekable<Lines<'_>>) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    if let Some(heading) = line.strip_prefix('■') {
        return format!("<h2 style=\"{HEADING}\">{}</h2>\n", escaped(heading));
    }
    if let Some(label) = line.strip_prefix('▼')
        && let Some(url) = rest.next_if(|it| is_only_url(it))
    {
        return button(label, url.trim());
    }
    if is_only_url(line) {
        return format!("<p style=\"{PARAGRAPH}\">{}</p>\n", linked(line.trim()));
    }
    if row(line).is_some() {
        return table(line, rest);
    }
    let mut paragraph = linked(line);
    while let Some(next) = rest.next_if(|it| is_prose(it)) {
        paragraph.push_str("<br>\n");
        paragraph.push_str(&linked(next));
    }
    format!("<p style=\"{PARAGRAPH}\">{paragraph}</p>\n")
}

/// Returns a button with the address below it, so that a reader can copy the address, or check it before
/// opening it.
fn button(label: &str, url: &str) -> String {
    let (label, url) = (escaped(label), escaped(url));
    format!(
        "<p style=\"{PARAGRAPH}\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a><br>\n\
         <a href=\"{url}\" style=\"{LINK};{SMALL}\">{url}</a></p>\n"
    )
}

fn table(first: &str, rest: &mut Peekable<Lines<'_>>) -> String {
    let mut table = format!("<table style=\"{TABLE}\">\n");
    let mut line = Some(first);
    while let Some((label, value)) = line.and_then(row) {
        table.push_str(&format!(
            "<tr><th scope=\"row\" style=\"{LABEL}\">{}：</th><td style=\"{VALUE}\">{}</td></tr>\n",
            escaped(label.trim()),
            linked(value)
        ));
        line = rest.next_if(|it| row(it).is_some());
    }
    table.push_str("</table>\n");
    table
}

/// Splits a table row into a label of at most eight characters and its value. In sentences, a colon comes
/// later.
fn row(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once('：')?;
    let is_label = (1..=8).contains(&label.trim().chars().count())
        && !label.starts_with(['■', '▼', '※', '・'])
        && !label.contains(['。', '、', '「']);
    (is_label && !value.trim().is_empty()).then_some((label, value))
}

fn is_prose(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with(['■', '▼']) && !is_only_url(line) && row(line).is_none()
}

fn is_only_url(line: &str) -> bool {
    let line = line.trim();
    url_length(line) == Some(line.len())
}

/// Returns the text with its web addresses as links.
fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((start, length)) = first_url(rest) {
        let (before, from) = rest.split_at(start);
        let (url, after) = from.split_at(length);
        let url = escaped(url);
        html.push_str(&escaped(before));
        html.push_str(&format!("<a href=\"{url}\" style=\"{LINK}\">{url}</a>"));
        rest = after;
    }
    html.push_str(&escaped(rest));
    html
}

fn first_url(text: &str) -> Option<(usize, usize)> {
    text.match_indices("http").find_map(|(start, _)| Some((start, url_length(&text[start..])?)))
}

/// Returns the length in octets of the web address with which `text` begins. A full-width character ends it.
fn url_length(text: &str) -> Option<usize> {
    let after_scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_part = |it: char| it.is_ascii_graphic() && !matches!(it, '<' | '>' | '"' | '\'' | '\\' | '`');
    let end = after_scheme.find(|it| !is_part(it)).unwrap_or(after_scheme.len());
    let address = after_scheme[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
    (!address.is_empty()).then_some(text.len() - after_scheme.len() + address.len())
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        match it {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            it => html.push(it),
        }
    }
    Cow::Owned(html)
}

#[cfg(test)]
mod tests;
