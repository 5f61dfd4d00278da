//! The figures of one month: what happened from its first instant until before its end. Figures of several months are
//! added.
use std::collections::BTreeMap;

use codes::{AppointmentStatus, Origin, RegistrantKind, codes};
use serde::{Deserialize, Serialize};

use super::Spread;
use crate::{
    aftercare::follow_up::Progress,
    consultation::UnfulfilledReason,
    field::Field,
    intake::company::{Industry, Mode, TeleworkStatus},
    prefecture::Prefecture,
    survey::SurveyChannel,
};

codes! {
    /// One table of figures. Its cells do not overlap.
    pub enum FigureTable {
        Received = "received" => "受付件数",
        Fields = "fields" => "相談分野",
        Prefecture = "prefecture" => "都道府県",
        Size = "size" => "従業員数",
        Industry = "industry" => "業種",
        Mode = "mode" => "実施方法の希望",
        Origin = "origin" => "受付の方法",
        /// Booked appointments that were to begin in the month.
        Outcome = "outcome" => "予約の結果",
        /// Consultations that ended in the month.
        Ended = "ended" => "相談の終了",
        Unfulfilled = "unfulfilled" => "不成立の理由",
        /// Surveys that were answered, or whose time to be answered ended.
        Survey = "survey" => "アンケート",
        SurveyPurpose = "survey_purpose" => "問い合わせの目的が達成できた",
        SurveySatisfied = "survey_satisfied" => "問い合わせへの対応に満足した",
        SurveyConsider = "survey_consider" => "テレワークの導入を積極的に検討する",
        Progress = "progress" => "その後の状況",
        Events = "events" => "イベント",
        Attendance = "attendance" => "イベントの参加者",
        EventAnswers = "event_answers" => "イベントのアンケート",
        /// The registrations of a telework month, in the month in which its period ended.
        MonthStatus = "month_status" => "月間の登録：導入状況",
        MonthIndustry = "month_industry" => "月間の登録：業種",
        MonthPrefecture = "month_prefecture" => "月間の登録：都道府県",
        MonthKind = "month_kind" => "月間の登録：登録した方",
        /// Surveys that are answered here, in the month in which they took their last answers.
        SurveyResponses = "survey_responses" => "調査の回答",
        /// Reports of doubtful requests.
        Doubts = "doubts" => "疑わしい調査の連絡",
        /// Questions to mentors, in the month in which they came.
        NetworkQuestions = "network_questions" => "推進企業への質問",
    }
}

codes! {
    /// A wait of companies, counted in business days after the day of receipt.
    pub enum WaitKind {
        FirstContact = "first_contact" => "最初の連絡まで",
        FirstAppointment = "first_session" => "最初の相談まで",
    }
}

/// The code of a cell for data that are not known.
pub const UNKNOWN: &str = "unknown";

/// The cells of questions by whether they were answered.
pub const ANSWERED: &str = "answered";
pub const LAPSED: &str = "lapsed";
pub const SILENT: &str = "silent";

/// The cells of the sentences of the survey.
pub const AGREED: &str = "agreed";
pub const OTHER: &str = "other";

/// The cells of events and their participants.
pub const HELD: &str = "held";
pub const CALLED_OFF: &str = "called_off";
pub const ATTENDED: &str = "attended";
pub const ABSENT: &str = "absent";

/// The cells of questions to mentors, by the way in which they came.
pub const BY_FORM: &str = "by_form";
pub const BY_CASE: &str = "by_case";

/// The cell of appointments that one of two experts held without the other.
pub const PARTLY_DONE: &str = "partly_done";

/// The bands of employees: the code, the number below which it ends, and the label.
pub const SIZES: [(&str, i32, &str); 4] = [
    ("0-19", 20, "20人未満"),
    ("20-99", 100, "20から99人"),
    ("100-299", 300, "100から299人"),
    ("300-", i32::MAX, "300人以上"),
];

/// The ends of a booked appointment.
pub const ENDS: [AppointmentStatus; 6] = [
    AppointmentStatus::Done,
    AppointmentStatus::NoShow,
    AppointmentStatus::ExpertNoShow,
    AppointmentStatus::CancelledByCompany,
    AppointmentStatus::CancelledByExpert,
    AppointmentStatus::CancelledByCenter,
];

/// The counts of tables and the waits of one month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// The counts by the codes of tables and cells. A cell without a count is 0.
    tables: BTreeMap<String, BTreeMap<String, u64>>,
    /// The number of waits by the code of their kind and by their business days.
    waits: BTreeMap<String, BTreeMap<u32, u64>>,
}

/// A cell whose count is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateChange {
    pub table: FigureTable,
    pub label: String,
    pub then: u64,
    pub now: u64,
}

impl MonthFigures {
    /// Sets the counts of a table, without those that are 0.
    pub fn set(&mut self, table: FigureTable, counts: impl IntoIterator<Item = (String, u64)>) {
        let row = self.tables.entry(table.code().to_owned()).or_default();
        for (cell, count) in counts.into_iter().filter(|it| it.1 > 0) {
            *row.entry(cell).or_default() += count;
        }
    }

    /// Adds a wait.
    pub fn add_wait(&mut self, kind: WaitKind, days: u32) {
        *self.waits.entry(kind.code().to_owned()).or_default().entry(days).or_default() += 1;
    }

    /// Adds the figures of another month.
    pub fn add(&mut self, other: &Self) {
        for (table, cells) in &other.tables {
            let own = self.tables.entry(table.clone()).or_default();
            for (cell, count) in cells {
                *own.entry(cell.clone()).or_default() += count;
            }
        }
        for (kind, waits) in &other.waits {
            let own = self.waits.entry(kind.clone()).or_default();
            for (days, count) in waits {
                *own.entry(*days).or_default() += count;
            }
        }
    }

    pub fn count(&self, table: FigureTable, cell: &str) -> u64 {
        self.tables.get(table.code()).and_then(|it| it.get(cell)).copied().unwrap_or(0)
    }

    pub fn sum(&self, table: FigureTable) -> u64 {
        self.tables.get(table.code()).map_or(0, |it| it.values().sum())
    }

    /// Returns the counts of the cells of a table in their order.
    pub fn counts(&self, table: FigureTable) -> Vec<u64> {
        table.cells().iter().map(|(cell, _)| self.count(table, cell)).collect()
    }

    /// Returns the spread of waits; `None` if there are none.
    pub fn spread(&self, kind: WaitKind) -> Option<Spread> {
        Spread::of_counts(self.waits.get(kind.code())?)
    }

    /// Returns the number of waits.
    pub fn waits(&self, kind: WaitKind) -> u64 {
        self.waits.get(kind.code()).map_or(0, |it| it.values().sum())
    }

    /// Returns the cells that differ from those of `now`. A table that was not counted yet when the month was closed has
    /// none.
    pub fn late_changes(&self, now: &Self) -> Vec<LateChange> {
        let mut changes = Vec::new();
        for table in FigureTable::ALL.into_iter().filter(|it| self.tables.contains_key(it.code())) {
            for (cell, label) in table.cells() {
                let (then, now) = (self.count(table, &cell), now.count(table, &cell));
                if then != now {
                    changes.push(LateChange { table, label, then, now });
                }
            }
        }
        changes
    }
}

impl FigureTable {
    /// Returns the codes and labels of its cells.
    pub fn cells(self) -> Vec<(String, String)> {
        let named = |cells: &[(&str, &str)]| -> Vec<(String, String)> {
            cells.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
        };
        let with_unknown = |mut cells: Vec<(String, String)>| {
            cells.push((UNKNOWN.to_owned(), "不明".to_owned()));
            cells
        };
        match self {
            Self::Received => named(&[("all", "受付件数")]),
            Self::Fields => named(&[("ict", "ICTだけ"), ("labor", "労務管理だけ"), ("both", "両方")]),
            Self::Prefecture | Self::MonthPrefecture => {
                with_unknown(Prefecture::all().map(|it| (it.two_digits(), it.name().to_owned())).collect())
            }
            Self::Size => with_unknown(named(&SIZES.map(|(code, _, label)| (code, label)))),
            Self::Industry | Self::MonthIndustry => {
                with_unknown(named(&Industry::ALL.map(|it| (it.code(), it.label()))))
            }
            Self::Mode => with_unknown(named(&Mode::ALL.map(|it| (it.code(), it.label())))),
            Self::Origin => named(&Origin::ALL.map(|it| (it.code(), it.label()))),
            Self::Outcome => {
                let [held, others @ ..] = ENDS.map(|it| (it.code(), it.label()));
                let mut cells = vec![held, (PARTLY_DONE, "実施（専門家一人が欠席）")];
                cells.extend(others);
                named(&cells)
            }
            Self::Ended => named(&[
                ("completed", "完了"),
                ("withdrawn", "取下げ"),
                ("unfulfilled", "不成立"),
                ("referred", "他機関案内"),
            ]),
            Self::Unfulfilled => {
                with_unknown(named(&UnfulfilledReason::ALL.map(|it| (it.code(), it.label()))))
            }
            Self::Survey => named(&[(ANSWERED, "回答あり"), (LAPSED, "回答なし")]),
            Self::SurveyPurpose | Self::SurveySatisfied | Self::SurveyConsider => {
                named(&[(AGREED, "そう思う・ややそう思う"), (OTHER, "そのほか")])
            }
            Self::Progress => named(&Progress::ALL.map(|it| (it.code(), it.label()))),
            Self::Events => named(&[(HELD, "開催"), (CALLED_OFF, "中止")]),
            Self::Attendance => named(&[(ATTENDED, "出席"), (ABSENT, "欠席")]),
            Self::EventAnswers => named(&[(ANSWERED, "回答あり"), (SILENT, "回答なし")]),
            Self::MonthStatus => named(&TeleworkStatus::ALL.map(|it| (it.code(), it.label()))),
            Self::MonthKind => named(&RegistrantKind::ALL.map(|it| (it.code(), it.label()))),
            Self::SurveyResponses => named(&[(ANSWERED, "回答"), (SILENT, "使われなかった回答番号")]),
            Self::Doubts => named(&SurveyChannel::ALL.map(|it| (it.code(), it.label()))),
            Self::NetworkQuestions => named(&[(BY_FORM, "公開の画面から"), (BY_CASE, "相談の画面から")]),
        }
    }

    /// Returns the table and the cell whose count is its sum, if that is a figure of its own.
    pub const fn parent(self) -> Option<(Self, &'static str)> {
        match self {
            Self::Unfulfilled => Some((Self::Ended, "unfulfilled")),
            Self::SurveyPurpose | Self::SurveySatisfied | Self::SurveyConsider => {
                Some((Self::Survey, ANSWERED))
            }
            Self::Received
            | Self::Fields
            | Self::Prefecture
            | Self::Size
            | Self::Industry
            | Self::Mode
            | Self::Origin
            | Self::Outcome
            | Self::Ended
            | Self::Survey
            | Self::Progress
            | Self::Events
            | Self::Attendance
            | Self::EventAnswers
            | Self::MonthStatus
            | Self::MonthIndustry
            | Self::MonthPrefecture
            | Self::MonthKind
            | Self::SurveyResponses
            | Self::Doubts
            | Self::NetworkQuestions => None,
        }
    }
}

/// The figures of a month: of all consultations, and of those about each field, alone or with the other one. A consultation
/// about both fields is in all three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionContent {
    pub all: MonthFigures,
    pub ict: MonthFigures,
    pub labor: MonthFigures,
}

impl EditionContent {
    /// Returns the figures about a field; of all without one.
    pub const fn about(&self, field: Option<Field>) -> &MonthFigures {
        match field {
            None => &self.all,
            Some(Field::Ict) => &self.ict,
            Some(Field::Labor) => &self.labor,
        }
    }

    pub const fn about_mut(&mut self, field: Option<Field>) -> &mut MonthFigures {
        match field {
            None => &mut self.all,
            Some(Field::Ict) => &mut self.ict,
            Some(Field::Labor) => &mut self.labor,
        }
    }

    /// Adds the figures of another month.
    pub fn add(&mut self, other: &Self) {
        for field in FIELDS {
            self.about_mut(field).add(other.about(field));
        }
    }
}

/// Everything, and each field.
pub const FIELDS: [Option<Field>; 3] = [None, Some(Field::Ict), Some(Field::Labor)];
