//! The font of the documents: BIZ UDPGothic (SIL Open Font License), made for being read easily.
use krilla::text::{Font, GlyphId};
use skrifa::{
    FontRef, MetadataProvider as _,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

const FILE: &[u8] = include_bytes!("BIZUDPGothic-Regular.ttf");
/// Stands for a character that the font lacks.
const MISSING: char = '〓';

/// The font with its characters and their widths.
pub(super) struct Face {
    font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    per_em: f32,
}

impl Face {
    /// Reads the font. Returns `None` if it is damaged.
    pub(super) fn load() -> Option<Self> {
        let reference = FontRef::new(FILE).ok()?;
        let font = Font::new(FILE.into(), 0)?;
        let metrics = reference.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { per_em: font.units_per_em(), font, characters: reference.charmap(), metrics })
    }

    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// Returns a character as it can be shown, its glyph, and its width in relation to the size.
    pub(super) fn glyph(&self, it: char) -> Option<(char, GlyphId, f32)> {
        let found = |it| Some((it, self.characters.map(it).filter(|it| it.to_u32() != 0)?));
        let (shown, glyph) = found(it).or_else(|| found(MISSING))?;
        let width = self.metrics.advance_width(glyph).unwrap_or_default() / self.per_em;
        Some((shown, GlyphId::new(glyph.to_u32()), width))
    }
}
