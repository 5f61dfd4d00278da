//! Seats and the waiting list.
use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};

use super::*;

#[actix_web::test]
async fn a_freed_seat_is_offered_to_the_one_who_has_waited_longest() {
    let (site, _, it) = held(Some(1), Some(1)).await;
    let first = signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    let waiting = signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    assert_eq!(waiting.state.status(), SignUpStatus::Waiting);
    site.app.clock.advance(TimeDelta::minutes(1));
    signed_up(&site, it.id, "c@example.co.jp", SeatKind::Venue).await;
    let online = signed_up(&site, it.id, "d@example.co.jp", SeatKind::Online).await;
    assert_eq!(online.state, SignUpState::Seated { number: 1 }, "each kind has seats of its own");
    site.get("/events/10001").await.shows("空き待ちに申し込む");
    let page = link(&mails_to(&site, "b@example.co.jp").await, "sign_up_waiting");
    site.get(&page).await.shows("いまの順番は1番目です");

    ops::gathering::cancel(&site.app, first.id).await.unwrap();
    assert_eq!(status(&site, it.id, "b@example.co.jp").await, SignUpStatus::Offered);
    assert_eq!(status(&site, it.id, "c@example.co.jp").await, SignUpStatus::Waiting);
    // The offer holds the seat: no other person gets it.
    let late = signed_up(&site, it.id, "e@example.co.jp", SeatKind::Venue).await;
    assert_eq!(late.state.status(), SignUpStatus::Waiting);
    let reply = site.post(&page, &[("action", "accept")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&page).await.shows("番号 1番");
    assert_eq!(
        kinds(&site, "b@example.co.jp").await,
        ["sign_up_confirm", "sign_up_waiting", "seat_offered", "sign_up_seated", "event_reminder"]
    );
    sound(&site).await;
}

#[actix_web::test]
async fn an_offer_without_an_answer_goes_to_the_next() {
    let (site, _, it) = held(Some(1), None).await;
    let first = signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    for email in ["b@example.co.jp", "c@example.co.jp"] {
        site.app.clock.advance(TimeDelta::minutes(1));
        signed_up(&site, it.id, email, SeatKind::Venue).await;
    }
    ops::gathering::cancel(&site.app, first.id).await.unwrap();
    site.app.clock.advance(TimeDelta::hours(24));
    let page = link(&mails_to(&site, "b@example.co.jp").await, "seat_offered");
    let late = site.post(&page, &[("action", "accept")]).await;
    assert_eq!(late.status, 409);
    work(&site).await;
    assert_eq!(status(&site, it.id, "b@example.co.jp").await, SignUpStatus::Ended);
    assert_eq!(status(&site, it.id, "c@example.co.jp").await, SignUpStatus::Offered);
    assert_eq!(kinds(&site, "b@example.co.jp").await.last().unwrap(), "wait_ended");
    // Three hours before the start no person is asked any more, and those who wait hear of it.
    signed_up(&site, it.id, "d@example.co.jp", SeatKind::Venue).await;
    go_to(&site, "2026-12-10T10:00:00");
    work(&site).await;
    for email in ["c@example.co.jp", "d@example.co.jp"] {
        assert_eq!(status(&site, it.id, email).await, SignUpStatus::Ended, "{email}");
        assert_eq!(kinds(&site, email).await.last().unwrap(), "wait_ended");
    }
    sound(&site).await;
}

#[actix_web::test]
async fn a_seat_of_the_other_kind_is_taken_only_if_it_is_free() {
    let (site, _, it) = held(Some(1), Some(1)).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Online).await;
    let other = signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    let page = link(&mails_to(&site, "b@example.co.jp").await, "sign_up_seated");
    let change = [("action", "change"), ("name", "鈴木 二郎"), ("seat", "online")];
    let reply = site.post(&page, &change).await;
    assert_eq!(reply.status, 409);
    reply.shows("選んだ席は満席です");
    assert_eq!(sign_up_of(&site, it.id, "b@example.co.jp").await.state, other.state);
    let first = sign_up_of(&site, it.id, "a@example.co.jp").await;
    ops::gathering::cancel(&site.app, first.id).await.unwrap();
    assert_eq!(site.post(&page, &change).await.status, 303);
    let moved = sign_up_of(&site, it.id, "b@example.co.jp").await;
    assert_eq!((moved.seat, moved.name.as_deref()), (SeatKind::Online, Some("鈴木 二郎")));
    // One reminder of the day before is sent, that of the present seat.
    go_to(&site, "2026-12-09T10:00:00");
    while worker::outbox::step(&site.app).await.unwrap() {}
    let sent = mails_to(&site, "b@example.co.jp").await;
    let sent: Vec<_> =
        sent.iter().filter(|it| it.kind == "event_reminder" && it.state.code() == "sent").collect();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text_body.contains("参加方法：オンライン"));
    sound(&site).await;
}

#[actix_web::test]
async fn more_seats_are_offered_and_fewer_take_none_away() {
    let (site, editor, it) = held(Some(1), None).await;
    signed_up(&site, it.id, "a@example.co.jp", SeatKind::Venue).await;
    signed_up(&site, it.id, "b@example.co.jp", SeatKind::Venue).await;
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, event(Some(2), None), editor).await.unwrap();
    let it = publish_again(&site, editor, &edited).await;
    assert_eq!(status(&site, it.id, "b@example.co.jp").await, SignUpStatus::Offered);
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, event(Some(0), None), editor).await.unwrap();
    let it = publish_again(&site, editor, &edited).await;
    assert_eq!(status(&site, it.id, "a@example.co.jp").await, SignUpStatus::Seated);
    let offered = sign_up_of(&site, it.id, "b@example.co.jp").await;
    ops::gathering::accept(&site.app, offered.id).await.unwrap();
    site.get("/events/10001").await.shows("満席（空き待ち0名）");
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, event(None, Some(9)), editor).await.unwrap();
    let seen = Seen { id: edited.id, revision: edited.revision };
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let refused = ops::publication::publish(&site.app, seen, period, editor).await.unwrap_err();
    assert!(refused.to_string().contains("会場の席をなくせません"), "{refused}");
    sound(&site).await;
}

/// Two hundred people confirm at once for fifty seats: exactly fifty get one, each another, and all others wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_as_many_get_a_seat_as_there_are() {
    let site = Site::on_disk().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let it = published(&site, editor, event(Some(50), None)).await;
    let mut ids = Vec::new();
    for n in 0..200 {
        let form = person(&format!("p{n}@example{n}.co.jp"), SeatKind::Venue);
        ops::gathering::request(&site.app, it.id, form, &format!("network {n}")).await.unwrap();
    }
    for row in sign_up::Entity::find().all(&site.app.db).await.unwrap() {
        ids.push(domain::id::SignUpId(row.id));
    }
    let (barrier, mut people) = (Arc::new(Barrier::new(ids.len())), JoinSet::new());
    for id in ids {
        let (app, barrier) = (site.app.clone(), Arc::clone(&barrier));
        people.spawn(async move {
            barrier.wait().await;
            ops::gathering::confirm(&app, id).await.unwrap();
        });
    }
    while let Some(done) = people.join_next().await {
        done.unwrap();
    }
    let statuses = [SignUpStatus::Seated];
    let seated = store::gathering::sign_up::of_event(&site.app.db, it.id, &statuses).await.unwrap();
    let mut numbers: Vec<_> = seated.iter().filter_map(|it| it.state.number()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    let waiting =
        store::gathering::sign_up::of_event(&site.app.db, it.id, &[SignUpStatus::Waiting]).await.unwrap();
    assert_eq!(waiting.len(), 150);
    let news = outbox::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(news.iter().filter(|it| it.kind == "sign_up_seated").count(), 50);
    assert_eq!(news.iter().filter(|it| it.kind == "sign_up_waiting").count(), 150);
    sound(&site).await;
}
