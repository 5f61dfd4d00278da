//! Bookings that want the same time at once: exactly those succeed that fit beside each other.
use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode},
        availability::Slot,
    },
    calendar::japan_date,
    field::{Field, Fields},
    id::{DraftId, ExpertId},
    prefecture::Prefecture,
    settings::Settings,
};
use entity::{appointment, appointment_expert, expert};
use madoguchi::{
    app::App,
    doctor, ops,
    problem::Problem,
    store::{self, reference::revision::RevisedPart},
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

mod correction;
mod merging;
mod mixed;

/// The number of participants that book at once.
const AT_ONCE: usize = 50;

/// One participant's wanted time.
#[derive(Clone, Debug)]
struct Attempt {
    fields: Fields,
    mode: AppointmentMode,
    /// The place of the company.
    place: Prefecture,
    slot: Slot,
    /// The experts who have accepted; empty if any expert will do.
    only: Vec<ExpertId>,
    by: By,
}

#[derive(Clone, Copy, Debug)]
enum By {
    Draft(DraftId),
    Choosing(Case, Actor),
    Moving(Case, Actor),
}

/// An expert with the limit of appointments a day.
struct ExpertLimits {
    expert: ExpertId,
    fields: Fields,
    daily_limit: usize,
}

/// One expert's participation in an active appointment.
#[derive(Clone, Debug)]
struct Busy {
    expert: ExpertId,
    day: NaiveDate,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// The place of a visit; none for an online appointment.
    site: Option<Prefecture>,
}

/// The prefectures of the companies: Tokyo, where every expert lives, one in its region, and one far away.
const PLACES: [u8; 3] = [13, 14, 47];

fn place(n: usize) -> Prefecture {
    Prefecture::from_code(PLACES[n % 3]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn as_many_drafts_hold_a_time_as_experts_can_give() {
    let site = Site::on_disk().await;
    let mut limits = Vec::new();
    for (local, fields) in [("a", Fields::Both), ("b", Fields::Ict), ("c", Fields::Labor), ("d", Fields::Ict)]
    {
        let expert = cases::expert(&site, &format!("{local}@example.jp"), "山田 太郎", fields).await;
        cases::visits_too(&site, expert, &[14, 47]).await;
        limits.push(ExpertLimits { expert, fields, daily_limit: 4 });
    }
    let mut attempts = Vec::new();
    for n in 0..AT_ONCE {
        let fields = [Fields::Ict, Fields::Labor, Fields::Both][n % 3];
        let mode = if n % 5 < 3 { AppointmentMode::Online } else { AppointmentMode::Visit };
        let mut form = cases::form(&format!("contact{n}@example.co.jp"));
        form.field = fields_of(fields);
        form.mode = mode.code().to_owned();
        let place = place(n / 4);
        form.prefecture = place.code().to_string();
        let draft = ops::intake::apply::start(&site.app, format!("network {n}")).await.unwrap();
        ops::intake::apply::save(&site.app, draft, |it| *it = form).await.unwrap();
        // Half hours from 9:00 to 14:30.
        let slot = at("2026-11-26", 12 + u8::try_from(n * 7 % 12).unwrap() * 2);
        attempts.push(Attempt { fields, mode, place, slot, only: Vec::new(), by: By::Draft(draft) });
    }
    let outcomes = all_at_once(&site, attempts).await;
    check(&site, &limits, &outcomes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cases_book_and_move_exactly_where_it_fits() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let ict = cases::expert(&site, "ict@example.jp", "佐藤 次郎", Fields::Ict).await;
    let labor = cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    cases::visits_too(&site, labor, &[14, 47]).await;
    lift_limits(&site).await;
    let mut attempts = Vec::new();
    for n in 0..AT_ONCE {
        let (fields, mode, only) = match n % 5 {
            0 | 1 => (Fields::Ict, AppointmentMode::Online, vec![ict]),
            2 => (Fields::Labor, AppointmentMode::Visit, vec![labor]),
            3 => (Fields::Labor, AppointmentMode::Online, vec![labor]),
            _ => (Fields::Both, AppointmentMode::Online, vec![ict, labor]),
        };
        let place = place(n / 5);
        let case = scheduling(&site, &cast, n, fields, (mode, place), &only).await;
        let by = if n % 2 == 0 { Actor::Company } else { cast.center() };
        // A company chooses among half hours, the center among quarter hours.
        let step = if n % 2 == 0 { 2 } else { 1 };
        let slot = at(["2026-11-26", "2026-11-27"][n % 3 % 2], 12 + u8::try_from(n * 5 % 12).unwrap() * step);
        let by = if n % 4 == 3 { moving(&site, &cast, case, by, n).await } else { By::Choosing(case, by) };
        attempts.push(Attempt { fields, mode, place, slot, only, by });
    }
    let outcomes = all_at_once(&site, attempts).await;
    let limits = [(ict, Fields::Ict), (labor, Fields::Labor)].map(|(expert, fields)| ExpertLimits {
        expert,
        fields,
        daily_limit: usize::MAX,
    });
    check(&site, &limits, &outcomes).await;
}

/// Every half hour of three days is wanted in Okinawa, and some in Fukuoka. Whichever booking comes first, another
/// visit fits beside it, long before there would be time to go home between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn visits_far_away_fit_beside_each_other() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let expert = cast.expert;
    cases::visits_too(&site, expert, &[40, 47]).await;
    lift_limits(&site).await;
    let (fields, mode) = (Fields::Labor, AppointmentMode::Visit);
    let days = ["2026-11-26", "2026-11-27", "2026-11-30"];
    let mut attempts = Vec::new();
    for n in 0..AT_ONCE {
        let place = Prefecture::from_code(if n < 39 { 47 } else { 40 }).unwrap();
        let case = scheduling(&site, &cast, n, fields, (mode, place), &[expert]).await;
        let slot = at(days[n % 3], 12 + u8::try_from(n / 3 % 13).unwrap() * 2);
        let by = By::Choosing(case, if n % 2 == 0 { Actor::Company } else { cast.center() });
        attempts.push(Attempt { fields, mode, place, slot, only: vec![expert], by });
    }
    let outcomes = all_at_once(&site, attempts).await;
    check(&site, &[ExpertLimits { expert, fields: Fields::Both, daily_limit: usize::MAX }], &outcomes).await;
    let busy = busy(&site.app).await;
    for day in days {
        assert!(busy.iter().filter(|it| it.day.to_string() == day).count() > 1, "{busy:?}");
    }
}

/// Each company wants the time of another. A refused company is told that the time is taken, and no transaction waits
/// for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn appointments_that_change_places_end_somewhere_each() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    lift_limits(&site).await;
    let mut cases_booked = Vec::new();
    for n in 0..5 {
        let online = (AppointmentMode::Online, place(0));
        let case = scheduling(&site, &cast, n, Fields::Ict, online, &[cast.expert]).await;
        let slot = at("2026-11-26", 12 + u8::try_from(n).unwrap() * 5);
        ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
        cases_booked.push((case, slot));
    }
    for round in 1..5 {
        let attempts = (0..5).map(|n| {
            let (case, _) = cases_booked[n];
            let (_, slot) = cases_booked[(n + round) % 5];
            let by = By::Moving(case, cast.center());
            let (mode, place) = (AppointmentMode::Online, place(0));
            Attempt { fields: Fields::Ict, mode, place, slot, only: vec![cast.expert], by }
        });
        all_at_once(&site, attempts.collect()).await;
        assert_eq!(busy(&site.app).await.len(), 5);
        sound(&site.app).await;
    }
}

/// Runs all bookings at the same moment, and returns for each whether it got its time. Any other refusal fails the
/// test.
async fn all_at_once(site: &Site, attempts: Vec<Attempt>) -> Vec<(Attempt, bool)> {
    let start = Arc::new(Barrier::new(attempts.len()));
    let mut running = JoinSet::new();
    for attempt in attempts {
        let (app, start) = (site.app.clone(), Arc::clone(&start));
        running.spawn(async move {
            start.wait().await;
            let done = match attempt.by {
                By::Draft(id) => ops::intake::apply::hold(&app, id, attempt.slot).await.map(drop),
                By::Choosing(case, by) => {
                    ops::booking::appointment::choose_slot(&app, case.id, by, attempt.slot).await
                }
                By::Moving(case, by) => {
                    ops::booking::appointment::reschedule(&app, case.id, by, attempt.slot).await
                }
            };
            match done {
                Ok(()) => (attempt, true),
                Err(Problem::SlotTaken) => (attempt, false),
                Err(other) => panic!("{attempt:?}: {other:?}"),
            }
        });
    }
    running.join_all().await
}

/// Asserts that no expert has two appointments at once, that every successful booking has its time, and that no refused
/// booking would still fit.
async fn check(site: &Site, limits: &[ExpertLimits], outcomes: &[(Attempt, bool)]) {
    let busy = busy(&site.app).await;
    all_apart(&busy);
    let won = outcomes.iter().filter(|(_, won)| *won).count();
    assert!((2..outcomes.len()).contains(&won), "{won} of {} won: this is no race", outcomes.len());
    for (attempt, won) in outcomes {
        assert_eq!(got_it(&site.app, attempt).await, *won, "{attempt:?}");
        let free = |of: &ExpertLimits| {
            let mine: Vec<_> = busy.iter().filter(|it| it.expert == of.expert).collect();
            let today = mine.iter().filter(|it| it.day == attempt.slot.date()).count();
            let wanted = attempt.busy(of.expert);
            today < of.daily_limit && mine.iter().all(|it| are_apart(it, &wanted))
        };
        assert!(*won || !could_be_given(attempt, limits, free), "{attempt:?} lost, and its time is free");
    }
    sound(&site.app).await;
}

fn could_be_given(attempt: &Attempt, limits: &[ExpertLimits], free: impl Fn(&ExpertLimits) -> bool) -> bool {
    if !attempt.only.is_empty() {
        return limits.iter().filter(|it| attempt.only.contains(&it.expert)).all(free);
    }
    let any = |fields: Fields| limits.iter().any(|it| it.fields == fields && free(it));
    match attempt.fields {
        Fields::Ict | Fields::Labor => any(attempt.fields) || any(Fields::Both),
        Fields::Both => any(Fields::Both) || (any(Fields::Ict) && any(Fields::Labor)),
    }
}

impl Attempt {
    /// Returns the participation that this booking would be in the expert's calendar.
    fn busy(&self, expert: ExpertId) -> Busy {
        let settings = Settings::default();
        let (minutes, site) = match self.mode {
            AppointmentMode::Online => (settings.online_minutes, None),
            AppointmentMode::Visit => (settings.visit_minutes, Some(self.place)),
        };
        let from = self.slot.start();
        let to = from + TimeDelta::minutes(minutes.into());
        Busy { expert, day: self.slot.date(), from, to, site }
    }
}

fn all_apart(busy: &[Busy]) {
    for (n, one) in busy.iter().enumerate() {
        for other in &busy[..n] {
            assert!(one.expert != other.expert || are_apart(one, other), "{one:?} is too near to {other:?}");
        }
    }
}

/// Returns whether there is time for the buffer after the first appointment and the way between the two places. Every
/// expert lives in Tokyo. Minutes.
fn are_apart(one: &Busy, other: &Busy) -> bool {
    let settings = Settings::default();
    let (first, second) = if one.from < other.from { (one, other) } else { (other, one) };
    let tokyo = place(0);
    let way = match (first.site, second.site) {
        (None, None) => 0,
        (from, to) => match (from.unwrap_or(tokyo), to.unwrap_or(tokyo)) {
            (from, to) if from == to => settings.travel_same_prefecture_minutes,
            (from, to) if from.region().is_near(to.region()) => settings.travel_near_region_minutes,
            _ => settings.travel_far_minutes,
        },
    };
    let buffer = if first.site.is_none() { settings.online_buffer_minutes } else { 0 };
    first.to + TimeDelta::minutes((way + buffer).into()) <= second.from
}

async fn got_it(app: &App, attempt: &Attempt) -> bool {
    let live = match attempt.by {
        By::Draft(id) => store::booking::appointment::held_by_draft(&app.db, id).await.unwrap(),
        By::Choosing(case, _) | By::Moving(case, _) => store::booking::appointment::of(&app.db, case.id)
            .await
            .unwrap()
            .into_iter()
            .find(Appointment::is_live),
    };
    let Some(live) = live.filter(|it| it.starts_at == attempt.slot.start()) else { return false };
    let row = appointment::Entity::find_by_id(live.id.0).one(&app.db).await.unwrap().unwrap();
    let site = (attempt.mode == AppointmentMode::Visit).then(|| i16::from(attempt.place.code()));
    assert_eq!(row.site, site, "{attempt:?}");
    true
}

async fn sound(app: &App) {
    assert_eq!(doctor::examine(&app.db, app.clock.now()).await.unwrap(), []);
}

/// Returns the active participations, by the rows of the appointments alone.
async fn busy(app: &App) -> Vec<Busy> {
    let live = appointment::COLUMN.state.is_in(["held", "confirmed"]);
    let live: BTreeMap<_, _> = appointment::Entity::find()
        .filter(live)
        .all(&app.db)
        .await
        .unwrap()
        .into_iter()
        .map(|it| (it.id, it))
        .collect();
    let participations = appointment_expert::Entity::find().all(&app.db).await.unwrap();
    participations
        .iter()
        .filter_map(|part| {
            let it = live.get(&part.appointment_id)?;
            Some(Busy {
                expert: ExpertId(part.expert_id),
                day: japan_date(it.starts_at),
                from: it.starts_at,
                to: it.ends_at,
                site: it.site.map(|it| Prefecture::from_code(it.try_into().unwrap()).unwrap()),
            })
        })
        .collect()
}

/// Makes a consultation that these experts have accepted, without a chosen time.
async fn scheduling(
    site: &Site,
    cast: &Cast,
    n: usize,
    fields: Fields,
    (mode, place): (AppointmentMode, Prefecture),
    experts: &[ExpertId],
) -> Case {
    let mut form = cases::form(&format!("contact{n}@example.co.jp"));
    form.company_name = format!("株式会社見本{n}");
    form.field = fields_of(fields);
    form.mode = mode.code().to_owned();
    form.prefecture = place.code().to_string();
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let version = cases::record(site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), experts).await.unwrap();
    for request in store::routing::assignment::of(&site.app.db, case.id).await.unwrap() {
        ops::routing::assignment::accept(&site.app, request.id, request.expert).await.unwrap();
    }
    case
}

/// Books the consultation on a day of its own, to be moved from there.
async fn moving(site: &Site, cast: &Cast, case: Case, by: Actor, n: usize) -> By {
    let monday: NaiveDate = "2026-11-30".parse().unwrap();
    let weekday = i64::try_from(n / 4 % 5 + n / 20 * 7).unwrap();
    let slot = Slot::new(monday + TimeDelta::days(weekday), 12).unwrap();
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    By::Moving(case, by)
}

/// Raises the experts' limits, so that time alone decides.
async fn lift_limits(site: &Site) {
    let tx = site.app.begin().await.unwrap();
    let many = [
        expert::Column::DailyLimit,
        expert::Column::WeeklyLimit,
        expert::Column::OpenLimit,
        expert::Column::Capacity,
    ];
    for limit in many {
        let all = expert::Entity::update_many().col_expr(limit, Expr::value(100_i16));
        all.exec(&tx).await.unwrap();
    }
    store::reference::revision::touch(&tx, RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
}

fn fields_of(fields: Fields) -> Vec<String> {
    [Field::Ict, Field::Labor]
        .iter()
        .filter(|&&it| fields.contains(it))
        .map(|it| it.code().to_owned())
        .collect()
}

fn at(day: &str, quarter: u8) -> Slot {
    Slot::new(day.parse().unwrap(), quarter).unwrap()
}
