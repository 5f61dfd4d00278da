//! Texts in CommonMark that editors write: as HTML for a page, and the faults that an editor is told.
//!
//! Raw HTML is shown as text, headings begin at the second level below the page's title, links to other sites are
//! marked, and what comes out is cleaned once more.
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

/// The most links of one text.
pub const MOST_LINKS: usize = 200;

/// The mark after a link to another site.
const OUTSIDE: &str = "<small>（外部サイト）</small>";

/// A fault of a text. The words are for its editor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkupFault {
    #[error("画像に、内容を伝える説明文を付けてください：![説明文](画像のアドレス)")]
    PictureWithoutText,
    #[error("ほかのサイトの画像は表示できません：{0}")]
    PictureFromOutside(String),
    #[error("リンクは{MOST_LINKS}個までにしてください（現在{0}個）")]
    TooManyLinks(usize),
    #[error("リンク先を確認してください：{0}")]
    BadLink(String),
    #[error("PDFへのリンクの言葉に、大きさを書いてください（例：[報告書（PDF、1.2MB）](…)）：{0}")]
    PdfWithoutSize(String),
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "small",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut cleaner = Builder::empty();
    cleaner
        .tags(tags.into())
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("img", ["src", "alt"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"));
    cleaner
});

/// Returns a text as HTML that is safe to stand in a page.
pub fn html(source: &str) -> String {
    let mut written = String::with_capacity(source.len() * 2);
    push_html(&mut written, Parsed::new(source));
    CLEANER.clean(&written).to_string()
}

/// Returns the faults of a text, each once.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other events of the parser have no faults")]
pub fn faults(source: &str) -> Vec<MarkupFault> {
    let (mut found, mut links, mut picture) = (Vec::new(), 0, None::<String>);
    // The address of the document to which the open link leads, and the words of the link.
    let mut document = None::<(String, String)>;
    for event in parser(source) {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                if is_outside(&dest_url) || !dest_url.starts_with('/') {
                    found.push(MarkupFault::PictureFromOutside(dest_url.to_string()));
                }
                picture = Some(String::new());
            }
            Event::Text(text) => {
                if let Some(described) = &mut picture {
                    described.push_str(&text);
                }
                if let Some((_, words)) = &mut document {
                    words.push_str(&text);
                }
            }
            Event::End(TagEnd::Link) => {
                let unsized_one = document.take().filter(|(_, words)| !tells_size(words));
                found.extend(unsized_one.map(|(address, _)| MarkupFault::PdfWithoutSize(address)));
            }
            Event::End(TagEnd::Image) if picture.take().is_some_and(|it| it.trim().is_empty()) => {
                found.push(MarkupFault::PictureWithoutText);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                links += 1;
                let is_known = dest_url.starts_with('#')
                    || ["mailto:", "tel:"].iter().any(|it| dest_url.starts_with(it))
                    || dest_url.starts_with('/')
                    || is_outside(&dest_url);
                if !is_known {
                    found.push(MarkupFault::BadLink(dest_url.to_string()));
                }
                document = is_pdf(&dest_url).then(|| (dest_url.to_string(), String::new()));
            }
            _ => {}
        }
    }
    if links > MOST_LINKS {
        found.push(MarkupFault::TooManyLinks(links));
    }
    found.dedup();
    found
}

/// Returns the addresses of other sites that a text links to, each once, in order.
pub fn outside_links(source: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for event in parser(source) {
        if let Event::Start(Tag::Link { dest_url, .. }) = event
            && is_outside(&dest_url)
            && !found.iter().any(|it| it.as_str() == &*dest_url)
        {
            found.push(dest_url.to_string());
        }
    }
    found
}

fn parser(source: &str) -> Parser<'_> {
    Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

fn is_outside(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://") || address.starts_with("//")
}

/// Returns whether an address leads to a PDF document, as far as it says so.
fn is_pdf(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.to_ascii_lowercase().ends_with(".pdf")
}

/// Returns whether the words of a link tell the size of its document: a number with a unit, in any width.
fn tells_size(words: &str) -> bool {
    let narrow = |it: char| match it {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(it) - 0xfee0).unwrap_or(it),
        _ => it,
    };
    let words: String = words.chars().map(narrow).filter(|it| !it.is_whitespace()).collect();
    let words = words.to_ascii_uppercase();
    let units = ["KB", "MB", "GB", "キロバイト", "メガバイト"];
    units.iter().any(|unit| {
        words.match_indices(unit).any(|(at, _)| {
            words.get(..at).is_some_and(|before| before.ends_with(|it: char| it.is_ascii_digit()))
        })
    })
}

/// The events of a text as pages show them.
struct Parsed<'a> {
    events: Parser<'a>,
    /// The mark that follows the link which has just ended.
    mark: Option<Event<'a>>,
    /// Whether each open link leads to another site.
    open: Vec<bool>,
    /// The written levels of the last heading and of those above it. Their number is the level that is shown, so that
    /// no level is skipped.
    outline: Vec<HeadingLevel>,
}

impl<'a> Parsed<'a> {
    fn new(source: &'a str) -> Self {
        Self { events: parser(source), mark: None, open: Vec::new(), outline: Vec::new() }
    }
}

impl<'a> Iterator for Parsed<'a> {
    type Item = Event<'a>;

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events of the parser are shown as they are"
    )]
    fn next(&mut self) -> Option<Event<'a>> {
        if let Some(mark) = self.mark.take() {
            return Some(mark);
        }
        Some(match self.events.next()? {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                self.outline.retain(|above| *above < level);
                self.outline.push(level);
                Event::Start(Tag::Heading { level: shown(&self.outline), id, classes, attrs })
            }
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(shown(&self.outline))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                self.open.push(is_outside(&dest_url));
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            Event::End(TagEnd::Link) => {
                if self.open.pop() == Some(true) {
                    self.mark = Some(Event::InlineHtml(CowStr::Borrowed(OUTSIDE)));
                }
                Event::End(TagEnd::Link)
            }
            other => other,
        })
    }
}

/// Returns the level at which the last heading of an outline is shown: the first is below the title of the page.
const fn shown(outline: &[HeadingLevel]) -> HeadingLevel {
    match outline.len() {
        0 | 1 => HeadingLevel::H2,
        2 => HeadingLevel::H3,
        3 => HeadingLevel::H4,
        4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINKS, MarkupFault, faults, html, outside_links};

    #[test]
    fn headings_begin_below_the_title_of_the_page_and_skip_no_level() {
        assert_eq!(html("# 大\n\n## 中\n\n本文"), "<h2>大</h2>\n<h3>中</h3>\n<p>本文</p>\n");
        assert_eq!(html("## 中\n\n## 中\n\n# 大"), "<h2>中</h2>\n<h2>中</h2>\n<h2>大</h2>\n");
        assert_eq!(html("# 大\n\n### 小\n\n## 中"), "<h2>大</h2>\n<h3>小</h3>\n<h3>中</h3>\n");
    }

    #[test]
    fn html_in_a_text_is_shown_and_never_runs() {
        for source in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "<a href=\"javascript:alert(1)\">x</a>",
            "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        ] {
            let shown = html(source);
            // Escaped text may say anything; a tag may not.
            for tag in shown.split('<').skip(1).filter_map(|it| it.split_once('>')).map(|(tag, _)| tag) {
                let bad = ["script", "onerror", "data:", "src=x", "src=\"x"];
                assert!(!bad.iter().any(|it| tag.contains(it)), "{tag} of {shown}");
            }
        }
    }

    #[test]
    fn a_link_to_another_site_is_marked() {
        let shown = html("[窓口](/help) [省](https://www.example.jp/)");
        assert!(shown.contains("<a href=\"/help\" rel=\"noopener noreferrer\">窓口</a> "), "{shown}");
        assert!(shown.contains("省</a><small>（外部サイト）</small>"), "{shown}");
        assert_eq!(
            outside_links("[a](https://a.example.jp/) [b](/b) [c](https://a.example.jp/)"),
            ["https://a.example.jp/"]
        );
    }

    #[test]
    fn a_link_to_a_pdf_document_tells_its_size() {
        for with in [
            "[報告書（PDF、1.2MB）](https://www.example.jp/a.pdf)",
            "[報告書（ＰＤＦ：８００ ＫＢ）](https://www.example.jp/A.PDF?x=1)",
            "[報告書（PDF・3メガバイト）](/events/1/files/a.pdf)",
            "[ページ](https://www.example.jp/pdf)",
        ] {
            assert_eq!(faults(with), [], "{with}");
        }
        for without in
            ["[報告書](https://www.example.jp/a.pdf)", "[報告書（MB）](https://www.example.jp/a.pdf)"]
        {
            let fault = MarkupFault::PdfWithoutSize("https://www.example.jp/a.pdf".to_owned());
            assert_eq!(faults(without), [fault], "{without}");
        }
    }

    #[test]
    fn an_editor_is_told_of_pictures_without_text_of_other_sites_and_of_too_many_links() {
        assert_eq!(faults("![](/a.png)"), [MarkupFault::PictureWithoutText]);
        assert_eq!(
            faults("![図](https://www.example.jp/a.png)"),
            [MarkupFault::PictureFromOutside("https://www.example.jp/a.png".to_owned())]
        );
        assert_eq!(
            faults("[x](javascript:alert(1))"),
            [MarkupFault::BadLink("javascript:alert(1)".to_owned())]
        );
        assert_eq!(faults("![図](/a.png) [窓口](/help)"), []);
        let many = "[a](/a) ".repeat(5_000);
        assert_eq!(faults(&many), [MarkupFault::TooManyLinks(5_000)]);
        assert_eq!(faults(&"[a](/a) ".repeat(MOST_LINKS)), []);
    }
}
