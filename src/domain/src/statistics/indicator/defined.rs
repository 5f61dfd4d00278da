//! Indicators that an administrator defines: a share of the counts of one table.
use super::IndicatorValue;
use crate::{
    intake::application::Mistakes,
    statistics::figures::{FigureTable, MonthFigures},
    text::{TextLine, amount, optional},
};

/// The length of the longest label and of the longest definition, in characters.
const LONGEST_LABEL: usize = 60;
const LONGEST_DEFINITION: usize = 200;

/// One indicator of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedIndicator {
    pub label: TextLine,
    /// The words that say what is counted.
    pub definition: TextLine,
    pub table: FigureTable,
    /// The codes of the cells that are counted, which are among those of the denominator.
    pub numerator: Vec<String>,
    pub denominator: Vec<String>,
    /// The target in percent.
    pub target: Option<u8>,
}

/// The fields of an indicator as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndicatorForm {
    pub label: String,
    pub definition: String,
    pub table: String,
    pub numerator: Vec<String>,
    pub denominator: Vec<String>,
    pub target: String,
}

impl DefinedIndicator {
    /// Reads the fields and returns every mistake with the name of its field.
    pub fn parse(form: &IndicatorForm) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let label = TextLine::parse("指標の名称", &form.label, LONGEST_LABEL);
        let label = label.map_err(|err| mistakes.push(("label", err.to_string()))).ok();
        let definition = TextLine::parse("数え方", &form.definition, LONGEST_DEFINITION);
        let definition = definition.map_err(|err| mistakes.push(("definition", err.to_string()))).ok();
        let target = optional(&form.target, percent);
        let target = target.map_err(|err| mistakes.push(("target", err.to_owned()))).ok();
        let table = FigureTable::from_code(&form.table);
        if table.is_none() {
            mistakes.push(("table", "表を選択してください".to_owned()));
        }
        let cells: Vec<_> = table.map(FigureTable::cells).unwrap_or_default();
        let known = |typed: &[String]| -> Vec<String> {
            cells.iter().map(|(code, _)| code.clone()).filter(|it| typed.contains(it)).collect()
        };
        let (numerator, denominator) = (known(&form.numerator), known(&form.denominator));
        if numerator.is_empty() {
            mistakes.push(("numerator", "数える区分を1つ以上選択してください".to_owned()));
        }
        if denominator.is_empty() {
            mistakes.push(("denominator", "母数の区分を1つ以上選択してください".to_owned()));
        } else if !numerator.iter().all(|it| denominator.contains(it)) {
            let why = "数える区分は、母数の区分にも含めてください。割合が100%を超えるためです";
            mistakes.push(("denominator", why.to_owned()));
        }
        match (label, definition, table, target) {
            (Some(label), Some(definition), Some(table), Some(target)) if mistakes.is_empty() => {
                Ok(Self { label, definition, table, numerator, denominator, target })
            }
            _ => Err(mistakes),
        }
    }

    /// Returns the indicator with the counts of these figures.
    pub fn of(&self, figures: &MonthFigures) -> IndicatorValue {
        let sum = |cells: &[String]| cells.iter().map(|it| figures.count(self.table, it)).sum();
        IndicatorValue {
            label: self.label.to_string(),
            definition: self.definition.to_string(),
            target: self.target,
            part: sum(&self.numerator),
            whole: sum(&self.denominator),
            missing: None,
        }
    }

    /// Returns the labels of cells of its table.
    pub fn labels(&self, cells: &[String]) -> Vec<String> {
        let all = self.table.cells().into_iter();
        all.filter(|(code, _)| cells.contains(code)).map(|(_, label)| label).collect()
    }
}

fn percent(raw: &str) -> Result<u8, &'static str> {
    let typed = amount(raw.trim().trim_end_matches(['%', '％']));
    let percent = typed.parse().ok().filter(|it| (1..=100).contains(it));
    percent.ok_or("目標は、1から100までの整数（%）で入力してください")
}

#[cfg(test)]
mod tests {
    use super::{DefinedIndicator, IndicatorForm};
    use crate::statistics::figures::{FigureTable, MonthFigures};

    fn form() -> IndicatorForm {
        let cells = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        IndicatorForm {
            label: "オンラインの割合".to_owned(),
            definition: "オンラインを希望した相談を、すべての相談で割ります".to_owned(),
            table: "mode".to_owned(),
            numerator: cells(&["online"]),
            denominator: cells(&["online", "visit", "either"]),
            target: "６０％".to_owned(),
        }
    }

    #[test]
    fn an_indicator_is_the_share_of_cells_of_one_table() {
        let it = DefinedIndicator::parse(&form()).unwrap();
        let mut figures = MonthFigures::default();
        let counts = [("online", 6), ("visit", 3), ("unknown", 9)];
        figures.set(FigureTable::Mode, counts.map(|(cell, n)| (cell.to_owned(), n)));
        let value = it.of(&figures);
        assert_eq!((value.part, value.whole, value.target), (6, 9, Some(60)));
        assert_eq!(value.reaches_target(), Some(true));
        assert_eq!(value.share().as_deref(), Some("66.7%"));
    }

    #[test]
    fn every_mistake_of_an_indicator_is_told() {
        let wrong = DefinedIndicator::parse(&IndicatorForm::default()).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|it| it.0).collect();
        assert_eq!(fields, ["label", "definition", "table", "numerator", "denominator"]);
        let outside = IndicatorForm { denominator: vec!["visit".to_owned()], ..form() };
        assert!(DefinedIndicator::parse(&outside).unwrap_err()[0].1.contains("100%を超える"));
        for target in ["0", "101", "半分"] {
            let typed = IndicatorForm { target: target.to_owned(), ..form() };
            assert_eq!(DefinedIndicator::parse(&typed).unwrap_err()[0].0, "target", "{target}");
        }
    }
}
