//! The search of the whole site: the words of a visitor, and the text of a publication in which they are looked for.
use super::{Content, Facts};
use crate::{
    prefecture::Prefecture,
    text::{Prose, TextLine, text_key},
};

/// The words that a visitor looks for. A text fits if it has all of them, whatever the width or kana.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteSearch {
    /// The folded words.
    words: Vec<String>,
}

impl SiteSearch {
    /// The longest search, in characters.
    pub const LONGEST: usize = 100;

    /// The most words; further ones are left out.
    pub const MOST_WORDS: usize = 8;

    /// Parses words that blanks separate.
    pub fn parse(typed: &str) -> Self {
        let cut: String = typed.chars().take(Self::LONGEST).collect();
        let words = cut.split_whitespace().map(text_key).filter(|it| !it.is_empty());
        Self { words: words.take(Self::MOST_WORDS).collect() }
    }

    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns the folded words, separated by blanks.
    pub fn words(&self) -> String {
        self.words.join(" ")
    }

    /// Returns whether a text that `searched_key` has folded has every word.
    pub fn finds(&self, key: &str) -> bool {
        self.words.iter().all(|it| key.contains(it.as_str()))
    }
}

/// Folds a text in which words are looked for, line by line, so that no word is found over the end of a line.
pub fn searched_key(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(text_key).filter(|it| !it.is_empty()).collect();
    lines.join("\n")
}

impl Content {
    /// Returns everything that the search of the site reads of a publication, one part a line. All of it is public.
    pub fn searched_text(&self) -> String {
        let body = self.body.as_ref().map(Prose::as_str);
        if let Facts::Example(example) = &self.facts {
            return example.searched_text(self.title.as_str(), body, &[]);
        }
        let mut parts = vec![self.title.to_string(), body.unwrap_or_default().to_owned()];
        parts.extend(self.facts.searched_parts());
        parts.retain(|it| !it.is_empty());
        parts.join("\n")
    }
}

impl Facts {
    /// Returns the words of the facts; an example has a text of its own.
    fn searched_parts(&self) -> Vec<String> {
        let line = |it: &Option<TextLine>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
        let prose = |it: &Option<Prose>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
        let names = |all: &[Prefecture]| all.iter().map(|it| it.name()).collect::<Vec<_>>().join("\n");
        match self {
            Self::News(it) => vec![it.category.label().to_owned()],
            Self::Example(_) => Vec::new(),
            Self::Guide(it) => vec![
                it.office.to_string(),
                it.kind.label().to_owned(),
                it.gives.to_string(),
                names(&it.prefectures),
                it.purposes.iter().map(|it| it.label()).collect::<Vec<_>>().join("\n"),
                line(&it.note),
            ],
            Self::Gathering(it) => vec![
                it.kind.label().to_owned(),
                it.prefecture().map_or("", Prefecture::name).to_owned(),
                it.place().to_owned(),
                it.organizers.to_string(),
                line(&it.supporters),
                prose(&it.programme),
            ],
            Self::Campaign(it) => {
                let activities = it.activities.iter().map(ToString::to_string);
                activities.chain([it.rules.to_string()]).collect()
            }
            Self::Survey(it) => {
                vec![it.office.to_string(), line(&it.firm), it.contact.to_string(), line(&it.words)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SiteSearch, searched_key};

    #[test]
    fn a_text_fits_if_it_has_every_word_in_any_width_and_kana() {
        let key = searched_key("テレワーク導入の手引き\n費用の助成　上限100万円");
        for typed in ["てれわーく", "ﾃﾚﾜｰｸ　助成", "１００万円", "手引き 費用"] {
            assert!(SiteSearch::parse(typed).finds(&key), "{typed}");
        }
        for typed in ["テレワーク 表彰", "手引き費用", "200万円"] {
            assert!(!SiteSearch::parse(typed).finds(&key), "{typed}");
        }
    }

    #[test]
    fn a_search_is_cut_and_may_be_empty() {
        assert!(SiteSearch::parse(" 　 ").is_empty());
        let many = "あ い う え お か き く け こ";
        assert_eq!(SiteSearch::parse(many).words().split(' ').count(), SiteSearch::MOST_WORDS);
        assert_eq!(SiteSearch::parse(&"長".repeat(500)).words().chars().count(), SiteSearch::LONGEST);
    }
}
