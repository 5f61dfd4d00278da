//! The places of lines on pages.
use icu_locale_core::{LanguageIdentifier, langid};
use icu_segmenter::{
    LineSegmenter,
    options::{LineBreakOptions, LineBreakStrictness},
};
use krilla::text::KrillaGlyph;
use unicode_normalization::UnicodeNormalization as _;

use super::{Block, Document, face::Face};

/// The size of a page, A4, and its margin. Points.
pub(super) const PAGE: (f32, f32) = (595.0, 842.0);
pub(super) const MARGIN: f32 = 56.0;
/// The height of a line in relation to its size.
const LEADING: f32 = 1.6;
static JAPANESE: LanguageIdentifier = langid!("ja");
/// The height of a bar. Points.
pub(super) const BAR: f32 = 6.0;
/// The lines of text that must have room below a heading on its page.
const TOGETHER: f32 = 3.0;

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// In relation to the size.
    pub width: f32,
}

/// A line in its place on a page. Points, from the upper left corner.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub part: usize,
    pub line: Line,
    pub x: f32,
    pub baseline: f32,
    pub size: f32,
    /// The length of the bar below the line; 0 without one.
    pub bar: f32,
}

/// The look of a part.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    indent: f32,
    above: f32,
    /// The room that must be left on the page, in lines.
    needs: f32,
}

const TITLE: Style = Style { size: 17.0, indent: 0.0, above: 0.0, needs: 1.0 };
const HEADING: Style = Style { size: 12.5, indent: 0.0, above: 14.0, needs: TOGETHER };
const LABEL: Style = Style { size: 9.0, indent: 0.0, above: 5.0, needs: 2.0 };
const VALUE: Style = Style { size: 10.5, indent: 12.0, above: 0.0, needs: 1.0 };
const PARAGRAPH: Style = Style { size: 10.5, indent: 0.0, above: 6.0, needs: 1.0 };

/// Returns the number of the first part of a block. The title is part 0; each block has room for two parts.
pub(super) const fn first_part(block: usize) -> usize {
    1 + 2 * block
}

/// Returns the lines of each page. There is at least one page.
pub(super) fn pages(face: &Face, document: &Document) -> Vec<Vec<Placed>> {
    let mut pages = Pages { face, done: Vec::new(), page: Vec::new(), y: MARGIN };
    pages.place(0, &document.title, TITLE);
    for (n, block) in document.blocks.iter().enumerate() {
        let part = first_part(n);
        match block {
            Block::Heading(text) => pages.place(part, text, HEADING),
            Block::Paragraph(text) => pages.place(part, text, PARAGRAPH),
            Block::Value(label, value) => {
                pages.place(part, label, LABEL);
                pages.place(part + 1, value, VALUE);
            }
            Block::Bar { label, value, share } => {
                pages.place(part, label, LABEL);
                pages.place(part + 1, value, VALUE);
                pages.bar(*share);
            }
        }
    }
    pages.done.push(pages.page);
    pages.done
}

struct Pages<'a> {
    face: &'a Face,
    done: Vec<Vec<Placed>>,
    page: Vec<Placed>,
    /// The lower edge of the last line.
    y: f32,
}

impl Pages<'_> {
    fn place(&mut self, part: usize, text: &str, style: Style) {
        let Style { size, indent, above, needs } = style;
        let height = size * LEADING;
        self.y += above;
        if self.y + height * needs > PAGE.1 - MARGIN {
            self.turn();
        }
        for line in lines(self.face, text, (PAGE.0 - 2.0 * MARGIN - indent) / size) {
            if self.y + height > PAGE.1 - MARGIN {
                self.turn();
            }
            self.y += height;
            // The letters stand in the middle of the line's height.
            let baseline = self.y - height / 2.0 + size * 0.38;
            self.page.push(Placed { part, line, x: MARGIN + indent, baseline, size, bar: 0.0 });
        }
    }

    /// Gives the last line a bar, and the room for it.
    fn bar(&mut self, share: f32) {
        if let Some(last) = self.page.last_mut() {
            last.bar = (PAGE.0 - MARGIN - last.x) * share.clamp(0.0, 1.0);
            self.y += BAR;
        }
    }

    /// Goes on to the next page, unless this one is empty.
    fn turn(&mut self) {
        if !self.page.is_empty() {
            self.done.push(std::mem::take(&mut self.page));
        }
        self.y = MARGIN;
    }
}

/// Breaks a text into lines of at most `width` times the size, where Japanese may be broken (JIS X 4051). A word that is
/// longer than a line is broken anywhere.
pub(super) fn lines(face: &Face, text: &str, width: f32) -> Vec<Line> {
    let mut options = LineBreakOptions::default();
    options.strictness = Some(LineBreakStrictness::Strict);
    options.content_locale = Some(&JAPANESE);
    let segmenter = LineSegmenter::new_for_non_complex_scripts(options);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let paragraph: String = paragraph.nfc().filter(|it| is_shown(*it)).collect();
        let mut line = Line::empty();
        let mut start = 0;
        for end in segmenter.segment_str(&paragraph) {
            let piece = Line::of(face, &paragraph[start..end]);
            start = end;
            if line.width + piece.visible_width(face) > width && !line.text.is_empty() {
                lines.push(std::mem::replace(&mut line, Line::empty()));
            }
            if piece.width <= width {
                line.append(&piece);
            } else {
                line.append_broken(face, &piece.text, width, &mut lines);
            }
        }
        if !line.text.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// Tells whether a character is one to be seen: neither a control character nor a selector of a variant.
fn is_shown(it: char) -> bool {
    !it.is_control()
        && !matches!(it, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFFE}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

impl Line {
    const fn empty() -> Self {
        Self { text: String::new(), glyphs: Vec::new(), width: 0.0 }
    }

    fn of(face: &Face, text: &str) -> Self {
        let mut line = Self::empty();
        for it in text.chars() {
            line.push(face, it);
        }
        line
    }

    fn push(&mut self, face: &Face, it: char) {
        let Some((shown, glyph, width)) = face.glyph(it) else { return };
        let start = self.text.len();
        self.text.push(shown);
        self.glyphs.push(KrillaGlyph::new(glyph, width, 0.0, 0.0, 0.0, start..self.text.len(), None));
        self.width += width;
    }

    fn append(&mut self, other: &Self) {
        let at = self.text.len();
        self.text.push_str(&other.text);
        self.glyphs.extend(other.glyphs.iter().map(|it| KrillaGlyph {
            text_range: it.text_range.start + at..it.text_range.end + at,
            ..it.clone()
        }));
        self.width += other.width;
    }

    /// Appends a text that is longer than a line, and moves each full line to `lines`.
    fn append_broken(&mut self, face: &Face, text: &str, width: f32, lines: &mut Vec<Self>) {
        for it in text.chars() {
            let own = face.glyph(it).map_or(0.0, |(_, _, own)| own);
            if self.width + own > width && !self.text.is_empty() {
                lines.push(std::mem::replace(self, Self::empty()));
            }
            self.push(face, it);
        }
    }

    /// Returns the width without spaces at the end, which may reach into the margin.
    fn visible_width(&self, face: &Face) -> f32 {
        let spaces = self.text.chars().rev().take_while(|it| it.is_whitespace());
        self.width - spaces.filter_map(|it| face.glyph(it)).map(|(_, _, width)| width).sum::<f32>()
    }
}
