//! The rows of an imported file, as its preview shows them.

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRow {
    /// The number of its line in the file, or of its entry; the first is 1.
    pub line: u64,
    /// The name of the row; empty if it names nothing.
    pub name: String,
    /// The remark of the preview beside the name of a good row.
    pub remark: String,
    /// Everything that is wrong with it; empty if it can be taken.
    pub faults: Vec<String>,
}
