//! Common passwords, which a program that guesses tries first.
use sha2::{Digest, Sha256};

/// The first five bytes of the SHA-256 of each common password in lower case, in order. The passwords are those of at
/// least four characters in `passwords.json` of `@zxcvbn-ts/language-common` 4.1.3 (MIT, `common_license.txt` in this
/// folder). Five bytes take a third of the room of the words, and one other password in twenty million fits by chance.
const LISTED: &[u8] = include_bytes!("common.bin");
const ENTRY: usize = 5;
/// The most characters of a part whose repetition makes a password common, whatever the part is.
const SHORT_PART: usize = 4;

/// Returns whether a password is common: as it is, without the signs or the digits and signs around its words, or as the
/// part that it repeats.
pub fn is_common(password: &str) -> bool {
    let lower = password.trim().to_lowercase();
    let words = lower.trim_matches(|it: char| !it.is_alphabetic());
    let without_signs = lower.trim_matches(|it: char| !it.is_alphanumeric());
    let part = repeated_part(&lower);
    let repeats_little = part.len() < lower.len() && part.chars().count() <= SHORT_PART;
    repeats_little || [lower.as_str(), without_signs, words, part].into_iter().any(is_listed)
}

fn is_listed(text: &str) -> bool {
    let digest = Sha256::digest(text.as_bytes());
    let (entries, _) = LISTED.as_chunks::<ENTRY>();
    entries.binary_search_by(|it| it[..].cmp(&digest[..ENTRY])).is_ok()
}

/// Returns the shortest beginning of `text` of which `text` is a repetition: all of it, if it repeats nothing.
fn repeated_part(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    let part = ends
        .map(|end| &text[..end])
        .find(|part| text.len().is_multiple_of(part.len()) && part.repeat(text.len() / part.len()) == text);
    part.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{ENTRY, LISTED, is_common, repeated_part};

    #[test]
    fn common_passwords_are_found_however_they_are_lengthened() {
        for common in [
            "password1234",
            "PassWord2026!!",
            "123456789012",
            "qwerty123456",
            "sunshine-2026",
            "--12345678--",
            "passwordpassword",
            "abcdabcdabcd",
            "ああああああああああああ",
        ] {
            assert!(is_common(common), "{common}");
        }
        for own in ["correct horse battery", "十二文字の長い合言葉です", "kx-71-villa-moss", "madoguchi-demo"]
        {
            assert!(!is_common(own), "{own}");
        }
    }

    #[test]
    fn the_list_is_whole_and_in_order() {
        let (entries, rest) = LISTED.as_chunks::<ENTRY>();
        assert!(rest.is_empty() && entries.len() > 40_000, "{} entries", entries.len());
        assert!(entries.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_text_is_taken_apart_at_characters() {
        for (text, part) in
            [("", ""), ("a", "a"), ("abab", "ab"), ("aaa", "a"), ("ああ", "あ"), ("aba", "aba")]
        {
            assert_eq!(repeated_part(text), part);
        }
    }
}
