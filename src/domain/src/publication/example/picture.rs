//! The pictures of an example. Their bytes are stored outside of the database.
pub use codes::PictureFormat;
use serde::{Deserialize, Serialize};

use crate::text::TextLine;

/// The most pictures of one example.
pub const MOST_PICTURES: usize = 3;

/// One picture at one revision of its example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamplePicture {
    /// The SHA-256 of the bytes, in hexadecimal: the name of the stored file.
    pub sha256: String,
    pub format: PictureFormat,
    /// The width and the height in pixels.
    pub width: u32,
    pub height: u32,
    /// The words for readers who do not see it.
    pub alternative: TextLine,
}
