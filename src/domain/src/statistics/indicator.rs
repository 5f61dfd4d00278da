//! The indicators of the programme as data: the definition, the counts, the missing answers and the target.
mod defined;

pub use defined::{DefinedIndicator, IndicatorForm};

use super::{
    figures::{FigureTable, MonthFigures, PARTLY_DONE},
    share,
};

/// The cells of a table whose counts are added.
pub type Cells = (FigureTable, &'static [&'static str]);

/// One indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    pub code: &'static str,
    pub label: &'static str,
    /// The words that say what is counted.
    pub definition: &'static str,
    pub numerator: Cells,
    pub denominator: Cells,
    /// The cells of those that gave no answer. They are in neither of the two.
    pub missing: Option<Cells>,
    /// The target in percent, if the ministries have named one.
    pub target: Option<u8>,
}

/// An indicator with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorValue {
    pub label: String,
    pub definition: String,
    pub target: Option<u8>,
    pub part: u64,
    pub whole: u64,
    pub missing: Option<u64>,
}

const ANSWERED: Cells = (FigureTable::Survey, &["answered"]);
const LAPSED: Option<Cells> = Some((FigureTable::Survey, &["lapsed"]));
const BOOKED: Cells = (
    FigureTable::Outcome,
    &[
        "done",
        PARTLY_DONE,
        "no_show",
        "expert_no_show",
        "cancelled_by_company",
        "cancelled_by_expert",
        "cancelled_by_center",
    ],
);

/// The indicators. The first three are the sentences that the ministries have used, word for word
/// (`docs/spec/programme.md` §1.6).
pub const INDICATORS: [Indicator; 7] = [
    Indicator {
        code: "purpose_achieved",
        label: "問い合わせの目的が達成できた",
        definition: "アンケートで「そう思う」「ややそう思う」と答えた件数を、この月に回答のあった件数で割ります",
        numerator: (FigureTable::SurveyPurpose, &["agreed"]),
        denominator: ANSWERED,
        missing: LAPSED,
        target: Some(80),
    },
    Indicator {
        code: "satisfied",
        label: "問い合わせへの対応に満足した",
        definition: "アンケートで「そう思う」「ややそう思う」と答えた件数を、この月に回答のあった件数で割ります",
        numerator: (FigureTable::SurveySatisfied, &["agreed"]),
        denominator: ANSWERED,
        missing: LAPSED,
        target: Some(80),
    },
    Indicator {
        code: "will_consider",
        label: "テレワークの導入を積極的に検討する",
        definition: "アンケートで「そう思う」「ややそう思う」と答えた件数を、この月に回答のあった件数で割ります",
        numerator: (FigureTable::SurveyConsider, &["agreed"]),
        denominator: ANSWERED,
        missing: LAPSED,
        target: Some(80),
    },
    Indicator {
        code: "survey_response",
        label: "アンケートの回答率",
        definition: "この月に回答のあった件数を、この月に回答があったか、回答を待つ期間（60日）が終わった件数で割ります",
        numerator: ANSWERED,
        denominator: (FigureTable::Survey, &["answered", "lapsed"]),
        missing: None,
        target: None,
    },
    Indicator {
        code: "held",
        label: "予約した相談の実施率",
        definition: "この月の予約のうち実施した回数を、実施・欠席・中止の回数の合計で割ります",
        numerator: (FigureTable::Outcome, &["done", PARTLY_DONE]),
        denominator: BOOKED,
        missing: None,
        target: None,
    },
    Indicator {
        code: "introduced",
        label: "導入または拡大した企業の割合",
        definition: "フォローアップで「導入した」「拡大した」と答えた件数を、この月に回答のあった件数で割ります",
        numerator: (FigureTable::Progress, &["introduced", "expanded"]),
        denominator: (FigureTable::Progress, &["introduced", "expanded", "preparing", "given_up"]),
        missing: None,
        target: None,
    },
    Indicator {
        code: "under_100",
        label: "100人未満の企業・団体の割合",
        definition: "従業員が100人未満の企業・団体の相談を、従業員数の分かる相談で割ります。国の調査は100人以上の企業が対象です",
        numerator: (FigureTable::Size, &["0-19", "20-99"]),
        denominator: (FigureTable::Size, &["0-19", "20-99", "100-299", "300-"]),
        missing: Some((FigureTable::Size, &["unknown"])),
        target: None,
    },
];

impl Indicator {
    /// Returns the indicator with the counts of these figures.
    pub fn of(&self, figures: &MonthFigures) -> IndicatorValue {
        let sum = |(table, cells): Cells| cells.iter().map(|it| figures.count(table, it)).sum();
        IndicatorValue {
            label: self.label.to_owned(),
            definition: self.definition.to_owned(),
            target: self.target,
            part: sum(self.numerator),
            whole: sum(self.denominator),
            missing: self.missing.map(sum),
        }
    }
}

impl IndicatorValue {
    /// Returns the share: 「81.3%」; `None` if nothing was counted.
    pub fn share(&self) -> Option<String> {
        share(self.part, self.whole)
    }

    /// Returns whether the target is reached; `None` without a target or a share.
    pub fn reaches_target(&self) -> Option<bool> {
        let target = u64::from(self.target?);
        (self.whole > 0).then(|| self.part.saturating_mul(100) >= self.whole.saturating_mul(target))
    }
}
