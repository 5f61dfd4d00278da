//! Decodes ISO-2022-JP as it is really sent, which goes beyond the standard: half-width kana by escape, by
//! shift or as bare bytes (CP50220, CP50221, CP50222), the rows of NEC and IBM, JIS X 0212, and escapes with
//! nothing between them.
//!
//! Each run of one character set is rewritten as EUC-JP, for which `encoding_rs` has a table.
use encoding_rs::EUC_JP;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    /// ASCII or JIS-Roman.
    Single,
    Kana,
    /// JIS X 0208 with the vendors' rows.
    Double,
    /// JIS X 0212.
    Supplement,
}

const ESCAPE: u8 = 0x1b;

/// Returns whether the bytes contain an escape sequence into a Japanese character set.
pub fn is_likely(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|it| it[0] == ESCAPE && matches!(&it[1..], b"$@" | b"$B" | b"$(" | b"(I"))
}

/// Decodes the bytes. The flag says whether some of them could not be decoded.
pub fn decode(bytes: &[u8]) -> (String, bool) {
    let mut euc = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    let mut set = Set::Single;
    let mut shifted = false;
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        if let Some((next, length)) = escape(rest) {
            (set, shifted) = (next, false);
            rest = &rest[length..];
            continue;
        }
        rest = after;
        match (*first, set) {
            (0x0e, _) => shifted = true,
            (0x0f, _) => shifted = false,
            // The end of a line returns to ASCII even without an escape sequence.
            (b'\r' | b'\n', _) => {
                (set, shifted) = (Set::Single, false);
                euc.push(*first);
            }
            (0x21..=0x5f, Set::Kana) => euc.extend([0x8e, first | 0x80]),
            (0x21..=0x5f, Set::Single) if shifted => euc.extend([0x8e, first | 0x80]),
            (0xa1..=0xdf, Set::Single | Set::Kana) => euc.extend([0x8e, *first]),
            (0x21..=0x7e, Set::Double | Set::Supplement) => match after {
                [second @ 0x21..=0x7e, tail @ ..] => {
                    if set == Set::Supplement {
                        euc.push(0x8f);
                    }
                    euc.extend([first | 0x80, second | 0x80]);
                    rest = tail;
                }
                _ => euc.push(0xff),
            },
            (it, _) if it.is_ascii() => euc.push(it),
            _ => euc.push(0xff),
        }
    }
    let (text, lossy) = EUC_JP.decode_without_bom_handling(&euc);
    (text.into_owned(), lossy)
}

/// Returns the character set that an escape sequence at the beginning selects, and the length of the
/// sequence.
fn escape(bytes: &[u8]) -> Option<(Set, usize)> {
    match bytes {
        [ESCAPE, b'$', b'(', b'@' | b'B' | b'O' | b'P' | b'Q', ..] => Some((Set::Double, 4)),
        [ESCAPE, b'$', b'(', b'D', ..] => Some((Set::Supplement, 4)),
        [ESCAPE, b'$', b'@' | b'B', ..] => Some((Set::Double, 3)),
        [ESCAPE, b'(', b'I', ..] => Some((Set::Kana, 3)),
        [ESCAPE, b'(', b'B' | b'J' | b'H', ..] => Some((Set::Single, 3)),
        [ESCAPE, b'&', b'@', ..] => Some((Set::Double, 3)),
        _ => None,
    }
}
