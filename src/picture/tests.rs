use std::io::Cursor;

use domain::publication::example::picture::PictureFormat;
use image::{DynamicImage, ImageFormat, RgbImage};

use super::{LARGEST_FILE, PictureRefused, clean};

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture =
        RgbImage::from_fn(width, height, |x, _| image::Rgb([if x < width / 2 { 255 } else { 0 }, 0, 0]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Returns a JPEG with an EXIF segment after its start: its orientation, and a text that stands for a place.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.push(orientation);
    exif.extend(b"\0\0\0\0\0\0GPS 35.68,139.76");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn only_the_pixels_of_a_file_are_left() {
    let tagged = with_exif(&picture(400, 200, ImageFormat::Jpeg), 1);
    assert!(tagged.windows(3).any(|it| it == b"GPS"));
    let clean = clean(&tagged).unwrap();
    assert_eq!((clean.width, clean.height, clean.format), (400, 200, PictureFormat::Jpeg));
    assert!(!clean.bytes.windows(3).any(|it| it == b"GPS"));
    assert!(!clean.bytes.windows(4).any(|it| it == b"Exif"));
}

#[test]
fn a_picture_stands_upright_without_the_note_that_turned_it() {
    let clean = clean(&with_exif(&picture(400, 200, ImageFormat::Jpeg), 6)).unwrap();
    assert_eq!((clean.width, clean.height), (200, 400));
}

#[test]
fn bytes_behind_a_picture_are_gone() {
    let hidden = [picture(200, 200, ImageFormat::Png), b"<script>alert(1)</script>".to_vec()].concat();
    let clean = clean(&hidden).unwrap();
    assert_eq!(clean.format, PictureFormat::Png);
    assert!(!clean.bytes.windows(7).any(|it| it == b"<script"));
}

#[test]
fn a_large_picture_is_shrunk_and_a_huge_one_refused_by_its_header() {
    let clean_one = clean(&picture(2_000, 500, ImageFormat::Jpeg)).unwrap();
    assert_eq!((clean_one.width, clean_one.height), (1_600, 400));
    let mut huge = picture(200, 200, ImageFormat::Png);
    // The header of a PNG says 8,000 by 5,000: 40 megapixels, of which nothing is decoded.
    huge[16..20].copy_from_slice(&8_000_u32.to_be_bytes());
    huge[20..24].copy_from_slice(&5_000_u32.to_be_bytes());
    let mut checksum = flate2::Crc::new();
    checksum.update(&huge[12..29]);
    huge[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
    assert_eq!(clean(&huge).err(), Some(PictureRefused::TooManyPixels));
}

#[test]
fn files_that_are_no_pictures_are_refused_whatever_their_names() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    for bytes in [&svg[..], b"", b"%PDF-1.4", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "] {
        assert_eq!(clean(bytes).err(), Some(PictureRefused::OtherFormat));
    }
    assert_eq!(clean(&vec![0; LARGEST_FILE + 1]).err(), Some(PictureRefused::FileTooLarge));
    let cut = picture(400, 400, ImageFormat::Png);
    assert_eq!(clean(&cut[..cut.len() / 2]).err(), Some(PictureRefused::Unreadable));
    assert_eq!(clean(&picture(99, 400, ImageFormat::Png)).err(), Some(PictureRefused::TooSmall));
}
