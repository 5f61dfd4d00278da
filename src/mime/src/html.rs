//! Cleans the HTML of mails, so that nothing in it runs, loads or asks for anything, and converts it into
//! text.
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;
use mail_parser::decoders::html::html_to_text;

/// The most tags and entities. With more, building a tree takes too long, and the mail is read as text alone.
const MOST_MARKS: usize = 10_000;
/// The most bytes of HTML that are cleaned.
const LONGEST: usize = 512 * 1024;
/// The greatest depth at which a quotation is shown; deeper quotations are shown at this depth.
const DEEPEST_QUOTE: usize = 5;

/// The cleaner, which keeps structure, the targets of links and the descriptions of pictures. It removes
/// `span`, with which mail programs break an address into pieces that would not be recognized as one of our
/// addresses.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "head", "template", "noscript", "svg", "math",
        ]))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("img", HashSet::from(["alt"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true);
    builder
});

/// Returns the cleaned HTML and the equivalent text. Neither contains an active link or a picture: the target
/// of a link is written after its words, and a picture is replaced with the description that its sender gave.
pub fn clean(source: &str) -> (String, String) {
    let marks = source.bytes().filter(|it| matches!(it, b'<' | b'&')).count();
    if marks > MOST_MARKS || source.len() > LONGEST {
        return (String::new(), html_to_text(&shortened(source)));
    }
    let cleaned = CLEANER.clean(source).to_string();
    written(&cleaned)
}

fn shortened(source: &str) -> String {
    source.char_indices().nth(LONGEST).map_or(source, |(end, _)| &source[..end]).to_owned()
}

/// Writes the HTML and the text from the cleaned HTML, whose form is known: attributes are quoted, and text
/// is escaped.
fn written(cleaned: &str) -> (String, String) {
    let mut html = String::with_capacity(cleaned.len());
    let mut out = Writer::default();
    let mut link: Option<(String, usize)> = None;
    let mut rest = cleaned;
    while let Some(start) = rest.find('<') {
        let (text, from) = rest.split_at(start);
        html.push_str(text);
        out.text(&unescaped(text));
        let Some(end) = tag_end(from) else { break };
        let (tag, after) = from.split_at(end);
        rest = after;
        let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '/']).next().unwrap_or_default();
        let closes = tag.starts_with("</");
        match (name, closes) {
            ("a", false) => link = attribute(tag, "href").map(|it| (unescaped(it), out.text.len())),
            ("a", true) => {
                if let Some((target, start)) = link.take() {
                    let shown = out.text.get(start..).unwrap_or_default().trim();
                    if !says(shown, &target) {
                        html.push_str(&format!(" &lt;{}&gt;", escaped(&target)));
                        out.text(&format!(" <{target}>"));
                    }
                }
            }
            ("img", _) => {
                let shows = attribute(tag, "alt").map(unescaped).unwrap_or_default();
                if !shows.trim().is_empty() {
                    html.push_str(&format!("［画像：{}］", escaped(&shows)));
                    out.text(&format!("［画像：{shows}］"));
                }
            }
            _ => {
                // The page that shows the mail has its own top-level heading.
                html.push_str(if name == "h1" { if closes { "</h2>" } else { "<h2>" } } else { tag });
                out.tag(name, closes);
            }
        }
    }
    html.push_str(rest);
    out.text(&unescaped(rest));
    (html, out.text)
}

/// Returns the position after the tag with which the text begins. A `>` within the quotes of an attribute
/// does not end the tag.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes()
        .position(|it| {
            quoted ^= it == b'"';
            it == b'>' && !quoted
        })
        .map(|it| it + 1)
}

/// Returns whether the text of a link is already its target.
fn says(shown: &str, target: &str) -> bool {
    let bare = |it: &str| {
        let it = it.trim_start_matches("mailto:").trim_start_matches("tel:");
        it.trim_end_matches('/').to_lowercase()
    };
    bare(shown) == bare(target)
}

#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
    preformatted: usize,
    /// Whether the current line already has text.
    begun: bool,
}

/// The tags that begin and end a line.
static BLOCKS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    BTreeSet::from([
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "tr",
        "ul",
    ])
});

impl Writer {
    fn tag(&mut self, name: &str, closes: bool) {
        if BLOCKS.contains(name) && self.begun {
            self.line();
        }
        match (name, closes) {
            ("br", _) => self.line(),
            ("hr", _) => {
                self.text("----------");
                self.line();
            }
            ("li", false) => self.text("・"),
            ("td" | "th", false) if self.begun => self.text(" "),
            ("p" | "table" | "ul" | "ol", true) if !self.text.ends_with("\n\n") => self.line(),
            ("blockquote", false) => self.depth += 1,
            ("blockquote", true) => self.depth = self.depth.saturating_sub(1),
            ("pre", false) => self.preformatted += 1,
            ("pre", true) => self.preformatted = self.preformatted.saturating_sub(1),
            _ => {}
        }
    }

    fn line(&mut self) {
        if !self.begun && self.depth > 0 {
            self.quote();
        }
        let end = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(end);
        self.text.push('\n');
        self.begun = false;
    }

    fn text(&mut self, text: &str) {
        for it in text.chars() {
            let blank = matches!(it, ' ' | '\t' | '\n' | '\r');
            if self.preformatted > 0 && it == '\n' {
                self.line();
            } else if self.preformatted == 0 && blank {
                // Consecutive blanks become one; blanks at the beginning of a line are dropped.
                if self.begun && !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
            } else if it != '\r' {
                if !self.begun {
                    self.quote();
                    self.begun = true;
                }
                self.text.push(if it == '\u{a0}' { ' ' } else { it });
            }
        }
    }

    fn quote(&mut self) {
        let depth = self.depth.min(DEEPEST_QUOTE);
        if depth > 0 {
            self.text.push_str(&">".repeat(depth));
            self.text.push(' ');
        }
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text =
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
    text.replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
