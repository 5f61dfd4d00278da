//! QR codes as parts of SVG pictures, without a style or a script.
use std::fmt::Write;

use anyhow::anyhow;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::problem::Problem;

/// The quiet zone around a code, in modules, as ISO/IEC 18004 asks.
const MARGIN: i32 = 4;

/// A QR code as a template draws it, in modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// The length of each side, with the quiet zone.
    pub side: i32,
    /// The dark modules as the data of a path.
    pub path: String,
}

/// Returns the QR code of a text.
pub fn picture(text: &str) -> Result<QrPicture, Problem> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|err| Problem::Internal(anyhow!("a QR code: {err}")))?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    Ok(QrPicture { side: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_picture_has_the_three_corners_and_a_quiet_zone() {
        let it = picture("otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQ").unwrap();
        let corner = it.side - 1 - 4;
        for (x, y) in [(4, 4), (corner, 4), (4, corner)] {
            assert!(it.path.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        for outside in 0..4 {
            assert!(!it.path.contains(&format!("M{outside} ")), "{outside}");
        }
        assert!(picture(&"x".repeat(10_000)).is_err());
    }
}
