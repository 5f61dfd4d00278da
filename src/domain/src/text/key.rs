//! The key by which names are found and compared. It is never shown.
use unicode_normalization::UnicodeNormalization;

use super::fold::{is_blank, is_dash};
use super::kana::katakana;
use super::variant;

/// The legal forms as they are after folding. A form stands before those that it contains.
const LEGAL_FORMS: [&str; 46] = [
    "特定非営利活動法人",
    "地方独立行政法人",
    "社会保険労務士法人",
    "一般社団法人",
    "一般財団法人",
    "公益社団法人",
    "公益財団法人",
    "社会福祉法人",
    "医療法人社団",
    "医療法人財団",
    "独立行政法人",
    "国立大学法人",
    "司法書士法人",
    "行政書士法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "合名会社",
    "合資会社",
    "相互会社",
    "社団法人",
    "財団法人",
    "医療法人",
    "学校法人",
    "宗教法人",
    "弁護士法人",
    "税理士法人",
    "npo法人",
    "カブシキガイシャ",
    "カブシキカイシャ",
    "ユウゲンガイシャ",
    "ゴウドウガイシャ",
    "(株)",
    "(有)",
    "(同)",
    "(名)",
    "(資)",
    "(特非)",
    "(一社)",
    "(一財)",
    "(公社)",
    "(公財)",
    "(福)",
    "(医)",
    "(学)",
    "(社)",
];

/// Returns the key by which names are compared: NFKC, lower case, katakana, one kind of dash, no variation
/// selectors, the common form of a character instead of its variants, no legal form, and no blanks.
///
/// Two names with one key may still be two companies; a person decides. The key of a key is the key itself. A
/// name that is nothing but a legal form keeps it.
pub fn search_key(raw: &str) -> String {
    let whole = folded(raw);
    let name = without_legal_forms(&whole);
    if name.is_empty() { whole } else { name }
}

/// Returns the key of a longer text, in which words are looked for: folded as `search_key` folds, with its legal forms.
pub fn text_key(raw: &str) -> String {
    fold_once(raw)
}

/// Folds until the key no longer changes, since one pass can join characters that fold again (a base and a
/// mark that a blank separated).
fn folded(raw: &str) -> String {
    let mut key = fold_once(raw);
    for _ in 0..4 {
        let again = fold_once(&key);
        if again == key {
            break;
        }
        key = again;
    }
    key
}

fn fold_once(raw: &str) -> String {
    let visible = raw.nfkc().filter(|&it| !is_blank(it) && !is_variation_selector(it));
    let lower: String = visible.flat_map(char::to_lowercase).collect();
    lower.nfkc().map(fold_char).collect()
}

fn fold_char(it: char) -> char {
    match it {
        it if is_dash(it) => '-',
        '〜' => '~',
        it => variant::common(katakana(it)),
    }
}

fn without_legal_forms(whole: &str) -> String {
    let mut name = whole.to_owned();
    loop {
        let mut shorter = None;
        for form in LEGAL_FORMS {
            let rest = shorter.as_ref().unwrap_or(&name);
            // Most names contain at most one of the forms.
            if rest.contains(form) {
                shorter = Some(rest.replace(form, ""));
            }
        }
        match shorter {
            Some(shorter) => name = folded(&shorter),
            None => return name,
        }
    }
}

const fn is_variation_selector(it: char) -> bool {
    matches!(it, '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}
