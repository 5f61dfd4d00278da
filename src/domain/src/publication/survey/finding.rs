//! Finding the notices that a request may belong to. A found notice proves nothing about the request: anyone can name a
//! real survey, so that a telephone number is always compared.
use super::SurveyFacts;
use crate::{
    intake::contact::Telephone,
    text::{TextLine, digits, search_key},
};

/// The fewest digits of a typed word that is taken for a telephone number.
const FEWEST_DIGITS: usize = 9;

/// The words and the telephone numbers that a visitor has copied from a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveySearch {
    /// The keys of the words.
    words: Vec<String>,
    /// The digits of the telephone numbers.
    phones: Vec<String>,
}

/// The comparison of the typed telephone numbers with that of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneCheck {
    /// None was typed.
    NotTyped,
    Same,
    /// The notice has another number, or none.
    Other,
}

impl SurveySearch {
    /// Parses words that blanks separate. Width and kana do not matter.
    pub fn parse(typed: &str) -> Self {
        let mut search = Self::default();
        for word in typed.split_whitespace() {
            let number: String = digits(word).chars().filter(char::is_ascii_digit).collect();
            match Telephone::parse(word) {
                Ok(phone) => search.phones.push(phone.digits().to_owned()),
                Err(_) if number.len() >= FEWEST_DIGITS => search.phones.push(number),
                Err(_) => search.words.push(search_key(word)),
            }
        }
        search.words.retain(|it| !it.is_empty());
        search
    }

    pub const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phones.is_empty()
    }

    /// Returns how the telephone numbers compare with those of a notice that has every word; `None` if a word is missing,
    /// or if nothing but another number was typed.
    pub fn check(&self, title: &TextLine, facts: &SurveyFacts) -> Option<PhoneCheck> {
        let line = |it: &Option<TextLine>| it.as_ref().map_or(String::new(), |it| search_key(it.as_str()));
        let texts = [
            search_key(title.as_str()),
            search_key(facts.office.as_str()),
            line(&facts.firm),
            search_key(facts.contact.as_str()),
            line(&facts.words),
        ];
        if !self.words.iter().all(|word| texts.iter().any(|it| it.contains(word))) {
            return None;
        }
        let own = facts.phone.as_ref().map(|it| Telephone::dialled(it.as_str()));
        let check = match (self.phones.is_empty(), own) {
            (true, _) => PhoneCheck::NotTyped,
            (false, Some(own)) if self.phones.iter().all(|it| *it == own) => PhoneCheck::Same,
            (false, _) => PhoneCheck::Other,
        };
        (!self.words.is_empty() || check == PhoneCheck::Same).then_some(check)
    }
}
