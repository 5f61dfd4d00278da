//! All operations at once: times are given up, offered to the waiting list, taken by others, moved, and given to
//! substitutes.
use std::{future::Future, pin::Pin, time::Duration};

use domain::{
    booking::waiting_list::{HalfDay, TimePreference, WaitingOfferState},
    routing::assignment::AssignmentState,
};
use entity::{assignment, waiting_list_entry, waiting_offer};
use madoguchi::{
    ops::booking::waiting_list::WaitingResult,
    worker::{deadlines, waiting_list as offers},
};

use super::*;

/// The day whose morning is booked out and wanted.
const DAY: &str = "2026-12-03";
const ROUNDS: usize = 12;

/// The operations of one participant, run while the others run theirs.
type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Returns whether it was done. A refusal or a conflict is allowed; any other problem fails the test.
fn answered<T>(done: Result<T, Problem>) -> bool {
    match done {
        Ok(_) => true,
        Err(Problem::SlotTaken | Problem::Refused(_) | Problem::Stale) => false,
        Err(other) => panic!("{other:?}"),
    }
}

async fn breathe() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// The participants.
struct Everybody {
    /// The expert whose time is wanted.
    wanted: ExpertId,
    /// Companies with appointments on the wanted morning, who give them up.
    settled: Vec<Case>,
    waiting: Vec<Case>,
    /// Consultations for the wanted expert together with one for labour management.
    joint: Vec<Case>,
    /// Consultations that may choose any time.
    others: Vec<Case>,
    /// Consultations whose experts are asked for the time that they hold.
    matching: Vec<Case>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_operations_at_once_leave_no_contradiction() {
    let site = Site::on_disk().await;
    let cast = Cast::new(&site).await;
    let all = assemble(&site, &cast).await;
    let app = site.app.clone();
    let mut tasks: Vec<Task> = Vec::new();
    for &case in &all.settled {
        tasks.push(Box::pin(gives_up(app.clone(), case)));
    }
    for (n, &case) in all.waiting.iter().enumerate() {
        tasks.push(Box::pin(answers(app.clone(), case, n % 3 != 0)));
    }
    for (n, &case) in all.joint.iter().enumerate() {
        tasks.push(Box::pin(moves(app.clone(), case, all.wanted, n)));
    }
    for (n, &case) in all.others.iter().enumerate() {
        tasks.push(Box::pin(comes_and_goes(app.clone(), case, n)));
    }
    for &case in &all.matching {
        tasks.push(Box::pin(declines(app.clone(), case)));
    }
    for _ in 0..2 {
        tasks.push(Box::pin(works(app.clone())));
    }
    let start = Arc::new(Barrier::new(tasks.len()));
    let mut running = JoinSet::new();
    for task in tasks {
        let start = Arc::clone(&start);
        running.spawn(async move {
            start.wait().await;
            task.await;
        });
    }
    running.join_all().await;
    works(app.clone()).await;
    // The latest offers are answered too: on a slow machine there may be no others.
    for _ in 0..all.waiting.len() {
        for (n, &case) in all.waiting.iter().enumerate() {
            answer_open(&app, case, n % 3 != 0).await;
        }
        works(app.clone()).await;
    }
    sound(&app).await;
    all_apart(&busy(&app).await);
    check_offers(&app).await;
    check_substitutes(&app, &all.matching).await;
}

async fn assemble(site: &Site, cast: &Cast) -> Everybody {
    let mut experts = Vec::new();
    for (n, fields) in
        [Fields::Ict, Fields::Ict, Fields::Ict, Fields::Labor, Fields::Labor].iter().enumerate()
    {
        experts.push(cases::expert(site, &format!("expert{n}@example.jp"), "佐藤 次郎", *fields).await);
    }
    lift_limits(site).await;
    let (wanted, labor) = (experts[0], experts[3]);
    let only = [wanted];
    let online = (AppointmentMode::Online, place(0));
    let alone = |n| scheduling(site, cast, n, Fields::Ict, online, &only);
    let book = async |case: Case, slot| {
        ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    };
    // Appointments at 9:00, 10:15 and 11:30 leave no half hour of the morning.
    let mut settled = Vec::new();
    for (n, quarter) in [12, 17, 22].into_iter().enumerate() {
        let case = alone(n).await;
        book(case, at(DAY, quarter)).await;
        settled.push(case);
    }
    let day: NaiveDate = DAY.parse().unwrap();
    let preference = TimePreference {
        from: Some(day),
        until: Some(day),
        part: Some(HalfDay::Morning),
        ..TimePreference::default()
    };
    let mut waiting = Vec::new();
    for n in 0..6_u8 {
        let case = alone(10 + usize::from(n)).await;
        if n % 2 == 0 {
            book(case, at("2026-12-04", 12 + n / 2 * 5)).await;
        }
        let waits = ops::booking::waiting_list::wait(&site.app, case.id, Actor::Company, vec![preference])
            .await
            .unwrap();
        assert_eq!(waits, WaitingResult::Yes);
        waiting.push(case);
    }
    let mut joint = Vec::new();
    for (n, quarter) in [30, 35].into_iter().enumerate() {
        let both = [wanted, labor];
        let case = scheduling(site, cast, 20 + n, Fields::Both, online, &both).await;
        book(case, at(DAY, quarter)).await;
        joint.push(case);
    }
    // One of them is a visit, two hours away.
    cases::visits_too(site, wanted, &[14]).await;
    let visit = (AppointmentMode::Visit, place(1));
    let others = vec![alone(30).await, scheduling(site, cast, 31, Fields::Ict, visit, &only).await];
    let matching = vec![held(site, 0).await, held(site, 1).await, held(site, 2).await];
    Everybody { wanted, settled, waiting, joint, others, matching }
}

async fn gives_up(app: App, case: Case) {
    ops::booking::appointment::cancel(&app, case.id, Actor::Company, "都合により".to_owned()).await.unwrap();
}

/// Moves the appointment about in the day, with one expert or the other.
async fn moves(app: App, case: Case, wanted: ExpertId, n: usize) {
    for round in 0..ROUNDS {
        let quarter = 12 + u8::try_from((round * 5 + n * 7) % 28).unwrap();
        let by = if round % 2 == 0 { wanted } else { labor_of(&app, case).await };
        let slot = at(DAY, quarter);
        answered(ops::booking::appointment::reschedule(&app, case.id, Actor::Expert(by), slot).await);
    }
}

/// Takes times of the wanted morning, and gives them back.
async fn comes_and_goes(app: App, case: Case, n: usize) {
    for round in 0..ROUNDS {
        let slot = at(DAY, 12 + u8::try_from((round + n) % 6).unwrap() * 2);
        if answered(ops::booking::appointment::choose_slot(&app, case.id, Actor::Company, slot).await) {
            breathe().await;
            let reason = "都合により".to_owned();
            answered(ops::booking::appointment::cancel(&app, case.id, Actor::Company, reason).await);
        }
    }
}

/// Makes a consultation for both fields that holds a time and whose address is confirmed: the best team is asked for
/// it.
async fn held(site: &Site, n: u8) -> Case {
    let mut form = cases::form(&format!("asked{n}@example.co.jp"));
    form.field = fields_of(Fields::Both);
    form.company_name = format!("株式会社相談{n}");
    let draft = ops::intake::apply::start(&site.app, format!("asked {n}")).await.unwrap();
    let typed = form.clone();
    ops::intake::apply::save(&site.app, draft, |it| *it = typed).await.unwrap();
    ops::intake::apply::hold(&site.app, draft, at("2026-12-08", 12 + n * 6)).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    let id = record.consultation.id;
    ops::consultation::confirm_address(&site.app, id, Actor::Company).await.unwrap();
    assert_eq!(cases::state(site, Case { id, number: record.number }).await, "matching");
    Case { id, number: record.number }
}

async fn labor_of(app: &App, case: Case) -> ExpertId {
    let all = store::routing::assignment::of(&app.db, case.id).await.unwrap();
    all.iter().find(|it| it.fields == Fields::Labor).unwrap().expert
}

/// Answers every offer that comes.
async fn answers(app: App, case: Case, takes: bool) {
    for _ in 0..ROUNDS * 2 {
        answer_open(&app, case, takes).await;
        breathe().await;
    }
}

async fn answer_open(app: &App, case: Case, takes: bool) {
    let Some(waiting) = store::booking::waiting_list::of(&app.db, case.id).await.unwrap() else { return };
    let offers = store::booking::waiting_list::offers(&app.db, waiting.id).await.unwrap();
    let Some(open) = offers.into_iter().find(|it| it.offer.state == WaitingOfferState::Open) else { return };
    answered(if takes {
        ops::booking::waiting_list::accept(app, open.offer.id, Actor::Company).await
    } else {
        ops::booking::waiting_list::decline(app, open.offer.id, Actor::Company).await
    });
}

/// The expert who is asked first declines, twice; then every expert accepts.
async fn declines(app: App, case: Case) {
    for round in 0..ROUNDS {
        let all = store::routing::assignment::of(&app.db, case.id).await.unwrap();
        for it in all.iter().filter(|it| it.state == AssignmentState::Offered) {
            answered(if round < 2 {
                ops::routing::assignment::decline(&app, it.id, it.expert, "多忙のため".to_owned()).await
            } else {
                ops::routing::assignment::accept(&app, it.id, it.expert).await
            });
            if round < 2 {
                break;
            }
        }
        breathe().await;
    }
}

async fn works(app: App) {
    let mut looked = offers::LastCheck::default();
    for _ in 0..ROUNDS {
        answered(offers::step(&app, &mut looked).await);
        answered(deadlines::step(&app).await);
        breathe().await;
    }
}

/// Asserts that times were offered and taken, that a company which took one has it, and that every answer counted once.
async fn check_offers(app: &App) {
    let offers = waiting_offer::Entity::find().all(&app.db).await.unwrap();
    let rows = waiting_list_entry::Entity::find().all(&app.db).await.unwrap();
    let of_state = |state: &str| offers.iter().filter(|it| it.state.code() == state).count();
    assert!(of_state("accepted") > 0, "nobody got an earlier time: {offers:?}");
    for row in rows {
        let mine: Vec<_> = offers.iter().filter(|it| it.waiting_id == row.id).collect();
        let declined = mine.iter().filter(|it| it.state.code() == "declined").count();
        assert_eq!(usize::try_from(row.turned_down).unwrap(), declined);
        let accepted: Vec<_> = mine.iter().filter(|it| it.state.code() == "accepted").collect();
        assert!(accepted.len() <= 1);
        let all = store::booking::appointment::of(&app.db, domain::id::ConsultationId(row.consultation_id))
            .await
            .unwrap();
        let live = all.iter().find(|it| it.is_live());
        if let Some(taken) = accepted.first() {
            assert_eq!(row.end_reason.as_ref().map(entity::Coded::code), Some("accepted"));
            assert_eq!(live.map(|it| it.starts_at), Some(taken.starts_at));
        }
    }
}

/// Asserts that after an expert declined, another was asked for the same time, which stayed held.
async fn check_substitutes(app: &App, cases: &[Case]) {
    for case in cases {
        let all = assignment::Entity::find().filter(assignment::COLUMN.consultation_id.eq(case.id.0));
        let all = all.all(&app.db).await.unwrap();
        let declined = all.iter().filter(|it| it.state.code() == "declined").count();
        assert_eq!(declined, 2, "{all:?}");
        let record = store::consultation::find(&app.db, case.id).await.unwrap().unwrap();
        let appointments = store::booking::appointment::of(&app.db, case.id).await.unwrap();
        assert_eq!(appointments.len(), 1, "the time that was chosen is the only one there ever was");
        match record.consultation.state.code() {
            "booked" => assert!(appointments[0].is_confirmed()),
            "checking" => assert!(!appointments[0].is_live(), "nobody was left"),
            other => panic!("{} is {other}", record.number),
        }
    }
}
