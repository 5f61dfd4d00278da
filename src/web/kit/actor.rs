//! The actor of an event as pages of the center and the administrator name it.
use domain::actor::{Actor, Represented, Role};
use uuid::Uuid;

use crate::store::audit::log::ActorNames;

/// Returns the person who acted, with the role, such as 「鈴木 花子（相談センター）　企業の代行」; the role alone, if no
/// person is known.
pub fn shown(by: Actor, names: &ActorNames) -> String {
    match by {
        Actor::Company | Actor::System => by.party().label().to_owned(),
        Actor::Coordinator(id) => center(id.0, names),
        Actor::Expert(id) => expert(id.0, names),
        Actor::Desk(desk, person) => {
            let place = names.desks.get(&desk.0).map_or_else(|| by.party().label(), String::as_str);
            match person.and_then(|it| names.people.get(&it.0)) {
                Some((name, _)) => format!("{name}（{place}）"),
                None => place.to_owned(),
            }
        }
        Actor::Stead(id, Represented::Company) => format!("{}　企業の代行", center(id.0, names)),
        Actor::Stead(id, Represented::Expert(of)) => {
            format!("{}　{}の代行", center(id.0, names), expert(of.0, names))
        }
    }
}

/// Returns a person who acts for the center: a coordinator, or an administrator.
fn center(id: Uuid, names: &ActorNames) -> String {
    match names.people.get(&id) {
        Some((name, Role::Administrator)) => format!("{name}（{}）", Role::Administrator.label()),
        Some((name, _)) => format!("{name}（センター）"),
        None => "センター".to_owned(),
    }
}

fn expert(id: Uuid, names: &ActorNames) -> String {
    names.people.get(&id).map_or_else(|| "専門家".to_owned(), |(name, _)| format!("{name}（専門家）"))
}
