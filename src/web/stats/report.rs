//! The present statistics of a filter, as the center sees them: headline numbers, survey sentences and tables.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    aftercare::follow_up::{Kind, Progress, SurveyAgreement},
    calendar::{BusinessCalendar, japan_date},
    prefecture::Prefecture,
    statistics::{
        DisplayedCount, Spread,
        indicator::{INDICATORS, Indicator},
        share,
    },
};

use super::tables::{self, Table, TableRow};
use crate::store::statistics::{Statistics, StatisticsFilter, Wait};

pub struct Report {
    pub filter: StatisticsFilter,
    /// The day on which the statistics were counted.
    pub day: NaiveDate,
    pub received: u64,
    pub companies: u64,
    pub appointments: u64,
    /// The share of consultations with an appointment.
    pub carried_out: Option<String>,
    /// The wait until the first contact, in business days.
    pub first_contact: Option<Spread>,
    /// The wait until the first appointment, in business days.
    pub first_appointment: Option<Spread>,
    pub kpis: Vec<Kpi>,
    /// The numbers of surveys that were sent and that were answered.
    pub surveys: (u64, u64),
    pub response_rate: Option<String>,
    pub tables: Vec<Table>,
    /// The progress that companies report in later follow-ups.
    pub progress: Option<Table>,
    /// The numbers of later follow-ups that were sent and that were answered, by kind.
    pub follow_ups: Vec<(&'static str, u64, u64)>,
    /// The sentences beside tables, by the table's code.
    pub notes: Vec<(&'static str, String)>,
}

/// One sentence of the survey, with the number of companies that agreed.
pub struct Kpi {
    pub sentence: &'static str,
    /// The share and the number that agreed; `None` if there are no answers.
    pub agreed: Option<(String, u64)>,
    pub answers: u64,
}

/// The number of the indicators that are sentences of the survey, which come first.
const SENTENCES: usize = 3;

impl Report {
    pub fn new(
        statistics: &Statistics,
        filter: StatisticsFilter,
        calendar: &BusinessCalendar,
        day: NaiveDate,
    ) -> Self {
        let tables = tables::all(statistics, filter.year.start_year());
        let surveys = response(statistics, Kind::Survey);
        Self {
            received: statistics.received,
            companies: statistics.companies,
            appointments: statistics.appointments,
            carried_out: share(statistics.with_appointment, statistics.received),
            first_contact: spread(&statistics.first_contacts, calendar),
            first_appointment: spread(&statistics.first_appointments, calendar),
            kpis: kpis(statistics, surveys.1),
            surveys,
            response_rate: share(surveys.1, surveys.0),
            progress: progress(statistics),
            follow_ups: follow_ups(statistics),
            notes: notes(&tables, statistics),
            tables,
            filter,
            day,
        }
    }

    pub fn table(&self, code: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.code == code)
    }

    pub fn note(&self, code: &str) -> Option<&str> {
        self.notes.iter().find(|it| it.0 == code).map(|it| it.1.as_str())
    }
}

/// Returns the spread of waits, in business days after the day of receipt.
fn spread(waits: &[Wait], calendar: &BusinessCalendar) -> Option<Spread> {
    let first = waits.iter().map(|it| japan_date(it.from)).min()?;
    let last = waits.iter().map(|it| japan_date(it.to)).max()?;
    let open: Vec<_> =
        first.iter_days().take_while(|it| *it <= last).filter(|&it| calendar.is_open(it)).collect();
    let until = |day: NaiveDate| open.partition_point(|it| *it <= day);
    let days = waits.iter().map(|it| {
        let passed = until(japan_date(it.to)).saturating_sub(until(japan_date(it.from)));
        u32::try_from(passed).unwrap_or(u32::MAX)
    });
    Spread::of(days.collect())
}

/// Returns the numbers of follow-ups of a kind that were sent and answered.
fn response(statistics: &Statistics, kind: Kind) -> (u64, u64) {
    let of = |state: &str| {
        let found = statistics.follow_ups.iter().find(|((k, s), _)| k == kind.code() && s == state);
        found.map_or(0, |it| it.1)
    };
    let answered = of("answered");
    (answered + of("sent") + of("lapsed"), answered)
}

fn kpis(statistics: &Statistics, answers: u64) -> Vec<Kpi> {
    let agrees = |it: &str| {
        matches!(SurveyAgreement::from_code(it), Some(SurveyAgreement::Yes | SurveyAgreement::RatherYes))
    };
    let all: u64 = statistics.surveys.iter().map(|it| it.1).sum();
    let kpi = |(at, indicator): (usize, &'static Indicator)| {
        let said = statistics.surveys.iter().filter(|it| it.0.get(at).is_some_and(|it| agrees(it)));
        let agreed: u64 = said.map(|it| it.1).sum();
        Kpi { sentence: indicator.label, agreed: share(agreed, all).map(|it| (it, agreed)), answers }
    };
    INDICATORS.iter().take(SENTENCES).enumerate().map(kpi).collect()
}

/// Returns the progress of all later questions together; `None` if there are no answers.
fn progress(statistics: &Statistics) -> Option<Table> {
    let of = |it: Progress| {
        statistics.progress.iter().filter(|((_, said), _)| said == it.code()).map(|it| it.1).sum::<u64>()
    };
    let row = |it: Progress| TableRow {
        code: it.code().to_owned(),
        label: it.label().to_owned(),
        count: DisplayedCount::Exact(of(it)),
    };
    let rows = Progress::ALL.map(row).to_vec();
    let is_empty = rows.iter().all(|it| it.count == DisplayedCount::Exact(0));
    (!is_empty).then_some(Table { code: "progress", title: "その後の状況", rows })
}

fn follow_ups(statistics: &Statistics) -> Vec<(&'static str, u64, u64)> {
    let later = [Kind::ThreeMonths, Kind::SixMonths, Kind::NextYear, Kind::Custom];
    let row = |kind: Kind| {
        let (sent, answered) = response(statistics, kind);
        (kind.label(), sent, answered)
    };
    later.map(row).to_vec()
}

fn notes(tables: &[Table], statistics: &Statistics) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    let size = tables.iter().find(|it| it.code == "size");
    let exact = |code: &str| size.and_then(|it| it.count_of(code)).and_then(DisplayedCount::exact);
    if let (Some(a), Some(b)) = (exact("0-19"), exact("20-99")) {
        let share = share(a + b, statistics.received).map(|it| format!("（{it}）")).unwrap_or_default();
        notes.push(("size", format!("100人未満は合わせて{}件{share}です。", DisplayedCount::Exact(a + b))));
    }
    let [ict, labor, both] = statistics.by_fields;
    notes.push((
        "fields",
        format!("「両方」を含めると、ICTは{}件、労務管理は{}件です。", ict + both, labor + both),
    ));
    let urban: BTreeSet<_> =
        Prefecture::all().filter(|it| it.region().is_urban()).map(|it| i16::from(it.code())).collect();
    let known = statistics.by_prefecture.iter().filter_map(|&(code, n)| Some((code?, n)));
    let rural: u64 = known.filter(|(code, _)| !urban.contains(code)).map(|it| it.1).sum();
    if let Some(share) = share(rural, statistics.received) {
        let text = format!("地方部（南関東・東海・近畿のほか）は{rural}件（{share}）です。");
        notes.push(("prefecture", text));
    }
    notes
}
