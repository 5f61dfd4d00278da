//! The fields of an event.
use chrono::{DateTime, Utc};
use domain::{
    calendar::at_japan,
    id::ExpertId,
    prefecture::Prefecture,
    publication::gathering::{GatheringFacts, GatheringKind, MOST_SEATS, Venue},
    text::{Prose, TextLine, digits, optional},
    wording::{iso_date, time},
};
use uuid::Uuid;

use crate::{
    store::routing::expert::{Profile, Roster},
    web::kit::{
        date_form,
        form::{Choice, FieldErrors, Fields, prefectures},
    },
};

/// The lengths of the longest lines and of the longest programme, in characters.
const LONGEST_LINE: usize = 200;
const LONGEST_PROGRAMME: usize = 4_000;

/// The choices of the fields of an event.
#[derive(Clone, Debug, Default)]
pub struct GatheringChoices {
    pub kinds: Vec<Choice>,
    pub prefectures: Vec<Choice>,
    pub experts: Vec<Choice>,
}

pub fn choices(experts: &Roster) -> GatheringChoices {
    let active = experts.all().iter().filter(|it| it.active && it.works_online);
    let expert = |it: &Profile| Choice::new(it.id.to_string(), it.name.clone()).with_hint(labels(it));
    GatheringChoices {
        kinds: GatheringKind::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        prefectures: prefectures(),
        experts: active.map(expert).collect(),
    }
}

pub fn fill(facts: &GatheringFacts, form: &mut Fields) {
    form.add("event_kind", facts.kind.code());
    for (names, at) in [
        (["starts_date", "starts_time"], facts.starts_at),
        (["ends_date", "ends_time"], facts.ends_at),
        (["deadline_date", "deadline_time"], facts.deadline),
    ] {
        form.add(names[0], iso_date(at));
        form.add(names[1], time(at));
    }
    let venue = facts.venue.as_ref();
    form.add("prefecture", venue.map_or_else(String::new, |it| it.prefecture.two_digits()));
    form.add("address", venue.map_or("", |it| it.address.as_str()));
    form.add("access", venue.and_then(|it| it.access.as_ref()).map_or("", |it| it.as_str()));
    form.add("barrier_free", venue.and_then(|it| it.barrier_free.as_ref()).map_or("", |it| it.as_str()));
    for (name, seats) in [("venue_seats", facts.venue_seats), ("online_seats", facts.online_seats)] {
        form.add(name, seats.map_or_else(String::new, |it| it.to_string()));
    }
    facts.experts.iter().for_each(|it| form.add("expert", it.to_string()));
    form.add("organizers", facts.organizers.as_str());
    form.add("supporters", facts.supporters.as_ref().map_or("", |it| it.as_str()));
    form.add("programme", facts.programme.as_ref().map_or("", |it| it.as_str()));
}

pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<GatheringFacts> {
    let kind = GatheringKind::from_code(form.get("event_kind")).ok_or("種類を選択してください");
    let kind = errors.take("event_kind", kind);
    let starts_at = instant(form, errors, ["starts_date", "starts_time"]);
    let ends_at = instant(form, errors, ["ends_date", "ends_time"]);
    let deadline = instant(form, errors, ["deadline_date", "deadline_time"]);
    let venue = venue(form, errors);
    let venue_seats = errors.take("venue_seats", optional(form.get("venue_seats"), seats));
    let online_seats = errors.take("online_seats", optional(form.get("online_seats"), seats));
    let organizers = errors.take("organizers", TextLine::parse("主催", form.get("organizers"), LONGEST_LINE));
    let supporters = errors.take("supporters", optional(form.get("supporters"), |it| line("後援・協力", it)));
    let programme = optional(form.get("programme"), |it| Prose::parse("プログラム", it, LONGEST_PROGRAMME));
    let programme = errors.take("programme", programme);
    let facts = GatheringFacts {
        kind: kind?,
        starts_at: starts_at?,
        ends_at: ends_at?,
        deadline: deadline?,
        venue: venue?,
        venue_seats: venue_seats?,
        online_seats: online_seats?,
        organizers: organizers?,
        supporters: supporters?,
        programme: programme?,
        experts: experts(form),
    };
    for fault in facts.faults() {
        errors.add(fault.field(), fault.to_string());
    }
    Some(facts)
}

/// Returns the chosen experts.
fn experts(form: &Fields) -> Vec<ExpertId> {
    form.all("expert").filter_map(|it| Uuid::parse_str(it).ok().map(ExpertId)).collect()
}

/// Returns the fields of an expert, such as 「ICT、労務管理」.
fn labels(it: &Profile) -> String {
    it.fields.iter().map(domain::field::Field::label).collect::<Vec<_>>().join("、")
}

/// Parses the venue; `None` inside if there is none.
fn venue(form: &Fields, errors: &mut FieldErrors) -> Option<Option<Venue>> {
    let typed = |name: &str| !form.get(name).trim().is_empty();
    let more = ["access", "barrier_free", "prefecture"].into_iter().any(typed);
    if !typed("address") && !more {
        return Some(None);
    }
    let prefecture =
        Prefecture::parse(form.get("prefecture")).map_err(|_| "会場の都道府県を選択してください");
    let prefecture = errors.take("prefecture", prefecture);
    let address = errors.take("address", line("会場", form.get("address")));
    let access = errors.take("access", optional(form.get("access"), |it| line("行き方", it)));
    let barrier_free = optional(form.get("barrier_free"), |it| line("バリアフリー", it));
    let barrier_free = errors.take("barrier_free", barrier_free);
    let (prefecture, address) = (prefecture?, address?);
    Some(Some(Venue { prefecture, address, access: access?, barrier_free: barrier_free? }))
}

fn line(label: &'static str, typed: &str) -> Result<TextLine, domain::text::BadText> {
    TextLine::parse(label, typed, LONGEST_LINE)
}

fn seats(typed: &str) -> Result<u16, String> {
    let seats = digits(typed).trim().parse().ok().filter(|it| *it <= MOST_SEATS);
    seats.ok_or_else(|| format!("席の数は、0から{MOST_SEATS}までの数で入力してください"))
}

fn instant(
    form: &Fields,
    errors: &mut FieldErrors,
    [date, clock]: [&'static str; 2],
) -> Option<DateTime<Utc>> {
    let day = errors.take(date, date_form::iso(form.get(date)));
    let clock = errors.take(clock, date_form::time(form.get(clock)));
    let (day, (hour, minute)) = (day?, clock?);
    Some(at_japan(day, hour, minute))
}
