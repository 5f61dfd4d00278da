//! What each column of the database holds, and for how long a row is kept. A column without a class fails a test, so that a new
//! one cannot be forgotten when data are erased.
mod tables;

use tables::TABLES;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnClass {
    /// What anyone may read.
    Public,
    /// What names a company or describes it so closely that it is known.
    Company,
    /// What names a person or leads to one.
    Personal,
    /// What people have written, which may name anyone.
    FreeText,
    /// What figures count, and what names nobody.
    Figure,
    /// What opens something, or a keyed hash of what does.
    Secret,
    /// Keys, times, states and numbers of the program's own.
    Technical,
}

/// How long the rows of a table keep what is of a company, of a person, or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Until the contact of their consultation is erased (`RetentionPart::Contact`), or their own days are over.
    Contact,
    /// Until the record of their consultation is erased (`RetentionPart::Record`), or their own days are over.
    Record,
    /// For a time of their own, after which a job erases them; `/privacy` says how long.
    OwnTime,
    /// As long as the account of a person of the programme stands.
    Account,
    /// The table has nothing of a company or of a person beside the programme's own.
    NamesNobody,
}

/// Returns the name of every table, how long it is kept, and its columns with their classes.
pub fn tables() -> impl Iterator<Item = (&'static str, Kept, Vec<(&'static str, ColumnClass)>)> {
    TABLES.iter().map(|&(name, kept, columns)| {
        let of_class =
            |&(class, names): &(ColumnClass, &'static str)| names.split(' ').map(move |it| (it, class));
        (name, kept, columns.iter().flat_map(of_class).collect())
    })
}

impl ColumnClass {
    /// Returns whether a column of this class is emptied when its row is erased.
    pub const fn is_erased(self) -> bool {
        matches!(self, Self::Company | Self::Personal | Self::FreeText)
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnClass, Kept, tables};

    #[test]
    fn what_is_of_somebody_has_an_end() {
        for (name, kept, columns) in tables() {
            let is_of_somebody =
                columns.iter().any(|(_, class)| class.is_erased() || *class == ColumnClass::Secret);
            assert!(!is_of_somebody || kept != Kept::NamesNobody || name == "gathering", "{name}");
        }
    }
}
