//! The choice of the person who has decided: the center, or a company or an expert who has telephoned.
use domain::{
    actor::{Actor, Party, Represented},
    consultation::ActionKind,
    id::{AccountId, ExpertId},
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::consultation::case_details::{CaseDetails, asked_experts},
    web::kit::form::{Choice, Fields},
};

/// The field of the choice.
pub const SAID_BY: &str = "said_by";
const CENTER: &str = "center";
const COMPANY: &str = "company";

/// Returns the people who may decide on `action` now, the center first; none if only the center can.
pub async fn sayers(app: &App, case: &CaseDetails, action: ActionKind) -> Result<Vec<Choice>, Problem> {
    let consultation = &case.record.consultation;
    let can = |party| consultation.allows_in_stead(action, party).is_ok();
    let mut choices = Vec::new();
    if can(Party::Company) {
        choices
            .push(Choice::new(COMPANY, "企業").with_hint("電話などで聞いた内容を、企業に代わって記録します"));
    }
    if can(Party::Expert) && case.has_assignments {
        let accepted = asked_experts(&app.db, consultation.id).await?;
        let accepted = accepted.into_iter().filter(|it| it.assignment.is_accepted());
        choices.extend(accepted.map(|it| {
            Choice::new(it.assignment.expert.to_string(), format!("専門家　{}", it.name))
                .with_hint("電話などで聞いた内容を、専門家に代わって記録します")
        }));
    }
    choices.dedup_by(|a, b| a.value == b.value);
    if !choices.is_empty() && consultation.allows(action, Party::Coordinator).is_ok() {
        choices.insert(0, Choice::new(CENTER, "センター"));
    }
    Ok(choices)
}

/// Returns the people by whose wish an expert may be released, the center first.
pub fn sayers_of_release(expert: ExpertId, name: &str) -> Vec<Choice> {
    let hint = "電話などで聞いた申し出を記録します";
    vec![
        Choice::new(CENTER, "センター"),
        Choice::new(COMPANY, "企業").with_hint(hint),
        Choice::new(expert.to_string(), format!("専門家　{name}")).with_hint(hint),
    ]
}

/// Returns the actor of a form: the coordinator, in the stead of the person that the form names. A person without a
/// part in the consultation is refused by the operation.
pub fn actor(form: &Fields, me: AccountId) -> Result<Actor, Problem> {
    match form.get(SAID_BY) {
        "" | CENTER => Ok(Actor::Coordinator(me)),
        COMPANY => Ok(Actor::Stead(me, Represented::Company)),
        expert => {
            let expert = Uuid::try_parse(expert).map_err(|_| Problem::Unreadable)?;
            Ok(Actor::Stead(me, Represented::Expert(ExpertId(expert))))
        }
    }
}

/// Chooses the center where nothing is chosen yet.
pub fn preset(form: &mut Fields) {
    if form.get(SAID_BY).is_empty() {
        form.add(SAID_BY, CENTER);
    }
}
