//! The statistics of a filter as its reader may see them: headline numbers, survey sentences and tables.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    aftercare::follow_up::{Kind, Progress, SurveyAgreement},
    calendar::{BusinessCalendar, japan_date},
    prefecture::Prefecture,
    statistics::{DisplayedCount, LEAST, Spread, alone, share},
};

use super::tables::{self, Audience, Row, Table};
use crate::store::statistics::{Statistics, StatisticsFilter, Wait};

pub struct Report {
    pub filter: StatisticsFilter,
    pub audience: Audience,
    /// The day on which the statistics were counted.
    pub day: NaiveDate,
    pub received: DisplayedCount,
    /// The number of companies; `None` for the public, because compared with the consultations it would
    /// reveal how many companies came again.
    pub companies: Option<u64>,
    pub appointments: DisplayedCount,
    /// The share of consultations with an appointment.
    pub carried_out: Option<String>,
    /// The wait until the first contact, in business days.
    pub first_contact: Option<Spread>,
    /// The wait until the first appointment, in business days.
    pub first_appointment: Option<Spread>,
    pub kpis: Vec<Kpi>,
    /// The numbers of surveys that were sent and that were answered.
    pub surveys: (DisplayedCount, DisplayedCount),
    pub response_rate: Option<String>,
    pub tables: Vec<Table>,
    /// The progress that companies report in later follow-ups.
    pub progress: Option<Table>,
    /// The numbers of later follow-ups that were sent and that were answered, by kind.
    pub follow_ups: Vec<(&'static str, DisplayedCount, DisplayedCount)>,
    /// The sentences beside tables, by the table's code.
    pub notes: Vec<(&'static str, String)>,
}

/// One sentence of the survey, with the number of companies that agreed.
pub struct Kpi {
    pub sentence: &'static str,
    /// The share and the number that agreed; `None` if there are too few answers to show them.
    pub agreed: Option<(String, DisplayedCount)>,
    pub answers: DisplayedCount,
}

/// The sentences that the ministries have used as indicators, word for word (`docs/spec/programme.md` §1.6).
const SENTENCES: [&str; 3] =
    ["問い合わせの目的が達成できた", "問い合わせへの対応に満足した", "テレワークの導入を積極的に検討する"];

impl Report {
    pub fn new(
        statistics: &Statistics,
        filter: StatisticsFilter,
        audience: Audience,
        calendar: &BusinessCalendar,
        day: NaiveDate,
    ) -> Self {
        let public = audience == Audience::Everyone;
        let number = |it: u64| if public { alone(it) } else { DisplayedCount::Exact(it) };
        let without = statistics.received.saturating_sub(statistics.with_appointment);
        let carried_out = tables::shown(&[statistics.with_appointment, without], audience);
        let carried_out = carried_out.first().copied().and_then(DisplayedCount::exact);
        let tables = tables::all(statistics, filter.year.start_year(), audience);
        // If the total is too small to be shown, its parts would tell of single consultations: no breakdown
        // is shown.
        let telling = !public || number(statistics.received).exact().is_some();
        let (sent, answered) = survey_response(statistics, audience);
        Self {
            received: number(statistics.received),
            companies: (!public).then_some(statistics.companies),
            appointments: number(statistics.appointments),
            carried_out: carried_out.and_then(|it| share(it, statistics.received)),
            first_contact: spread(&statistics.first_contacts, calendar, audience),
            first_appointment: spread(&statistics.first_appointments, calendar, audience),
            kpis: kpis(statistics, audience, answered),
            surveys: (sent, answered),
            response_rate: answered.exact().zip(sent.exact()).and_then(|(part, whole)| share(part, whole)),
            progress: progress(statistics, audience),
            follow_ups: follow_ups(statistics, audience),
            notes: notes(&tables, statistics, audience),
            tables: if telling { tables } else { Vec::new() },
            filter,
            audience,
            day,
        }
    }

    pub fn table(&self, code: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.code == code)
    }

    pub fn note(&self, code: &str) -> Option<&str> {
        self.notes.iter().find(|it| it.0 == code).map(|it| it.1.as_str())
    }

    pub fn is_public(&self) -> bool {
        self.audience == Audience::Everyone
    }
}

/// Returns the spread of waits, in business days after the day of receipt.
fn spread(waits: &[Wait], calendar: &BusinessCalendar, audience: Audience) -> Option<Spread> {
    let first = waits.iter().map(|it| japan_date(it.from)).min()?;
    let last = waits.iter().map(|it| japan_date(it.to)).max()?;
    let open: Vec<_> =
        first.iter_days().take_while(|it| *it <= last).filter(|&it| calendar.is_open(it)).collect();
    let until = |day: NaiveDate| open.partition_point(|it| *it <= day);
    let days = waits.iter().map(|it| {
        let passed = until(japan_date(it.to)).saturating_sub(until(japan_date(it.from)));
        u32::try_from(passed).unwrap_or(u32::MAX)
    });
    let enough =
        |it: &Spread| audience == Audience::Insiders || u64::try_from(it.n).is_ok_and(|n| n >= LEAST);
    Spread::of(days.collect()).filter(enough)
}

/// Returns the number of surveys sent, and how many of them were answered.
fn survey_response(statistics: &Statistics, audience: Audience) -> (DisplayedCount, DisplayedCount) {
    response(statistics, Kind::Survey, audience)
}

/// Returns the numbers of follow-ups of a kind that were sent and answered. If one is hidden, both are.
fn response(statistics: &Statistics, kind: Kind, audience: Audience) -> (DisplayedCount, DisplayedCount) {
    let of = |state: &str| {
        let found = statistics.follow_ups.iter().find(|((k, s), _)| k == kind.code() && s == state);
        found.map_or(0, |it| it.1)
    };
    let (answered, silent) = (of("answered"), of("sent") + of("lapsed"));
    let sent = match audience {
        Audience::Everyone => alone(answered + silent),
        Audience::Insiders => DisplayedCount::Exact(answered + silent),
    };
    let answered = tables::shown(&[answered, silent], audience).first().copied();
    (sent, answered.unwrap_or(DisplayedCount::Withheld))
}

fn kpis(statistics: &Statistics, audience: Audience, answers: DisplayedCount) -> Vec<Kpi> {
    let agrees = |it: &str| {
        matches!(SurveyAgreement::from_code(it), Some(SurveyAgreement::Yes | SurveyAgreement::RatherYes))
    };
    let all: u64 = statistics.surveys.iter().map(|it| it.1).sum();
    let kpi = |(at, sentence): (usize, &'static str)| {
        let said = statistics.surveys.iter().filter(|it| it.0.get(at).is_some_and(|it| agrees(it)));
        let agreed: u64 = said.map(|it| it.1).sum();
        let shown = tables::shown(&[agreed, all.saturating_sub(agreed)], audience);
        // If the number of answers is hidden, the share is hidden too.
        let agreed = shown.first().copied().filter(|_| answers.exact().is_some());
        let agreed = agreed.and_then(|it| Some((share(it.exact()?, all)?, it)));
        Kpi { sentence, agreed, answers }
    };
    SENTENCES.into_iter().enumerate().map(kpi).collect()
}

/// Returns the progress of all later questions together; `None` if there are no answers, or too few to show
/// the public.
fn progress(statistics: &Statistics, audience: Audience) -> Option<Table> {
    let of = |it: Progress| {
        statistics.progress.iter().filter(|((_, said), _)| said == it.code()).map(|it| it.1).sum::<u64>()
    };
    let counts = Progress::ALL.map(of);
    let sum: u64 = counts.iter().sum();
    if sum == 0 || (audience == Audience::Everyone && sum < LEAST) {
        return None;
    }
    let shown = tables::shown(&counts, audience);
    let row = |(it, count): (Progress, DisplayedCount)| Row {
        code: it.code().to_owned(),
        label: it.label().to_owned(),
        count,
    };
    let rows = Progress::ALL.into_iter().zip(shown).map(row).collect();
    Some(Table { code: "progress", title: "その後の状況", rows })
}

fn follow_ups(
    statistics: &Statistics,
    audience: Audience,
) -> Vec<(&'static str, DisplayedCount, DisplayedCount)> {
    // The public sees all kinds together in the table of progress.
    if audience == Audience::Everyone {
        return Vec::new();
    }
    let later = [Kind::ThreeMonths, Kind::SixMonths, Kind::NextYear, Kind::Custom];
    let row = |kind: Kind| {
        let (sent, answered) = response(statistics, kind, audience);
        (kind.label(), sent, answered)
    };
    later.map(row).to_vec()
}

fn notes(tables: &[Table], statistics: &Statistics, audience: Audience) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    let size = tables.iter().find(|it| it.code == "size");
    let exact = |code: &str| size.and_then(|it| it.count_of(code)).and_then(DisplayedCount::exact);
    // The sum uses only counts that are shown, so it reveals nothing more.
    if let (Some(a), Some(b)) = (exact("0-19"), exact("20-99")) {
        let share = share(a + b, statistics.received).map(|it| format!("（{it}）")).unwrap_or_default();
        notes.push(("size", format!("100人未満は合わせて{}件{share}です。", DisplayedCount::Exact(a + b))));
    }
    if audience == Audience::Insiders {
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
    }
    notes
}
