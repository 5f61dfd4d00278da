//! Cleans pictures that editors upload: a picture is decoded and encoded anew, so that nothing is left of the file but its
//! pixels: no place, no camera, no hidden text, no script.
use std::io::Cursor;

use domain::publication::example::picture::PictureFormat;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, codecs::jpeg::JpegEncoder, imageops::FilterType,
};

/// The largest file, in octets.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// The most pixels of a picture. It bounds the memory that decoding takes.
const MOST_PIXELS: u64 = 25_000_000;
/// The longest side of the cleaned picture, in pixels.
const LONGEST_SIDE: u32 = 1_600;
/// The shortest side of a picture that can be seen as one.
const SHORTEST_SIDE: u32 = 100;
/// The largest cleaned picture, in octets.
const LARGEST_RESULT: usize = 3 * 1024 * 1024;
const JPEG_QUALITY: u8 = 85;

/// A picture without anything but its pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanPicture {
    pub bytes: Vec<u8>,
    pub format: PictureFormat,
    pub width: u32,
    pub height: u32,
}

/// The reason why a picture is not taken, for the person who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureRefused {
    #[error("画像は10MB以内にしてください")]
    FileTooLarge,
    #[error("JPEGまたはPNGの画像を選択してください。SVGなど、ほかの種類は使えません")]
    OtherFormat,
    #[error("画像が大きすぎます。2,500万画素以内に縮小してください")]
    TooManyPixels,
    #[error("画像が小さすぎます。縦と横を、それぞれ100画素以上にしてください")]
    TooSmall,
    #[error("画像を読み取れません。別の画像を選択してください")]
    Unreadable,
    #[error("画像の容量が大きすぎます。写真は、JPEGで保存したものを選択してください")]
    ResultTooLarge,
}

/// Returns the picture with nothing but its pixels, upright, and no larger than pages show it. The content decides what it
/// is, not its name.
pub fn clean(bytes: &[u8]) -> Result<CleanPicture, PictureRefused> {
    if bytes.len() > LARGEST_FILE {
        return Err(PictureRefused::FileTooLarge);
    }
    let format = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => PictureFormat::Jpeg,
        Ok(ImageFormat::Png) => PictureFormat::Png,
        _ => return Err(PictureRefused::OtherFormat),
    };
    let picture = shrunk(decoded(bytes)?);
    let (width, height) = (picture.width(), picture.height());
    let bytes = encoded(&picture, format)?;
    if bytes.len() > LARGEST_RESULT {
        return Err(PictureRefused::ResultTooLarge);
    }
    Ok(CleanPicture { bytes, format, width, height })
}

/// Decodes a picture after its header has said that it is not too large.
fn decoded(bytes: &[u8]) -> Result<DynamicImage, PictureRefused> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let reader = reader.map_err(|_| PictureRefused::Unreadable)?;
    let mut decoder = reader.into_decoder().map_err(|_| PictureRefused::Unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureRefused::TooManyPixels);
    }
    if width < SHORTEST_SIDE || height < SHORTEST_SIDE {
        return Err(PictureRefused::TooSmall);
    }
    let orientation = decoder.orientation().map_err(|_| PictureRefused::Unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| PictureRefused::Unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn shrunk(picture: DynamicImage) -> DynamicImage {
    if picture.width().max(picture.height()) <= LONGEST_SIDE {
        return picture;
    }
    picture.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle)
}

fn encoded(picture: &DynamicImage, format: PictureFormat) -> Result<Vec<u8>, PictureRefused> {
    let mut bytes = Cursor::new(Vec::new());
    let written = match format {
        PictureFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            picture.to_rgb8().write_with_encoder(encoder)
        }
        PictureFormat::Png if picture.color().has_alpha() => {
            picture.to_rgba8().write_to(&mut bytes, ImageFormat::Png)
        }
        PictureFormat::Png => picture.to_rgb8().write_to(&mut bytes, ImageFormat::Png),
    };
    written.map_err(|_| PictureRefused::Unreadable)?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests;
