//! A field that is added while a time is chosen or booked: it is for the next appointment, and every rule agrees.
use domain::{
    actor::Actor,
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection},
    field::{Field, Fields},
};
use madoguchi::{
    ops::{self, case::actor::ActorAt, consultation::correction::CorrectionCause},
    problem::Problem,
    store, worker,
};

use super::{at, center, correct, done, is_sound, last, undo};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, record, state},
    site::{PASSWORD, Site},
};

const REQUEST: CorrectionSection = CorrectionSection::Request;

#[actix_web::test]
async fn a_field_that_is_added_to_a_booking_is_for_the_next_appointment() {
    let (site, cast) = center().await;
    let ict = cases::expert(&site, "ict@example.jp", "伊藤 一", Fields::Ict).await;
    let case = cases::booked(&site, &Cast { expert: ict, ..cast }, CONTACT).await;
    let reply = correct(&site, case, REQUEST, &[("field", "ict"), ("field", "labor")]).await;
    assert_eq!(reply.status, 409);
    reply.shows("労務管理を担当する専門家がいません。次回の相談で依頼するか");
    let both = [("field", "ict"), ("field", "labor"), ("fit", "seen")];
    done(&correct(&site, case, REQUEST, &both).await);
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Both);
    assert_eq!((state(&site, case).await, appointment(&site, case).await.experts), ("booked", vec![ict]));
    is_sound(&site).await;
    // The company hears of it once, and the case says what is missing.
    let heard = cases::mails_to(&site, CONTACT).await;
    let heard: Vec<_> = heard.iter().filter(|it| it.kind == "fields_changed").collect();
    let [mail] = &heard[..] else { panic!("{heard:?}") };
    assert!(
        mail.text_body.contains("労務管理を担当する専門家は、まだ決まっていません"),
        "{}",
        mail.text_body
    );
    let stays = cases::mails_to(&site, "ict@example.jp").await;
    let stays: Vec<_> = stays.iter().filter(|it| it.kind == "part_changed").collect();
    let [mail] = &stays[..] else { panic!("{stays:?}") };
    assert!(mail.text_body.contains("相談分野：ICT、労務管理\n変更前　：ICT\n"), "{}", mail.text_body);
    assert!(mail.text_body.contains("専門家を調整しています"), "{}", mail.text_body);
    site.get(&at(case.number, "")).await.shows("訂正後の内容と合わない点：");
    // The booking moves and is held as before.
    let slot = *cases::free_slots(&site, case).await.last().unwrap();
    ops::booking::appointment::reschedule(&site.app, case.id, cast.center(), slot).await.unwrap();
    is_sound(&site).await;
    let ends_at = appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    // The added field is owed, and the next appointment is for it.
    assert_eq!(record(&site, case).await.owed, Some(Field::Labor));
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    site.get(&at(case.number, "")).await.shows("労務管理の相談は、まだ行われていません");
    let reader = site.visitor();
    crate::company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&crate::company::my(case, "")).await;
    page.shows("労務管理の相談の日時を選ぶ");
    assert!(!page.body.contains("専門家が参加できず"), "nobody was absent: {}", page.body);
    ops::consultation::plan_further_appointment(&site.app, case.id, Actor::Company, None).await.unwrap();
    assert_eq!(state(&site, case).await, "checking");
    while worker::outbox::step(&site.app).await.unwrap() {}
    is_sound(&site).await;
}

#[actix_web::test]
async fn an_added_field_can_be_taken_back_and_its_only_team_cannot_be_removed_under_a_booking() {
    let (site, cast) = center().await;
    let ict = cases::expert(&site, "ict@example.jp", "伊藤 一", Fields::Ict).await;
    let case = cases::booked(&site, &Cast { expert: ict, ..cast }, CONTACT).await;
    done(&correct(&site, case, REQUEST, &[("field", "ict"), ("field", "labor"), ("fit", "seen")]).await);
    let seq = last(&site, case).await;
    let refused = correct(&site, case, REQUEST, &[("field", "labor"), ("fit", "seen")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("先に予約を取り消すか、担当を替えてください");
    assert_eq!(appointment(&site, case).await.experts, [ict]);
    done(&undo(&site, case, seq).await);
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Ict);
    site.get(&at(case.number, "")).await.shows("予約確定");
    is_sound(&site).await;
}

/// An expert who has both fields keeps the one that is left, and both sides hear of the other.
#[actix_web::test]
async fn a_field_that_an_expert_of_both_loses_is_told_once_to_each() {
    let (site, cast) = center().await;
    let case = crate::deadlines::applied(&site, CONTACT, &["ict", "labor"]).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    assert_eq!((request.expert, request.fields), (cast.expert, Fields::Both));
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    assert_eq!(state(&site, case).await, "booked");
    let count = async |to: &str| {
        cases::mails_to(&site, to).await.iter().filter(|it| it.kind == "fields_changed").count()
    };
    done(&correct(&site, case, REQUEST, &[("field", "ict"), ("fit", "seen")]).await);
    assert_eq!(record(&site, case).await.consultation.fields, Fields::Ict);
    assert_eq!((count(CONTACT).await, count("expert@example.jp").await), (1, 1));
    is_sound(&site).await;
}

/// A misfit that the form of a correction named stands on the case until it is settled.
#[actix_web::test]
async fn a_confirmed_misfit_stays_on_the_case() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let page = site.get(&at(case.number, "")).await;
    assert!(!page.body.contains("合わない点"), "{}", page.body);
    done(&correct(&site, case, REQUEST, &[("mode", "visit"), ("fit", "seen")]).await);
    let page = site.get(&at(case.number, "")).await;
    page.shows("訂正後の内容と合わない点：");
    page.shows("実施方法がオンラインのままです。");
    let mails = cases::mails_to(&site, "expert@example.jp").await;
    let mail = mails.iter().find(|it| it.kind == "part_changed").unwrap();
    assert!(
        mail.text_body.contains("実施方法：訪問\n変更前の希望　　　　　：オンライン\n"),
        "{}",
        mail.text_body
    );
    let seq = last(&site, case).await;
    done(&undo(&site, case, seq).await);
    let page = site.get(&at(case.number, "")).await;
    assert!(!page.body.contains("合わない点"), "{}", page.body);
}

/// A small generator of numbers, so that a failing walk can be played again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Takes one step, or is refused.
async fn step(site: &Site, cast: &Cast, case: Case, n: usize) -> Result<(), Problem> {
    let (app, by) = (&site.app, cast.center());
    let fields = |fields: Fields| {
        let mut typed = CaseValues::default();
        typed.set(CorrectedField::Fields, fields.code());
        typed
    };
    let correct = async |typed: CaseValues| {
        let by = ActorAt::new(by, record(site, case).await.version);
        let cause = CorrectionCause::default();
        ops::consultation::correction::correct(app, case.id, by, REQUEST, &typed, cause).await.map(drop)
    };
    match n {
        0 => correct(fields(Fields::Both)).await,
        1 => correct(fields(Fields::Ict)).await,
        2 => correct(fields(Fields::Labor)).await,
        3 => {
            let live = store::routing::assignment::of(&app.db, case.id).await.unwrap();
            let Some(request) = live.iter().find(|it| it.is_live() && !it.is_accepted()) else {
                return Ok(());
            };
            ops::routing::assignment::accept(app, request.id, request.expert).await
        }
        4 => {
            let slots = cases::free_slots(site, case).await;
            let Some(slot) = slots.first() else { return Ok(()) };
            ops::booking::appointment::choose_slot(app, case.id, by, *slot).await
        }
        5 => ops::booking::appointment::cancel(app, case.id, by, "都合".to_owned()).await,
        6 => {
            let live = store::routing::assignment::of(&app.db, case.id).await.unwrap();
            let Some(it) = live.iter().find(|it| it.is_live()) else { return Ok(()) };
            let reason = domain::text::TextLine::parse("理由", "交代", 100).unwrap();
            let next = ops::routing::replacement::Successor::Later;
            ops::routing::replacement::release(app, it.id, None, by, &reason, next).await
        }
        _ => {
            let record = record(site, case).await;
            let (offers, _) = ops::routing::requests::offers_for_held(app, &record, |all| {
                let open = domain::routing::assignment::still_open(record.wanted_fields(), all);
                let excluded = all.iter().filter(|it| it.is_live()).map(|it| it.expert).collect();
                (open.unwrap_or(record.wanted_fields()), excluded)
            })
            .await?;
            let Some(team) = offers.teams(None).next() else { return Ok(()) };
            let experts: Vec<_> = team.iter().map(|it| it.expert).collect();
            ops::routing::assignment::request(app, case.id, record.version, by, &experts).await
        }
    }
}

/// Whatever order fields, experts and times come and go in, the rule of corrections and the doctor agree.
#[actix_web::test]
async fn no_order_of_corrections_and_bookings_leaves_a_field_that_nobody_has() {
    let (site, cast) = center().await;
    cases::expert(&site, "ict@example.jp", "伊藤 一", Fields::Ict).await;
    cases::expert(&site, "labor@example.jp", "高橋 三郎", Fields::Labor).await;
    for seed in 1..7_u64 {
        let case = cases::received(&site, &cast, &format!("walk{seed}@example.co.jp")).await;
        let mut dice = Dice(seed);
        let mut steps = Vec::new();
        for _ in 0..24 {
            let n = dice.below(9);
            steps.push(n);
            match step(&site, &cast, case, n).await {
                Ok(())
                | Err(Problem::Refused(_) | Problem::Stale | Problem::SlotTaken | Problem::NotFound) => {}
                Err(other) => panic!("{seed} {steps:?}: {other}"),
            }
            let found = madoguchi::doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
            assert_eq!(found, [], "{seed} {steps:?}");
        }
    }
}
