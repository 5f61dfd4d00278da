//! Manages the words of mails: the shipped ones, and those that an administrator has written for a year.
//!
//! A text has variables, and passages that appear only if a variable has a value, and nothing else. The
//! shipped text is used if there is no other text or if the other text has faults.
mod template;
mod variable;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

pub use super::kind::{Reader, TextKind};
pub use template::{MailWording, Template, TextFault, TextPart};
pub use variable::{Values, Variable};

/// The texts in force, by kind and by the year from which they apply.
#[derive(Clone, Debug, Default)]
pub struct Texts(BTreeMap<TextKind, BTreeMap<i32, Kept>>);

/// A text in force.
#[derive(Clone, Debug)]
pub enum Kept {
    /// The shipped text, to which the administrator has returned.
    Shipped,
    Own(Arc<Template>),
    /// A stored text that now has faults; the product may have been updated since.
    Broken(Vec<TextFault>),
}

impl Texts {
    /// Puts a text in force from a year on. Without `words`, it is the shipped text.
    pub fn put(&mut self, kind: TextKind, start_year: i32, words: Option<&MailWording>) {
        let kept = match words.map(|it| Template::parse(kind, it)) {
            None => Kept::Shipped,
            Some(Ok(template)) => Kept::Own(Arc::new(template)),
            Some(Err(flaws)) => {
                tracing::error!(kind = kind.code(), start_year, ?flaws, "a mail text is not valid");
                Kept::Broken(flaws)
            }
        };
        self.0.entry(kind).or_default().insert(start_year, kept);
    }

    /// Returns the text in force in a fiscal year, and the year from which it applies; `None` if no text was
    /// stored.
    pub fn of(&self, kind: TextKind, start_year: i32) -> Option<(i32, &Kept)> {
        self.0.get(&kind)?.range(..=start_year).next_back().map(|(&year, kept)| (year, kept))
    }

    /// Returns the kinds whose text in force in a fiscal year has faults, so that the shipped text is sent.
    pub fn broken(&self, start_year: i32) -> Vec<TextKind> {
        let is_broken = |it: &TextKind| matches!(self.of(*it, start_year), Some((_, Kept::Broken(_))));
        TextKind::ALL.into_iter().filter(is_broken).collect()
    }

    /// Returns the title and the body in the words of the year's own text, or `None` if there is none or it
    /// has faults.
    pub fn write(&self, kind: TextKind, start_year: i32, values: &Values) -> Option<MailWording> {
        match self.of(kind, start_year)?.1 {
            Kept::Shipped | Kept::Broken(_) => None,
            Kept::Own(template) => match template.write(values) {
                Ok(words) => Some(words),
                Err(err) => {
                    tracing::error!(kind = kind.code(), error = %err, "a mail text could not be rendered");
                    None
                }
            },
        }
    }
}

/// The shipped texts, parsed once. A test parses all of them, so none is missing here.
static SHIPPED: LazyLock<BTreeMap<TextKind, Template>> = LazyLock::new(|| {
    let read = |kind: TextKind| Template::parse_shipped(kind).map(|it| (kind, it));
    TextKind::ALL.into_iter().filter_map(read).collect()
});

/// Returns the title and the body in the shipped words.
pub fn write_shipped(kind: TextKind, values: &Values) -> Result<MailWording, minijinja::Error> {
    match SHIPPED.get(&kind) {
        Some(template) => template.write(values),
        None => Err(minijinja::Error::new(minijinja::ErrorKind::TemplateNotFound, kind.code())),
    }
}

#[cfg(test)]
mod tests;
