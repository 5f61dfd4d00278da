//! The words of mails: those that the product ships with, and those that an administrator has written for a year.
//!
//! A text has variables, and passages that stand only where a variable has a value: nothing else is understood. The
//! shipped text is used wherever there is no other or the other does not hold.
mod template;
mod variable;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

pub use super::kind::{Reader, TextKind};
pub use template::{MailWording, Template, TextFault, TextPart};
pub use variable::{Values, Variable};

/// The texts in force, by kind and by the year from which they are.
#[derive(Clone, Debug, Default)]
pub struct Texts(BTreeMap<TextKind, BTreeMap<i32, Kept>>);

/// A text in force.
#[derive(Clone, Debug)]
pub enum Kept {
    /// The one that the product ships with, taken up again.
    Shipped,
    Own(Arc<Template>),
    /// Kept, but it no longer holds: the product may have been renewed since.
    Broken(Vec<TextFault>),
}

impl Texts {
    /// Puts a year's text in force. Without words it is the shipped one.
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

    /// The text in force in a fiscal year with the year it is from; `None` where nobody has written one.
    pub fn of(&self, kind: TextKind, start_year: i32) -> Option<(i32, &Kept)> {
        self.0.get(&kind)?.range(..=start_year).next_back().map(|(&year, kept)| (year, kept))
    }

    /// Kinds whose text in force in a fiscal year does not hold, so that the shipped one is sent.
    pub fn broken(&self, start_year: i32) -> Vec<TextKind> {
        let is_broken = |it: &TextKind| matches!(self.of(*it, start_year), Some((_, Kept::Broken(_))));
        TextKind::ALL.into_iter().filter(is_broken).collect()
    }

    /// Title and body in the words of a year's own text. `None` where there is none, or where it does not hold.
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

/// The shipped texts, read once. A test reads them all, so that none is missing here.
static SHIPPED: LazyLock<BTreeMap<TextKind, Template>> = LazyLock::new(|| {
    let read = |kind: TextKind| Template::parse_shipped(kind).map(|it| (kind, it));
    TextKind::ALL.into_iter().filter_map(read).collect()
});

/// Returns subject and body in the words that the product ships with.
pub fn write_shipped(kind: TextKind, values: &Values) -> Result<MailWording, minijinja::Error> {
    match SHIPPED.get(&kind) {
        Some(template) => template.write(values),
        None => Err(minijinja::Error::new(minijinja::ErrorKind::TemplateNotFound, kind.code())),
    }
}

#[cfg(test)]
mod tests;
