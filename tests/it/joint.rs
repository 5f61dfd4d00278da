//! One of two experts declines: the other expert and the time stay, and a third expert is asked for the same time.
use domain::{
    actor::Actor,
    booking::availability::Slot,
    field::Fields,
    id::{AccountId, ExpertId},
    routing::assignment::{Assignment, AssignmentState},
};
use madoguchi::{doctor, ops, store, worker};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::Site,
};

/// Applies for both fields at a slot that is held, and confirms the address: the best team is asked.
async fn matching(site: &Site, slot: Slot) -> Case {
    let mut form = cases::form(CONTACT);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    let draft = ops::intake::apply::start(&site.app, "network".to_owned()).await.unwrap();
    let typed = form.clone();
    ops::intake::apply::save(&site.app, draft, |it| *it = typed).await.unwrap();
    ops::intake::apply::hold(&site.app, draft, slot).await.unwrap();
    let record = ops::intake::apply::submit(&site.app, draft, |_| ()).await.unwrap();
    ops::consultation::confirm_address(&site.app, record.consultation.id, Actor::Company).await.unwrap();
    Case { id: record.consultation.id, number: record.number }
}

async fn offered(site: &Site, case: Case) -> Vec<Assignment> {
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    all.into_iter().filter(|it| it.state == AssignmentState::Offered).collect()
}

async fn says_no(site: &Site, it: &Assignment) {
    ops::routing::assignment::decline(&site.app, it.id, it.expert, "多忙のため".to_owned()).await.unwrap();
}

async fn count_of_mails(site: &Site, to: &str, kind: &str) -> usize {
    cases::mails_to(site, to).await.iter().filter(|it| it.kind == kind).count()
}

#[actix_web::test]
async fn the_other_stays_while_a_substitute_is_asked_for_the_same_time() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let mut ict: Vec<ExpertId> = Vec::new();
    for local in ["a", "b"] {
        ict.push(cases::expert(&site, &format!("{local}@example.jp"), "佐藤 次郎", Fields::Ict).await);
    }
    let labor = cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    // No expert has both fields.
    ops::accounts::account::set_active(&site.app, AccountId(cast.expert.0), false).await.unwrap();
    let slot = Slot::new("2026-12-03".parse().unwrap(), 16).unwrap();
    let case = matching(&site, slot).await;
    let pair = offered(&site, case).await;
    assert_eq!(pair.len(), 2, "one of each");
    let second = pair.iter().find(|it| it.expert == labor).unwrap();
    let first = pair.iter().find(|it| ict.contains(&it.expert)).unwrap();
    ops::routing::assignment::accept(&site.app, second.id, labor).await.unwrap();
    assert_eq!(cases::state(&site, case).await, "matching");
    let before = cases::appointment(&site, case).await;
    says_no(&site, first).await;

    let substitute = offered(&site, case).await;
    let [substitute] = substitute.as_slice() else { panic!("{substitute:?}") };
    assert!(ict.contains(&substitute.expert) && substitute.expert != first.expert);
    assert_eq!(substitute.fields, Fields::Ict);
    let held = cases::appointment(&site, case).await;
    assert_eq!((held.id, held.starts_at), (before.id, slot.start()), "the same time, held on");
    assert!(held.is_live() && held.held_until().is_none());
    assert_eq!(held.sequence, before.sequence, "an answer of the other one is still an answer to it");
    let mut experts = held.experts.clone();
    experts.sort_unstable();
    let mut both = vec![labor, substitute.expert];
    both.sort_unstable();
    assert_eq!(experts, both);
    let accepted = store::routing::assignment::find(&site.app.db, second.id).await.unwrap().unwrap();
    assert!(accepted.is_accepted());
    assert_eq!(count_of_mails(&site, CONTACT, "back_at_center").await, 0, "the company need not know");
    assert_eq!(count_of_mails(&site, "labor@example.jp", "request_withdrawn").await, 0);

    // No other expert is left: the company is told once, and the acceptance of the other stands, with the time.
    site.app.clock.advance(substitute.due_at - site.app.clock.now());
    assert!(worker::deadlines::step(&site.app).await.unwrap());
    assert_eq!(cases::state(&site, case).await, "checking");
    assert_eq!(count_of_mails(&site, CONTACT, "back_at_center").await, 1);
    assert_eq!(count_of_mails(&site, "labor@example.jp", "request_withdrawn").await, 0);
    let accepted = store::routing::assignment::find(&site.app.db, second.id).await.unwrap().unwrap();
    assert!(accepted.is_accepted());
    let held = cases::appointment(&site, case).await;
    assert!(held.is_live() && held.held_until().is_some_and(|it| it < slot.start()));
    assert_eq!(held.experts, [labor]);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn with_the_substitute_the_appointment_is_booked_at_that_time() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    ops::accounts::account::set_active(&site.app, AccountId(cast.expert.0), false).await.unwrap();
    for local in ["a", "b"] {
        cases::expert(&site, &format!("{local}@example.jp"), "佐藤 次郎", Fields::Ict).await;
    }
    cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    let slot = Slot::new("2026-12-03".parse().unwrap(), 16).unwrap();
    let case = matching(&site, slot).await;
    let first = offered(&site, case).await;
    let [ict] = first.iter().filter(|it| it.fields == Fields::Ict).collect::<Vec<_>>()[..] else {
        panic!("{first:?}")
    };
    says_no(&site, ict).await;
    for it in offered(&site, case).await {
        ops::routing::assignment::accept(&site.app, it.id, it.expert).await.unwrap();
    }
    assert_eq!(cases::state(&site, case).await, "booked");
    let appointment = cases::appointment(&site, case).await;
    assert_eq!((appointment.starts_at, appointment.experts.len()), (slot.start(), 2));
    for to in [CONTACT, "labor@example.jp"] {
        assert_eq!(count_of_mails(&site, to, "booked").await, 1, "{to}");
    }
    let one_of = [
        count_of_mails(&site, "a@example.jp", "booked").await,
        count_of_mails(&site, "b@example.jp", "booked").await,
    ];
    assert_eq!(one_of.iter().sum::<usize>(), 1, "the substitute alone");
}
