//! The class of each column of the database, and the time for which a row is kept. A column without a class fails a test, so
//! that a new one cannot be forgotten when data are erased.

/// The tables, as a text: `table: kept`, then lines of a class and its columns.
const COLUMNS: &str = include_str!("classification/columns.txt");

/// The class of what a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnClass {
    /// Anyone may read it.
    Public,
    /// It names a company, or describes it so closely that it is known.
    Company,
    /// It names a person or leads to one.
    Personal,
    /// People have written it, and it may name anyone.
    FreeText,
    /// Figures count it, and it names nobody.
    Figure,
    /// It opens something, or is a keyed hash of what does.
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

/// A table with its time, and its columns with their classes.
pub type ClassifiedTable = (&'static str, Kept, Vec<(&'static str, ColumnClass)>);

/// Returns the tables with their columns. A line that cannot be read leaves its columns without a class, which a test finds.
pub fn tables() -> Vec<ClassifiedTable> {
    let mut all: Vec<ClassifiedTable> = Vec::new();
    for line in COLUMNS.lines().filter(|it| !it.starts_with('#')) {
        match line.strip_prefix("  ") {
            None => {
                let table = line.split_once(": ").and_then(|(name, kept)| Some((name, Kept::named(kept)?)));
                all.extend(table.map(|(name, kept)| (name, kept, Vec::new())));
            }
            Some(line) => {
                let mut words = line.split(' ');
                let class = words.next().and_then(ColumnClass::named);
                if let (Some(class), Some(table)) = (class, all.last_mut()) {
                    table.2.extend(words.map(|it| (it, class)));
                }
            }
        }
    }
    all
}

impl Kept {
    const ALL: [Self; 5] = [Self::Contact, Self::Record, Self::OwnTime, Self::Account, Self::NamesNobody];

    /// Returns the value whose name the text has.
    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| format!("{it:?}") == text)
    }
}

impl ColumnClass {
    const ALL: [Self; 7] = [
        Self::Public,
        Self::Company,
        Self::Personal,
        Self::FreeText,
        Self::Figure,
        Self::Secret,
        Self::Technical,
    ];

    /// Returns the value whose name the text has.
    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| format!("{it:?}") == text)
    }

    /// Returns whether a column of this class is emptied when its row is erased.
    pub const fn is_erased(self) -> bool {
        matches!(self, Self::Company | Self::Personal | Self::FreeText)
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnClass, Kept, tables};

    #[test]
    fn every_column_of_somebody_has_an_end() {
        for (name, kept, columns) in tables() {
            let is_of_somebody =
                columns.iter().any(|(_, class)| class.is_erased() || *class == ColumnClass::Secret);
            assert!(!is_of_somebody || kept != Kept::NamesNobody || name == "gathering", "{name}");
        }
    }
}
