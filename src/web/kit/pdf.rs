//! Writes plain PDF documents (ISO 32000) of Japanese text, to be downloaded.
//!
//! The font is named, not embedded: readers bring a Japanese font of the character collection Adobe-Japan1 themselves.
//! A document stays a few kilobytes, and the program carries no font.
use std::fmt::Write as _;

/// The size of a page, A4, and its margin. Points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;
/// The part of a line that its letters take.
const LEADING: f32 = 1.6;
const FOOTER: f32 = 9.0;

/// The widths of the printable ASCII characters in thousandths of the size, as the fonts of the collection have them.
const WIDTHS: [u16; 95] = [
    278, 299, 353, 614, 614, 721, 735, 216, 323, 323, 449, 529, 219, 306, 219, 453, 614, 614, 614, 614, 614,
    614, 614, 614, 614, 614, 219, 219, 529, 529, 529, 486, 744, 646, 604, 617, 681, 567, 537, 647, 738, 320,
    433, 637, 566, 904, 710, 716, 605, 716, 623, 517, 601, 690, 668, 990, 681, 634, 578, 316, 614, 316, 529,
    500, 387, 509, 566, 478, 565, 503, 337, 549, 580, 275, 266, 544, 276, 854, 579, 550, 578, 566, 410, 444,
    340, 575, 512, 760, 503, 529, 453, 326, 380, 326, 387,
];

/// Characters that do not begin a line.
const NOT_FIRST: &str =
    "、。，．・：；？！ー）〕］｝〉》」』】々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]}";

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    pub text: String,
    pub style: Style,
}

/// The style of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Title,
    Heading,
    /// The name of a value.
    Label,
    Text,
}

impl Style {
    /// Returns the size of the letters, the indent, and the space above. Points.
    const fn measures(self) -> (f32, f32, f32) {
        match self {
            Self::Title => (17.0, 0.0, 0.0),
            Self::Heading => (12.5, 0.0, 14.0),
            Self::Label => (9.0, 0.0, 5.0),
            Self::Text => (10.5, 12.0, 0.0),
        }
    }
}

impl Paragraph {
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style }
    }
}

/// Returns a document with these paragraphs.
pub fn document(title: &str, paragraphs: &[Paragraph]) -> Vec<u8> {
    let pages = pages(paragraphs);
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (ja-JP) /ViewerPreferences << /DisplayDocTitle true >> >>"
            .to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5-UniJIS-UTF16-H /Encoding /UniJIS-UTF16-H \
            /DescendantFonts [4 0 R] >>"
            .to_owned(),
        font(),
        "<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] \
            /ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>"
            .to_owned(),
        format!("<< /Title {} >>", hex(&format!("\u{FEFF}{title}"))),
    ];
    let mut kids = String::new();
    for (n, page) in pages.iter().enumerate() {
        let (at, last) = (objects.len() + 1, pages.len());
        let _ = write!(kids, "{at} 0 R ");
        let content = format!("{page}{}", line(FOOTER, MARGIN, MARGIN / 2.0, &format!("{} / {last}", n + 1)));
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Resources << /Font << /F 3 0 R >> >> \
                /Contents {} 0 R >>",
            PAGE.0,
            PAGE.1,
            at + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    if let Some(tree) = objects.get_mut(1) {
        *tree = format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.trim_end(), pages.len());
    }
    file(&objects)
}

fn font() -> String {
    // The collection has backslash and tilde elsewhere.
    let widths: Vec<_> = WIDTHS.iter().take(94).map(ToString::to_string).collect();
    let widths = widths.join(" ");
    format!(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /FontDescriptor 5 0 R /DW 1000 \
            /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> \
            /W [1 [{widths}] 97 97 614 100 100 387 327 389 500] >>"
    )
}

/// Returns the file: the objects, the table of their positions, and the trailer.
fn file(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.5\n%\u{00E2}\u{00E3}\u{00CF}\u{00D3}\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", n + 1);
    }
    let (size, start) = (objects.len() + 1, file.len());
    let _ = write!(
        file,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

/// Returns the content of each page.
fn pages(paragraphs: &[Paragraph]) -> Vec<String> {
    let (mut pages, mut page, mut y) = (Vec::new(), String::new(), PAGE.1 - MARGIN);
    for it in paragraphs {
        let (size, indent, above) = it.style.measures();
        y -= above;
        for text in wrapped(&it.text, (PAGE.0 - 2.0 * MARGIN - indent) / size) {
            if y - size * LEADING < MARGIN {
                pages.push(std::mem::take(&mut page));
                y = PAGE.1 - MARGIN;
            }
            y -= size * LEADING;
            page.push_str(&line(size, MARGIN + indent, y, &text));
        }
    }
    pages.push(page);
    pages
}

fn line(size: f32, x: f32, y: f32, text: &str) -> String {
    format!("BT /F {size} Tf {x} {y:.1} Td {} Tj ET\n", hex(text))
}

/// Breaks a text into lines of at most `width` times the size of its letters. A character that must not begin a line
/// stays on the line before.
fn wrapped(text: &str, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0.0);
        for it in paragraph.chars().filter(|it| !it.is_control()) {
            let own = advance(it);
            if used + own > width && !line.is_empty() && !NOT_FIRST.contains(it) {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(it);
            used += own;
        }
        lines.push(line);
    }
    lines
}

/// Returns the width of a character in relation to the size.
fn advance(it: char) -> f32 {
    let ascii = u32::from(it).checked_sub(0x20).and_then(|n| WIDTHS.get(usize::try_from(n).ok()?));
    match (ascii, it) {
        (Some(&width), _) => f32::from(width) / 1000.0,
        (None, '\u{FF61}'..='\u{FF9F}') => 0.5,
        (None, _) => 1.0,
    }
}

/// Returns a text as a string of hexadecimal digits in UTF-16BE.
fn hex(text: &str) -> String {
    let mut hex = String::from("<");
    for unit in text.encode_utf16() {
        let _ = write!(hex, "{unit:04X}");
    }
    hex + ">"
}

#[cfg(test)]
mod tests {
    use super::{Paragraph, Style, advance, document, wrapped};

    fn text(file: &[u8]) -> String {
        String::from_utf8_lossy(file).into_owned()
    }

    #[test]
    fn every_object_is_where_the_table_says() {
        let lines: Vec<_> =
            (0..120).map(|n| Paragraph::new(Style::Text, format!("{n}行目：𠮷野家 (株)\\"))).collect();
        let file = document("申込みの内容", &lines);
        let shown = text(&file);
        let start: usize =
            shown.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(shown[start..].starts_with("xref\n"), "{start}");
        let rows = shown[start..].lines().skip(3).take_while(|it| it.ends_with(" n "));
        let mut count = 0;
        for (n, row) in rows.enumerate() {
            let at: usize = row[..10].parse().unwrap();
            assert!(shown[at..].starts_with(&format!("{} 0 obj", n + 1)), "{row}");
            count = n + 1;
        }
        assert!(count > 8);
        assert!(shown.contains("/Count 3"), "three pages");
        // A character beyond the first plane is kept as a pair, and nothing is left unescaped.
        assert!(shown.contains("D842DFB7"));
        assert!(!shown.contains("(株)"));
    }

    #[test]
    fn lines_fit_and_begin_with_no_closing_mark() {
        let long = "在宅勤務の、勤怠管理に困っています。".repeat(9) + "mail@example.co.jp";
        let lines = wrapped(&long, 12.0);
        assert_eq!(lines.concat(), long);
        for line in &lines {
            assert!(line.chars().map(advance).sum::<f32>() <= 13.0, "{line}");
            assert!(!line.starts_with(['、', '。']), "{line}");
        }
        assert_eq!(wrapped("一\n\n二", 10.0), ["一", "", "二"]);
    }
}
