//! A team of experts as one answer of a form: one expert, or one for each field.
use domain::id::ExpertId;
use uuid::Uuid;

use super::form::Choice;
use crate::{ops::booking::slot_offers::TeamMember, store::routing::expert::Roster};

/// Returns the answer that names a team, with the reasons for its experts. `label` makes the sentence from their names.
pub fn choice(roster: &Roster, team: &[TeamMember], label: impl Fn(&str) -> String) -> Choice {
    let value: Vec<_> = team.iter().map(|it| it.expert.to_string()).collect();
    let is_pair = team.len() > 1;
    let name = |it: &TeamMember| match is_pair {
        true => format!("{}さん（{}）", roster.name(it.expert), it.fields.label()),
        false => format!("{}さん", roster.name(it.expert)),
    };
    let names: Vec<_> = team.iter().map(name).collect();
    let sentences = team.iter().map(|it| {
        let sentences: Vec<_> = it.reasons.iter().map(|it| it.sentence()).collect();
        sentences.join("、")
    });
    let hint: Vec<_> = sentences.filter(|it| !it.is_empty()).collect();
    Choice::new(value.join(","), label(&names.join("と"))).with_hint(hint.join("／"))
}

/// Returns the experts of the team that was chosen.
pub fn parse(value: &str) -> Option<Vec<ExpertId>> {
    value.split(',').map(|it| Uuid::try_parse(it).ok().map(ExpertId)).collect()
}
