//! The figures with their limits.
use std::fmt::Write;

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

struct Row {
    what: String,
    figure: String,
    limit: String,
    met: bool,
}

impl Table {
    pub fn at_most(&mut self, what: impl Into<String>, figure: f64, unit: &str, limit: f64) {
        self.row(what, format!("{figure:.2} {unit}"), format!("at most {limit} {unit}"), figure <= limit);
    }

    pub fn at_least(&mut self, what: impl Into<String>, ratio: f64, limit: f64) {
        self.row(what, format!("{ratio:.2}"), format!("at least {limit}"), ratio >= limit);
    }

    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    pub fn all_met(&self) -> bool {
        self.rows.iter().all(|it| it.met)
    }

    pub fn print(&self) {
        let mut text = String::from("| what | measured | limit | |\n| --- | --- | --- | --- |\n");
        for row in &self.rows {
            let met = if row.met { "met" } else { "**missed**" };
            writeln!(text, "| {} | {} | {} | {met} |", row.what, row.figure, row.limit).unwrap();
        }
        println!("\n{text}");
        for note in &self.notes {
            println!("{note}");
        }
    }

    fn row(&mut self, what: impl Into<String>, figure: String, limit: String, met: bool) {
        let what = what.into();
        println!("{what}: {figure} ({limit})");
        self.rows.push(Row { what, figure, limit, met });
    }
}
