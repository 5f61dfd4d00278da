//! The files that editors import, by kind: their columns and their rows.
use std::collections::HashMap;

use codes::ImportKind;

use super::{
    example_file, grants_file,
    import_row::{FileContext, ImportRow},
    news_file,
};
use crate::{ops::publication::import::source_key, web::kit::csv_file::FileColumn};

/// Returns the columns of a file of this kind; none if it is no table.
pub const fn columns(kind: ImportKind) -> &'static [FileColumn] {
    match kind {
        ImportKind::News => &news_file::COLUMNS,
        ImportKind::Example => &example_file::COLUMNS,
        ImportKind::Guide | ImportKind::Registration | ImportKind::Desk | ImportKind::Figures => &[],
    }
}

/// Returns the rows of a text, or why it is no file of this kind.
pub fn rows(kind: ImportKind, text: &str, context: &FileContext<'_>) -> Result<Vec<ImportRow>, String> {
    let rows = match kind {
        ImportKind::News => news_file::rows(text, context).map_err(|err| err.to_string())?,
        ImportKind::Example => {
            example_file::rows(text, context.themes, context.today).map_err(|err| err.to_string())?
        }
        ImportKind::Guide => grants_file::rows(text, context).map_err(|err| err.to_string())?,
        ImportKind::Registration | ImportKind::Desk | ImportKind::Figures => Vec::new(),
    };
    Ok(without_known(rows, &context.known_grants))
}

/// Adds a fault to each row whose grant is there already, or comes a second time.
fn without_known(mut rows: Vec<ImportRow>, known: &HashMap<String, String>) -> Vec<ImportRow> {
    let mut seen = HashMap::new();
    for row in &mut rows {
        let Ok(imported) = &row.read else { continue };
        let Some(key) = source_key(&imported.content) else { continue };
        let fault = match (known.get(key), seen.get(key)) {
            (Some(title), _) => Some(format!("同じ補助金が、すでにあります（{title}）")),
            (None, Some(line)) => Some(format!("{line}件目と同じ補助金です")),
            (None, None) => None,
        };
        seen.entry(key.to_owned()).or_insert(row.line);
        if let Some(fault) = fault {
            row.read = Err(vec![fault]);
        }
    }
    rows
}
