//! The form that records or corrects the outcome of an appointment: the center's, the experts' and the company's.
use domain::{
    booking::appointment::{Appointment, AppointmentOutcome, RecordedOutcome},
    id::ExpertId,
    text::TextLine,
    wording::with_absent,
};
use uuid::Uuid;

use super::form::{Choice, FieldErrors, Fields};
use crate::store::routing::expert::Roster;

/// The sentence that the next page shows.
pub const DONE: &str = "相談の結果を訂正しました。企業と専門家に知らせます。";
/// The length of the longest reason, in characters.
const LONGEST_REASON: usize = 200;
/// The code of an appointment that one of two experts held, which the id of the absent one follows.
const PARTLY: &str = "partly_done:";
/// The name of the field that says which expert did not come.
pub const MISSED: &str = "missed";
/// The value of that field for an appointment to which no expert came.
const ALL: &str = "all";

/// Returns the outcomes to which the recorded one can be corrected. `is_open` says whether the company can still choose
/// another time.
pub fn choices(appointment: &Appointment, roster: &Roster, is_open: bool) -> Vec<Choice> {
    let recorded = appointment.recorded();
    let whole = AppointmentOutcome::ALL.into_iter().map(RecordedOutcome::from);
    let others = whole.chain(partly(appointment)).filter(|it| recorded != Some(*it));
    others
        .map(|it| Choice::new(code(it), label(it, roster)).with_hint(consequence(recorded, it, is_open)))
        .collect()
}

/// Returns the outcomes that only an appointment with two experts can have: one of them did not come.
fn partly(appointment: &Appointment) -> impl Iterator<Item = RecordedOutcome> {
    let is_pair = appointment.experts.len() > 1;
    let absent = |&it: &ExpertId| RecordedOutcome { outcome: AppointmentOutcome::Done, absent: Some(it) };
    appointment.experts.iter().filter(move |_| is_pair).map(absent)
}

/// Returns the further choices of the page on which an expert records the outcome.
pub fn partly_choices(appointment: &Appointment, roster: &Roster) -> Vec<Choice> {
    let choice = |it| Choice::new(code(it), label(it, roster)).with_hint(APOLOGY);
    partly(appointment).map(choice).collect()
}

/// Returns the choices of who did not come; empty for an appointment with one expert.
pub fn missed_choices(appointment: &Appointment, roster: &Roster) -> Vec<Choice> {
    if appointment.experts.len() < 2 {
        return Vec::new();
    }
    let one = appointment.experts.iter().map(|&it| {
        Choice::new(it.to_string(), format!("{}さん", roster.name(it)))
            .with_hint("もう一人の専門家が相談を行った場合です。相談は実施として記録します。")
    });
    let all =
        Choice::new(ALL, "どの専門家も来なかった").with_hint("相談は行われなかったものとして記録します。");
    one.chain([all]).collect()
}

/// Parses who did not come: `None` for all experts. A form without the question means all of them.
pub fn missed(form: &Fields, errors: &mut FieldErrors, is_pair: bool) -> Option<Option<ExpertId>> {
    match form.get(MISSED) {
        ALL => Some(None),
        "" if !is_pair => Some(None),
        other => {
            let one = Uuid::try_parse(other).map(|it| Some(ExpertId(it)));
            errors.take(MISSED, one.map_err(|_| "来なかった専門家を選択してください"))
        }
    }
}

/// Returns an outcome in words.
pub fn label(it: RecordedOutcome, roster: &Roster) -> String {
    with_absent(it.outcome.label(), it.absent.map(|it| roster.name(it)))
}

/// Returns the state of an appointment in words, with the expert who did not come.
pub fn state_label(it: &Appointment, roster: &Roster) -> String {
    with_absent(it.state.label(), it.absent.map(|it| roster.name(it)))
}

/// Parses an outcome by its code.
pub fn parse_outcome(code: &str) -> Option<RecordedOutcome> {
    match code.strip_prefix(PARTLY) {
        Some(id) => {
            let absent = Uuid::try_parse(id).ok().map(ExpertId)?;
            Some(RecordedOutcome { outcome: AppointmentOutcome::Done, absent: Some(absent) })
        }
        None => AppointmentOutcome::from_code(code).map(RecordedOutcome::from),
    }
}

/// Parses the corrected outcome and the reason, or adds the errors of the fields.
pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<(RecordedOutcome, TextLine)> {
    let to = parse_outcome(form.get("outcome"));
    let to = errors.take("outcome", to.ok_or("正しい結果を選択してください"));
    let reason = errors.take("reason", TextLine::parse("訂正の理由", form.get("reason"), LONGEST_REASON));
    to.zip(reason)
}

fn code(it: RecordedOutcome) -> String {
    match it.absent {
        Some(absent) => format!("{PARTLY}{absent}"),
        None => it.outcome.code().to_owned(),
    }
}

const APOLOGY_AT_END: &str = "企業にお詫びします。";
const APOLOGY: &str =
    "企業にお詫びし、行えなかった分野の日時をあらためて選んでいただきます。回数には数えません。";

/// Returns what follows from a correction, as far as it does: a report is cancelled only if one was asked for, and only
/// the company of an open consultation chooses another time.
fn consequence(from: Option<RecordedOutcome>, to: RecordedOutcome, is_open: bool) -> String {
    let report = match from.map(|it| it.outcome) {
        Some(AppointmentOutcome::Done) => "報告書の依頼を取り消します。書いた報告書があれば残ります。",
        Some(AppointmentOutcome::NoShow | AppointmentOutcome::ExpertNoShow) | None => "",
    };
    match to.outcome {
        AppointmentOutcome::Done if to.absent.is_some() => {
            format!("報告書は、出席した専門家が書きます。{}", if is_open { APOLOGY } else { APOLOGY_AT_END })
        }
        AppointmentOutcome::Done => {
            "専門家に報告書を依頼します。提出の期限は、今日から数えます。欠席のお知らせは取り消します。"
                .to_owned()
        }
        AppointmentOutcome::NoShow if is_open => {
            format!("{report}企業に、欠席のお知らせと次の日時の選び方を送ります。")
        }
        AppointmentOutcome::ExpertNoShow if is_open => {
            format!("{report}企業に、お詫びと次の日時の選び方を送ります。")
        }
        AppointmentOutcome::NoShow | AppointmentOutcome::ExpertNoShow => {
            format!(
                "{report}企業に、訂正した結果を知らせます。相談は終了しているため、次の日時は選べません。"
            )
        }
    }
}
