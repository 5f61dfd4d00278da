//! Writes PDF documents of Japanese text. The font is embedded, the parts are tagged for screen readers (PDF/UA-1,
//! ISO 14289-1), and the file is fit for an archive (PDF/A-2a, ISO 19005-2).
use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _};
use krilla::{
    Document as File, SerializeSettings,
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime as WrittenAt, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, Tag, TagGroup, TagKind,
        TagTree,
    },
};
use std::num::NonZeroU16;

mod face;
mod layout;

use face::Face;
use layout::{Line, MARGIN, PAGE, Placed};

/// The size of the number of a page. Points.
const FOOTER: f32 = 9.0;

/// A document to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Has at least one character.
    pub title: String,
    /// The time at which the document is made.
    pub made_at: DateTime<FixedOffset>,
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Heading(String),
    Paragraph(String),
    /// A value with its name. Values that follow each other are one list.
    Value(String, String),
    /// A value with its name, and a bar that is this share of the longest one, from 0 to 1.
    Bar {
        label: String,
        value: String,
        share: f32,
    },
}

/// The reason why a document could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write a PDF document: {0}")]
pub struct PdfError(String);

impl PdfError {
    fn of(error: &impl std::fmt::Debug) -> Self {
        Self(format!("{error:?}"))
    }
}

impl Document {
    /// Returns the file. A character that the font lacks is shown as 〓, as printers do.
    pub fn write(&self) -> Result<Vec<u8>, PdfError> {
        let face = Face::load().ok_or_else(|| PdfError("the font cannot be read".to_owned()))?;
        let pages = layout::pages(&face, self);
        let mut file = File::new_with(settings()?);
        let mut content = Vec::new();
        for (n, lines) in pages.iter().enumerate() {
            let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| PdfError::of(&PAGE))?;
            let mut page = file.start_page_with(size);
            let mut surface = page.surface();
            for it in lines {
                content.push((it.part, draw(&mut surface, &face, it)));
                draw_bar(&mut surface, it);
            }
            draw_number(&mut surface, &face, n + 1, pages.len());
        }
        file.set_tag_tree(self.tags(content));
        file.set_outline(self.outline(&pages));
        file.set_metadata(self.metadata());
        file.finish().map_err(|error| PdfError::of(&error))
    }

    /// Returns the parts in the order in which they are read. A part without a character has no tag.
    fn tags(&self, content: Vec<(usize, Identifier)>) -> TagTree {
        let mut content = content.into_iter().peekable();
        let mut group = |tag: TagKind, part: usize| {
            content.peek().filter(|(of, _)| *of == part)?;
            let mut group = TagGroup::new(tag);
            while let Some((_, it)) = content.next_if(|(of, _)| *of == part) {
                group.push(it);
            }
            Some(group)
        };
        let heading = |level: u16, text: &str| {
            TagKind::from(Tag::Hn(NonZeroU16::MIN.saturating_add(level - 1), Some(text.to_owned())))
        };
        let mut nodes = Vec::from_iter(group(heading(1, &self.title), 0));
        let mut list: Option<TagGroup> = None;
        for (n, block) in self.blocks.iter().enumerate() {
            let part = layout::first_part(n);
            let next = match block {
                Block::Value(..) | Block::Bar { .. } => {
                    let mut item = TagGroup::new(Tag::LI);
                    for it in [group(Tag::Lbl.into(), part), group(Tag::LBody.into(), part + 1)]
                        .into_iter()
                        .flatten()
                    {
                        item.push(it);
                    }
                    list.get_or_insert_with(|| TagGroup::new(Tag::L(ListNumbering::None))).push(item);
                    continue;
                }
                Block::Heading(text) => group(heading(2, text), part),
                Block::Paragraph(_) => group(Tag::P.into(), part),
            };
            nodes.extend(list.take());
            nodes.extend(next);
        }
        nodes.extend(list);
        TagTree::from(nodes.into_iter().map(Node::from).collect::<Vec<_>>()).with_lang(Some("ja".to_owned()))
    }

    /// Returns the headings with their places.
    fn outline(&self, pages: &[Vec<Placed>]) -> Outline {
        let mut outline = Outline::new();
        let mut push = |text: &str, part: usize| {
            let place = pages.iter().enumerate().find_map(|(page, lines)| {
                let first = lines.iter().find(|it| it.part == part)?;
                Some((page, Point::from_xy(MARGIN, first.baseline - first.size)))
            });
            if let Some((page, point)) = place {
                outline.push_child(OutlineNode::new(text.to_owned(), XyzDestination::new(page, point)));
            }
        };
        push(&self.title, 0);
        for (n, block) in self.blocks.iter().enumerate() {
            if let Block::Heading(text) = block {
                push(text, layout::first_part(n));
            }
        }
        outline
    }

    fn metadata(&self) -> Metadata {
        Metadata::new()
            .title(self.title.clone())
            .language("ja".to_owned())
            .creator("Madoguchi".to_owned())
            .creation_date(written_at(self.made_at))
    }
}

fn settings() -> Result<SerializeSettings, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::of(&error))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn written_at(at: DateTime<FixedOffset>) -> WrittenAt {
    let small = |it: u32| u8::try_from(it).unwrap_or_default();
    let offset = at.offset().local_minus_utc() / 60;
    WrittenAt::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(i8::try_from(offset / 60).unwrap_or_default())
        .utc_offset_minute(u8::try_from(offset.rem_euclid(60)).unwrap_or_default())
}

fn draw(surface: &mut Surface<'_>, face: &Face, it: &Placed) -> Identifier {
    let tagged = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    draw_line(surface, face, &it.line, (it.x, it.baseline), it.size);
    surface.end_tagged();
    tagged
}

/// Draws the bar below a line. Screen readers skip it, since the line has its number.
fn draw_bar(surface: &mut Surface<'_>, it: &Placed) {
    let bar = Rect::from_xywh(it.x, it.baseline + it.size * 0.4, it.bar, layout::BAR);
    let Some(bar) = bar.filter(|_| it.bar > 0.0) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(bar);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 23, 193).into(), ..Fill::default() }));
    surface.draw_path(&path);
    surface.set_fill(Some(Fill::default()));
    surface.end_tagged();
}

fn draw_line(surface: &mut Surface<'_>, face: &Face, line: &Line, (x, y): (f32, f32), size: f32) {
    surface.draw_glyphs(Point::from_xy(x, y), &line.glyphs, face.font(), &line.text, size, false);
}

/// Writes the number of the page at its foot, which screen readers skip.
fn draw_number(surface: &mut Surface<'_>, face: &Face, page: usize, last: usize) {
    let Some(line) = layout::lines(face, &format!("{page} / {last}"), f32::MAX).pop() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
    let x = (PAGE.0 - line.width * FOOTER) / 2.0;
    draw_line(surface, face, &line, (x, PAGE.1 - MARGIN / 2.0), FOOTER);
    surface.end_tagged();
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Block, Document, Face, layout};

    fn document(blocks: Vec<Block>) -> Document {
        let made_at = DateTime::parse_from_rfc3339("2026-11-30T09:00:00+09:00").unwrap();
        Document { title: "申込みの内容".to_owned(), made_at, blocks }
    }

    #[test]
    fn every_document_is_valid_for_archives_and_screen_readers() {
        let value = |text: &str| Block::Value("会社名".to_owned(), text.to_owned());
        let bar = |share| Block::Bar { label: "4月".to_owned(), value: "10件".to_owned(), share };
        for blocks in [
            vec![],
            vec![Block::Heading("見出しだけ".to_owned())],
            vec![value(""), Block::Paragraph(String::new()), Block::Heading(String::new())],
            vec![value("𠮷野家（髙﨑）①㈱ｱｲｳ Ünïcode \u{1F600} \u{E000}\u{0}\u{FEFF} \u{E0101}")],
            vec![value("a\r\nb\u{2028}c\td"), value(&"https://example.co.jp/".repeat(200))],
            (0..400).map(|n| value(&format!("{n}行目"))).collect(),
            (0..90_u8).map(|n| bar(f32::from(n) / 80.0)).chain([value("あと")]).collect(),
        ] {
            match document(blocks.clone()).write() {
                Ok(file) => assert!(file.starts_with(b"%PDF-1.7")),
                Err(error) => panic!("{error}: {blocks:?}"),
            }
        }
    }

    #[test]
    fn lines_fit_and_begin_with_no_closing_mark() {
        let face = Face::load().unwrap();
        let long =
            "在宅勤務の「勤怠管理」に困っています。ちょっとした、相談です！".repeat(9) + "mail@example.co.jp";
        let lines = layout::lines(&face, &long, 12.0);
        assert_eq!(lines.iter().map(|it| it.text.as_str()).collect::<String>(), long);
        for it in &lines {
            assert!(it.width <= 12.0, "{}", it.text);
            assert!(!it.text.starts_with(['、', '。', '」', '！', 'ょ', 'っ']), "{}", it.text);
            assert!(!it.text.ends_with('「'), "{}", it.text);
        }
        let texts: Vec<_> = layout::lines(&face, "一\n\n二", 10.0).into_iter().map(|it| it.text).collect();
        assert_eq!(texts, ["一", "二"]);
    }

    #[test]
    fn no_page_is_overfull_and_no_heading_stands_alone_at_its_end() {
        let face = Face::load().unwrap();
        for count in 0..60 {
            let mut blocks = vec![Block::Paragraph("文".to_owned()); count];
            blocks.extend([Block::Heading("見出し".to_owned()), Block::Paragraph("次の文".to_owned())]);
            let pages = layout::pages(&face, &document(blocks));
            for page in &pages {
                let last = page.last().unwrap();
                assert!(last.baseline < layout::PAGE.1 - layout::MARGIN);
                assert_ne!(last.line.text, "見出し", "{count}");
            }
        }
    }

    #[test]
    fn a_character_without_a_glyph_is_shown_as_printers_do() {
        let face = Face::load().unwrap();
        let lines = layout::lines(&face, "か\u{3099}\u{1F600}", 10.0);
        assert_eq!(lines[0].text, "が〓");
    }
}
