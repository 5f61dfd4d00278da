//! The traces of an act, and by which words two companies of one name are told apart.
use chrono::{NaiveTime, TimeDelta, Weekday};
use domain::{
    booking::availability::{Day, Exception, ExceptionChange, Span, WeeklyRule},
    calendar::japan_date,
};
use madoguchi::{
    ops::{
        self,
        booking::substitute::SubstituteConsent,
        routing::expert::{AvailabilityChange, change_availability},
    },
    store::{self, booking::substitute::Participation},
};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, record},
    site::{PASSWORD, Site},
};

fn span(from: u32, to: u32) -> Span {
    let hour = |it| NaiveTime::from_hms_opt(it, 0, 0).unwrap();
    Span::between(hour(from), hour(to)).unwrap()
}

#[actix_web::test]
async fn the_history_names_the_substitute_whose_request_is_withdrawn() {
    let (site, cast) = center().await;
    let sato = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let participation = Participation { appointment: appointment(&site, case).await.id, expert: cast.expert };
    let ask = async || {
        let version = record(&site, case).await.version;
        let consent = SubstituteConsent::Asked;
        ops::booking::substitute::ask(&site.app, participation, sato, version, cast.center(), consent)
            .await
            .unwrap();
    };
    let said = "佐藤 次郎さんへの、代わりの担当の依頼を取り消しました";
    let named = async || {
        let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
        history.into_iter().filter(|it| it.note.as_deref() == Some(said)).map(|it| it.by).collect::<Vec<_>>()
    };
    ask().await;
    let version = record(&site, case).await.version;
    ops::booking::substitute::withdraw_request(&site.app, participation, version, cast.center())
        .await
        .unwrap();
    assert_eq!(named().await, [cast.center()]);
    // Also if the request ends with something else.
    ask().await;
    done(&act(&site, case, "/cancel", &[("reason", "都合"), ("said_by", "center")]).await);
    assert_eq!(named().await, [cast.center(), domain::actor::Actor::System]);
    site.get(&at(case.number, "?view=history")).await.shows(said);
}

#[actix_web::test]
async fn a_change_of_a_schedule_says_who_has_changed_what() {
    let (site, cast) = center().await;
    let change = async |it| change_availability(&site.app, cast.expert, it).await.unwrap();
    let rules = store::routing::expert::entries(&site.app.db, cast.expert).await.unwrap().rules;
    let monday = rules.iter().find(|it| it.1.weekday == Weekday::Mon).unwrap().0;
    change(AvailabilityChange::RemoveRule(monday)).await;
    let rule = WeeklyRule { weekday: Weekday::Mon, span: span(13, 16), valid_from: None, valid_until: None };
    change(AvailabilityChange::AddRule(rule)).await;
    let day = japan_date(site.app.clock.now() + TimeDelta::days(5));
    change(AvailabilityChange::AddException(Exception { date: day, change: ExceptionChange::RemoveAll }))
        .await;
    change(AvailabilityChange::SetDay(day, span(9, 12).day())).await;
    change(AvailabilityChange::ResetDay(day)).await;
    change(AvailabilityChange::SetDay(day, Day::NONE)).await;
    let lines = [
        "毎週月曜日の空き：9:00から17:00 → なし",
        "毎週月曜日の空き：なし → 13:00から16:00",
        "2026年（令和8年）11月25日（水）の空き：9:00から17:00 → なし",
        "2026年（令和8年）11月25日（水）の空き：なし → 9:00から12:00",
        "2026年（令和8年）11月25日（水）の空き：9:00から12:00 → 9:00から17:00",
    ];
    let changes = store::audit::schedule_change::of_expert(&site.app.db, cast.expert, 50).await.unwrap();
    for line in lines {
        assert!(changes.iter().any(|it| it.what == line && it.name == "山田 太郎"), "{line} in {changes:?}");
    }
    // The center and the expert read them where they look at the schedule.
    let page = site.get("/staff/absences").await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let own = expert.get("/expert/availability").await;
    own.shows("変更の記録");
    for line in lines {
        page.shows(line);
        own.shows(line);
    }
    page.shows("本人");
    // Another expert reads their own alone.
    cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Ict).await;
    let other = site.visitor();
    assert_eq!(other.sign_in("sato@example.jp", PASSWORD).await.status, 303);
    assert!(!other.get("/expert/availability").await.body.contains("13:00から16:00"));
}

/// Makes a consultation of a company named 「みなと製作所」 in another city, with its own number.
async fn namesake(site: &Site, cast: &Cast, email: &str, city: &str) -> Case {
    let form = domain::intake::application::ApplicationForm { city: city.to_owned(), ..cases::form(email) };
    let case = cases::unconfirmed(site, cast, &form).await;
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    case
}

#[actix_web::test]
async fn companies_of_one_name_are_told_apart_wherever_a_list_names_them() {
    let (site, cast) = center().await;
    let one = cases::received(&site, &cast, CONTACT).await;
    let list = site.get("/staff").await;
    assert!(!list.body.contains("港区"), "one company of that name needs no place");
    let other = namesake(&site, &cast, "other@example.co.jp", "大阪市").await;
    let both = async |page: &str| {
        let reply = site.get(page).await;
        reply.shows("港区");
        reply.shows("大阪市");
    };
    both("/staff").await;
    both("/staff/consultations?q=0300000000").await;
    both("/staff/plan").await;
    for case in [one, other] {
        let form =
            [("title", "電話する"), ("due_on", "2026-11-24"), ("owner", &*cast.coordinator.to_string())];
        site.post(&at(case.number, "/tasks"), &form).await;
    }
    both("/staff/tasks?list=open").await;
    let related = [("with", &*other.number.to_string()), ("related_note", "")];
    done(&act(&site, one, "/related", &related).await);
    site.get(&at(one.number, "?view=same-company")).await.shows("株式会社みなと製作所（大阪市");
    let (to, [one, other]) = (cast.coordinator.to_string(), [one, other].map(|it| it.number.to_string()));
    let form = [("to", &*to), ("back", "center"), ("case", &*one), ("case", &*other)];
    let page = site.post("/staff/transfer", &form).await;
    page.shows("株式会社みなと製作所（港区）");
    page.shows("株式会社みなと製作所（大阪市）");
}
