//! A correction of a company's data that the center carries over to the company's other consultations.
use domain::{
    actor::Actor,
    consultation::correction::{
        CaseValues, CorrectedField, Correction, CorrectionSection, apply, corrections,
    },
    number::CaseNumber,
    text::TextLine,
};

use super::{CorrectionCause, correct, fit_with, values};
use crate::{
    app::App,
    ops::case::actor::ActorAt,
    problem::Problem,
    store::{self, consultation::Record},
};

/// The longest reason with the number of the consultation that was corrected first.
const LONGEST_REASON: usize = 260;

/// The consultations to which a correction was carried over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarriedOver {
    pub corrected: Vec<CaseNumber>,
    /// The consultations that have the same value and keep it, because an expert or the time would not fit any more, or
    /// because they were changed at the same moment.
    pub left: Vec<CaseNumber>,
}

/// Returns the other open consultations of the company, to which a correction of its data can be carried over.
pub async fn sharing(app: &App, record: &Record) -> Result<Vec<Record>, Problem> {
    let id = record.consultation.id;
    let mut others = store::intake::company::others(&app.db, record.company, id).await?;
    others.retain(|it| it.consultation.state.is_open());
    Ok(others)
}

/// Corrects the same values in the company's other open consultations, each in a transaction and with events of its own.
/// A consultation in which a value is another one keeps that value: it was applied for with it. The corporate number is
/// not carried over, because it decides to which company a consultation belongs.
pub async fn carry_over(
    app: &App,
    from: &Record,
    by: Actor,
    all: &[Correction],
    reason: Option<&TextLine>,
) -> Result<CarriedOver, Problem> {
    let mut carried = CarriedOver::default();
    let why = with_number(from.number, reason);
    for other in sharing(app, from).await? {
        let current = values(app, other.consultation.id).await?;
        let typed = same(&current, all);
        match carry_to(app, &other, by, &current, &typed, why.as_ref()).await {
            Ok(true) => carried.corrected.push(other.number),
            Ok(false) => {}
            Err(Problem::Refused(_) | Problem::Stale | Problem::SlotTaken) => carried.left.push(other.number),
            Err(problem) => return Err(problem),
        }
    }
    Ok(carried)
}

/// Returns whether the consultation was corrected. Refuses if experts were chosen who would not fit any more.
async fn carry_to(
    app: &App,
    other: &Record,
    by: Actor,
    current: &CaseValues,
    typed: &CaseValues,
    reason: Option<&TextLine>,
) -> Result<bool, Problem> {
    let section = CorrectionSection::Company;
    let found = corrections(current, typed, section).map_err(super::first_mistake)?;
    if found.iter().any(Correction::concerns_routing) {
        let fit = fit_with(app, other, &apply(current, &found)?).await?;
        if fit.is_chosen() && !fit.is_good() {
            return Err(Problem::Refused(
                "訂正すると、担当の専門家または日時が合わなくなります。".to_owned(),
            ));
        }
    }
    let by = ActorAt::new(by, other.version);
    let cause = CorrectionCause::reason(reason);
    Ok(!correct(app, other.consultation.id, by, section, typed, cause).await?.is_empty())
}

/// Returns the new values of the corrections whose old value the consultation has.
fn same(current: &CaseValues, all: &[Correction]) -> CaseValues {
    let mut typed = CaseValues::default();
    for it in all {
        if it.field != CorrectedField::CorporateNumber && current.get(it.field) == it.old {
            typed.set(it.field, it.new.clone());
        }
    }
    typed
}

fn with_number(number: CaseNumber, reason: Option<&TextLine>) -> Option<TextLine> {
    let whole = match reason {
        Some(reason) => format!("{}（{number}の訂正にあわせて）", reason.as_str()),
        None => format!("{number}の訂正にあわせて"),
    };
    TextLine::parse("訂正の理由", &whole, LONGEST_REASON).ok()
}
