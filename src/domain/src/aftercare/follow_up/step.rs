//! The programme of questions: what the service asks after a consultation, when, whom, and until when. A
//! programme is set for a fiscal year. A year without a programme uses the latest earlier one; if there is
//! none, it uses `FollowUpStep::shipped`.
use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use codes::codes;
use serde::{Deserialize, Serialize};

use super::{FollowUp, FollowUpAnswer, FollowUpState, Kind, Progress};
use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    field::{Field, Fields},
    id::FollowUpId,
    number::FiscalYear,
    settings::Settings,
};

/// One question of the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpStep {
    /// The identifier, which never changes: planned questions refer to their step by it.
    pub id: String,
    pub kind: Kind,
    /// The name that the center sees.
    pub label: String,
    /// The question in the administrator's words; empty for a shipped question.
    #[serde(default)]
    pub question: String,
    pub from: FollowUpStart,
    pub when: When,
    pub to: Addressee,
    pub condition: Condition,
    /// The number of months after its origin within which the question may be asked, to the end of the last
    /// day. `None` means that there is no end.
    pub until_months: Option<u8>,
    /// The answers to earlier questions after which this question is no longer asked.
    pub stops_on: BTreeSet<Stop>,
}

codes! {
    /// The day from which the time of a question is computed.
    pub enum FollowUpStart {
        /// The day on which the company received the report.
        ReportApproved = "report_approved" => "報告書を企業に届けた日",
        AppointmentEnded = "session_ended" => "相談の日",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "after", content = "n", rename_all = "snake_case")]
pub enum When {
    /// The given number of business days after the origin.
    BusinessDays(u16),
    /// The first business day on or after the given number of calendar months after the origin.
    Months(u8),
    /// The first business day of the given month (1 to 12) in the fiscal year after that of the origin.
    NextYear(u8),
}

codes! {
    /// The party that is asked.
    pub enum Addressee {
        /// The company, which is asked by mail and answers with one click.
        Company = "company" => "企業にメールで質問する",
        /// The center, which asks by telephone.
        Center = "center" => "センターが電話で確認する",
    }
}

codes! {
    /// The condition under which a question is asked when its time has come.
    pub enum Condition {
        Always = "always" => "いつも送る",
        /// The company has answered no earlier question about the same appointment.
        Unanswered = "unanswered" => "前の質問に回答がないときだけ",
        WithIct = "with_ict" => "ICTの相談だけ",
        WithLabor = "with_labor" => "労務管理の相談だけ",
    }
}

codes! {
    /// An answer after which a question is no longer asked.
    pub enum Stop {
        AnyAnswer = "any_answer" => "前の質問に回答があった",
        WantsHelp = "wants_help" => "相談の継続を希望した",
        Introduced = "introduced" => "「導入した」と回答した",
        Expanded = "expanded" => "「拡大した」と回答した",
        Preparing = "preparing" => "「準備中」と回答した",
        GivenUp = "given_up" => "「見送り」と回答した",
    }
}

/// The instants from which the times of one plan are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    pub appointment_ended: DateTime<Utc>,
    /// The instant at which the report was approved and the questions were planned.
    pub approved: DateTime<Utc>,
}

/// The decision about a planned question whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepDecision {
    Send,
    /// The question is never asked. The text is the reason, for the history.
    Drop(&'static str),
}

/// One change that a changed programme makes to the questions of one consultation. Questions that were sent
/// do not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanChange {
    Add {
        step: FollowUpStep,
        due_at: DateTime<Utc>,
    },
    Move {
        id: FollowUpId,
        step: FollowUpStep,
        from: DateTime<Utc>,
        due_at: DateTime<Utc>,
    },
    /// The time stays, but the question or another part of its step changes.
    Reword {
        id: FollowUpId,
        step: FollowUpStep,
        due_at: DateTime<Utc>,
    },
    Drop {
        id: FollowUpId,
        label: String,
        from: DateTime<Utc>,
    },
}

/// A field of a step that cannot be saved, and the message for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadStep {
    pub field: &'static str,
    pub message: &'static str,
}

/// The largest number of questions in a programme.
pub const MOST_STEPS: usize = 20;

impl FollowUpStep {
    /// Returns the programme of `docs/spec/lifecycle.md` §3.
    pub fn shipped(settings: &Settings) -> Vec<Self> {
        let [first, second] = settings.follow_up_months;
        [
            (Kind::Survey, When::BusinessDays(1)),
            (Kind::ThreeMonths, When::Months(first)),
            (Kind::SixMonths, When::Months(second)),
            (Kind::NextYear, When::NextYear(5)),
        ]
        .map(|(kind, when)| Self::plain(kind, when))
        .to_vec()
    }

    /// Returns a question of this kind in the shipped words: it is always asked, goes to the company and has
    /// no end.
    pub fn plain(kind: Kind, when: When) -> Self {
        Self {
            id: kind.code().to_owned(),
            kind,
            label: kind.label().to_owned(),
            question: String::new(),
            from: FollowUpStart::ReportApproved,
            when,
            to: Addressee::Company,
            condition: Condition::Always,
            until_months: None,
            stops_on: BTreeSet::new(),
        }
    }

    /// Returns every invalid field of the step.
    pub fn check(&self) -> Vec<BadStep> {
        let mut bad = Vec::new();
        let mut wrong = |field, message| bad.push(BadStep { field, message });
        if self.label.trim().is_empty() {
            wrong("label", "名称を入力してください");
        }
        if self.kind == Kind::Custom && self.question.trim().is_empty() {
            wrong("question", "質問の文を入力してください");
        }
        let fits = match self.when {
            When::BusinessDays(n) => (1..=250).contains(&n),
            When::Months(n) => (1..=24).contains(&n),
            When::NextYear(month) => (1..=12).contains(&month),
        };
        if !fits {
            wrong("n", "営業日は1から250、月数は1から24、月は1から12までの数を入力してください");
        }
        if self.until_months.is_some_and(|it| !(1..=36).contains(&it)) {
            wrong("until_months", "1から36までの数を入力してください");
        }
        bad
    }

    /// Returns the text with which the mail begins.
    pub fn lead(&self) -> String {
        match (self.question.trim(), self.when) {
            ("", When::BusinessDays(_)) => "相談をご利用いただき、ありがとうございました。".to_owned(),
            ("", When::Months(n)) => format!("相談から、およそ{n}か月がたちました。"),
            ("", When::NextYear(_)) => "相談から年度が改まりましたので、ご連絡します。".to_owned(),
            (question, _) => question.to_owned(),
        }
    }

    /// Returns when the question is asked: on a business day, at the mail hour, after the day on which it is
    /// planned. Returns `None` if that would be after its end.
    pub fn due(
        &self,
        anchors: Anchors,
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> Option<DateTime<Utc>> {
        let origin = self.origin(anchors);
        let day = match self.when {
            When::BusinessDays(n) => calendar.add_business_days(origin, n),
            When::Months(n) => origin.checked_add_months(Months::new(u32::from(n)))?,
            When::NextYear(month) => {
                let next = FiscalYear::of(origin).ok()?.next().ok()?.first_day();
                NaiveDate::from_ymd_opt(next.year() + i32::from(month < 4), u32::from(month), 1)?
            }
        };
        let earliest = calendar.next_business_day(japan_date(anchors.approved));
        let day = calendar.add_business_days(day, 0).max(earliest);
        let due = at_japan(day, settings.mail_hour, 0);
        self.end(anchors).is_none_or(|end| due < end).then_some(due)
    }

    /// Returns the instant from which on the question is no longer asked; `None` if it has no end.
    pub fn end(&self, anchors: Anchors) -> Option<DateTime<Utc>> {
        let months = Months::new(u32::from(self.until_months?));
        let last = self.origin(anchors).checked_add_months(months)?;
        Some(at_japan(last.checked_add_days(Days::new(1))?, 0, 0))
    }

    /// Returns whether `answer` to an earlier question ends this one.
    pub fn is_stopped_by(&self, answer: &FollowUpAnswer) -> bool {
        self.stops_on.iter().any(|it| it.matches(answer))
    }

    fn origin(&self, anchors: Anchors) -> NaiveDate {
        japan_date(match self.from {
            FollowUpStart::ReportApproved => anchors.approved,
            FollowUpStart::AppointmentEnded => anchors.appointment_ended,
        })
    }
}

impl Stop {
    fn matches(self, answer: &FollowUpAnswer) -> bool {
        let is = |wanted: Progress| matches!(answer, FollowUpAnswer::Progress(it) if it.progress == wanted);
        match self {
            Self::AnyAnswer => true,
            Self::WantsHelp => answer.wants_help(),
            Self::Introduced => is(Progress::Introduced),
            Self::Expanded => is(Progress::Expanded),
            Self::Preparing => is(Progress::Preparing),
            Self::GivenUp => is(Progress::GivenUp),
        }
    }
}

impl When {
    /// Returns the label for pages: 「3か月後」.
    pub fn label(self) -> String {
        match self {
            Self::BusinessDays(1) => "次の営業日".to_owned(),
            Self::BusinessDays(n) => format!("{n}営業日後"),
            Self::Months(n) => format!("{n}か月後"),
            Self::NextYear(month) => format!("翌年度の{month}月の最初の営業日"),
        }
    }
}

/// Returns the questions that are planned when the report on an appointment goes to the company, and when
/// each is due.
pub fn plan(
    steps: &[FollowUpStep],
    anchors: Anchors,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Vec<(FollowUpStep, DateTime<Utc>)> {
    let planned = steps.iter().filter_map(|it| Some((it.clone(), it.due(anchors, settings, calendar)?)));
    planned.collect()
}

/// The least time between two questions of the shipped programme about the progress. Days.
pub const APART_DAYS: i64 = 30;

/// Decides whether a planned question is sent when it is due. `round` holds all questions that were planned
/// together with it. Of two questions about the progress that would be sent within `APART_DAYS`, only the later one is.
pub fn ready(it: &FollowUp, round: &[FollowUp], fields: Fields, now: DateTime<Utc>) -> StepDecision {
    let alone = ready_alone(it, round, fields, now);
    let later = |of: &&FollowUp| {
        of.state == FollowUpState::Planned && (of.due_at, of.id) > (it.due_at, it.id) && asks_progress(of)
    };
    let is_near = |of: &FollowUp| of.due_at < now + TimeDelta::days(APART_DAYS);
    let is_sent = |of: &FollowUp| ready_alone(of, round, fields, now.max(of.due_at)) == StepDecision::Send;
    let is_followed = round.iter().filter(later).any(|of| is_near(of) && is_sent(of));
    if alone == StepDecision::Send && asks_progress(it) && is_followed {
        return StepDecision::Drop("次の質問の時期が近いため、送りません");
    }
    alone
}

/// Returns whether a question is one of those that the company gets by mail about its progress.
fn asks_progress(it: &FollowUp) -> bool {
    let is_shipped = matches!(it.kind, Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear);
    is_shipped && it.step.to == Addressee::Company
}

/// Decides as `ready` does, without regard to the questions that are still planned.
fn ready_alone(it: &FollowUp, round: &[FollowUp], fields: Fields, now: DateTime<Utc>) -> StepDecision {
    let step = &it.step;
    let mut answers = round.iter().filter(|of| of.id != it.id).filter_map(FollowUp::given);
    if it.anchors.and_then(|anchors| step.end(anchors)).is_some_and(|end| end <= now) {
        return StepDecision::Drop("送る期間が終わりました");
    }
    if answers.clone().any(|answer| step.is_stopped_by(answer)) {
        return StepDecision::Drop("前の質問への回答により、送りません");
    }
    let holds = match step.condition {
        Condition::Always => true,
        Condition::Unanswered => answers.next().is_none(),
        Condition::WithIct => fields.contains(Field::Ict),
        Condition::WithLabor => fields.contains(Field::Labor),
    };
    if holds {
        StepDecision::Send
    } else {
        StepDecision::Drop("条件に合わないため、送りません")
    }
}

/// Returns the changes that a changed programme makes to the questions after one appointment. Questions that
/// were sent do not change, and neither do those that are already due, since their sending has begun.
pub fn replan(
    round: &[FollowUp],
    steps: &[FollowUpStep],
    anchors: Anchors,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Vec<PlanChange> {
    let soonest = at_japan(calendar.next_business_day(japan_date(now)), settings.mail_hour, 0);
    let mut changes = Vec::new();
    let planned = round.iter().filter(|it| it.state == FollowUpState::Planned && it.due_at > now);
    for it in planned {
        let step = steps.iter().find(|step| step.id == it.step.id);
        let due = step.and_then(|step| step.due(anchors, settings, calendar));
        let in_time =
            |due: &DateTime<Utc>| step.and_then(|step| step.end(anchors)).is_none_or(|end| *due < end);
        // A time that has passed moves to the next business day.
        let due = due.map(|due| if due > now { due } else { soonest }).filter(in_time);
        changes.extend(match (step, due) {
            (Some(step), Some(due_at)) if due_at != it.due_at => {
                Some(PlanChange::Move { id: it.id, step: step.clone(), from: it.due_at, due_at })
            }
            (Some(step), Some(due_at)) if *step != it.step => {
                Some(PlanChange::Reword { id: it.id, step: step.clone(), due_at })
            }
            (Some(_), Some(_)) => None,
            (_, None) | (None, Some(_)) => {
                Some(PlanChange::Drop { id: it.id, label: it.step.label.clone(), from: it.due_at })
            }
        });
    }
    // A new question whose time has passed is not asked afterwards.
    for step in steps.iter().filter(|step| round.iter().all(|it| it.step.id != step.id)) {
        let due = step.due(anchors, settings, calendar).filter(|it| *it > now);
        changes.extend(due.map(|due_at| PlanChange::Add { step: step.clone(), due_at }));
    }
    changes
}
