//! Taking an application down on the telephone.
use madoguchi::{ops, store};
use uuid::Uuid;

use super::{at, center};
use crate::cases;

const KEY: &str = "0193f0a0-0000-7000-8000-000000000001";

fn call() -> Vec<(&'static str, &'static str)> {
    vec![
        ("key", KEY),
        ("company_name", "合同会社あおば"),
        ("contact_name", "伊藤 花"),
        ("phone", "０３ー００００ー０００１"),
        ("field", "labor"),
        ("description", "テレワーク規程を作りたい。"),
        ("mode", "either"),
        ("consent", "yes"),
    ]
}

#[actix_web::test]
async fn a_call_becomes_one_consultation_however_often_it_is_sent() {
    let (site, _) = center().await;
    site.get("/staff/new").await.shows("電話受付を登録する");
    let mut form = call();
    form.push(("address_confirmed", "1"));
    let reply = site.post("/staff/new", &form).await;
    assert_eq!(reply.location.as_deref(), Some("/staff/consultations/R08-000001"), "{}", reply.body);
    let again = site.post("/staff/new", &form).await;
    assert_eq!(again.location.as_deref(), Some("/staff/consultations/R08-000001"));
    let number = domain::number::CaseNumber::parse("R08-000001").unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    assert!(record.consultation.address_confirmed);
    let page = site.get(&at(number, "")).await;
    page.shows("（電話）");
    page.shows("受付番号 R08-000001 で登録しました。");
}

/// The way by which a request came is kept and counted: mail is mail, and a visit is a visit.
#[actix_web::test]
async fn a_request_counts_by_the_way_it_came() {
    let (site, _) = center().await;
    let desk = cases::desk(&site, "みなみ窓口", "13").await.to_string();
    let send = async |n: u128, company: &str, more: &[(&'static str, &str)]| {
        let key = Uuid::from_u128(n).to_string();
        let mut form: Vec<_> =
            call().into_iter().filter(|it| !matches!(it.0, "key" | "company_name")).collect();
        form.extend([("key", key.as_str()), ("company_name", company)]);
        form.extend(more.iter().copied());
        site.post("/staff/new", &form).await
    };
    for (n, company, origin) in [(1, "甲社", "mail"), (2, "乙社", "visit"), (3, "丙社", "phone")] {
        assert_eq!(send(n, company, &[("origin", origin)]).await.status, 303);
    }
    for (origin, said) in [("desk", "引き継いだ一次相談窓口を選択"), ("web", "受付の方法を選択")]
    {
        let refused = send(4, "丁社", &[("origin", origin)]).await;
        assert_eq!(refused.status, 422);
        refused.shows(said);
    }
    assert_eq!(send(4, "丁社", &[("origin", "desk"), ("desk", &desk)]).await.status, 303);
    site.get("/staff/consultations/R08-000001").await.shows("（メール）");
    site.get("/staff/consultations/R08-000004").await.shows("みなみ窓口");
    let stats = site.get("/stats").await;
    for label in ["メール", "来所", "電話", "一次相談窓口"] {
        stats.shows(label);
    }
    let number = domain::number::CaseNumber::parse("R08-000002").unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    assert_eq!(record.origin, store::consultation::Origin::Visit);
}

#[actix_web::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_lost() {
    let (site, _) = center().await;
    let form = [("key", KEY), ("company_name", "<あおば>"), ("employees", "約十人"), ("field", "tax")];
    let reply = site.post("/staff/new", &form).await;
    assert_eq!(reply.status, 422);
    for text in [
        "&#60;あおば&#62;",
        "約十人",
        "相談の分野を選択してください",
        "担当者の氏名を入力してください",
        "電話番号またはメールアドレスを入力してください",
        "従業員数は、0以上の整数で入力してください",
        "同意を得た場合はチェックしてください",
        "<title>エラー：",
        KEY,
    ] {
        reply.shows(text);
    }
    let no_key: Vec<_> = call().into_iter().filter(|it| it.0 != "key").collect();
    let reply = site.post("/staff/new", &no_key).await;
    assert_eq!(reply.status, 200, "the form comes back with a key");
    reply.shows("合同会社あおば");
}

#[actix_web::test]
async fn the_same_company_is_noticed_before_it_is_saved() {
    let (site, cast) = center().await;
    let mut earlier = cases::form("a@example.co.jp");
    earlier.company_name = "あおば（同）".to_owned();
    let earlier = cases::unconfirmed(&site, &cast, &earlier).await;
    let warned = site.post("/staff/new", &call()).await;
    assert_eq!(warned.status, 409);
    warned.shows("同じ企業の相談案件があるかもしれません");
    warned.shows("会社名が一致（表記の違いを除く）");
    warned.shows("テレワーク規程を作りたい。");
    warned.shows(&format!("name=\"seen\" value=\"{}\"", earlier.number));
    let key = Uuid::parse_str(KEY).unwrap().to_string();
    assert!(store::consultation::by_submission_key(&site.app.db, &key).await.unwrap().is_none());

    let seen = earlier.number.to_string();
    let mut form = call();
    form.push(("seen", &seen));
    let saved = site.post("/staff/new", &form).await;
    assert_eq!(saved.location.as_deref(), Some("/staff/consultations/R08-000002"));
    let page = site.get("/staff/consultations/R08-000002").await;
    page.shows("同じ企業の可能性がある相談（1件）");
    let page = site.get("/staff/consultations/R08-000002?view=same-company").await;
    page.shows(&seen);
}

/// A time is agreed during the call: it is held while the form is typed, and the expert is asked for it at once.
#[actix_web::test]
async fn a_time_is_agreed_in_the_same_call() {
    let (site, cast) = center().await;
    let with = |more: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        let form = call().into_iter().map(|(name, value)| (name, value.to_owned()));
        form.chain(more.iter().cloned()).collect()
    };
    let send = async |form: &[(&'static str, String)]| {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        site.post("/staff/new", &form).await
    };
    let topicless = site.post("/staff/new", &[("action", "times")]).await;
    assert_eq!(topicless.status, 409);
    topicless.shows("先に、相談したいことを入力してください。");
    let times = send(&with(&[("action", "times".to_owned())])).await;
    assert_eq!(times.status, 200);
    times.shows("この日時を押さえる");
    times.shows("合同会社あおば");
    let none = send(&with(&[("action", "hold".to_owned())])).await;
    none.shows("日時を選択してください。");
    let slot = times.body.split("name=\"slot\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let slot = slot.split('"').next().unwrap().to_owned();
    let held = send(&with(&[("action", "hold".to_owned()), ("slot", slot.clone())])).await;
    assert_eq!(held.status, 200, "{}", held.body);
    held.shows("まで押さえています");
    let draft =
        held.body.split("name=\"draft\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(!draft.is_empty());

    let confirmed = ("address_confirmed", "1".to_owned());
    let saved = send(&with(&[("draft", draft.clone()), confirmed.clone()])).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let number = saved.location.unwrap().rsplit('/').next().unwrap().to_owned();
    let number = domain::number::CaseNumber::parse(&number).unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    assert_eq!(record.consultation.state.code(), "matching", "the expert is asked for the agreed time");
    let all = store::booking::appointment::of(&site.app.db, record.consultation.id).await.unwrap();
    assert_eq!(
        ops::intake::apply::slot_value(domain::booking::availability::Slot::at(all[0].starts_at).unwrap()),
        slot
    );
    assert_eq!(all[0].experts, vec![cast.expert]);
    let twice = send(&with(&[("draft", draft), confirmed])).await;
    assert_eq!(twice.location, Some(format!("/staff/consultations/{number}")), "sent twice");

    // A hold that is over is said, and nothing typed is lost.
    let key = ("key", Uuid::new_v4().to_string());
    let other: Vec<_> = with(&[]).into_iter().filter(|it| it.0 != "key").chain([key]).collect();
    let add = |more: &[(&'static str, String)]| other.iter().chain(more).cloned().collect::<Vec<_>>();
    let times = send(&add(&[("action", "times".to_owned())])).await;
    let slot = times.body.split("name=\"slot\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let slot = slot.split('"').next().unwrap().to_owned();
    let held = send(&add(&[("action", "hold".to_owned()), ("slot", slot)])).await;
    let draft =
        held.body.split("name=\"draft\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    site.app.clock.advance(chrono::TimeDelta::minutes(16));
    let seen = ("seen", number.to_string());
    let late = send(&add(&[("draft", draft), seen])).await;
    assert_eq!(late.status, 409);
    late.shows("お取り置きの期限が過ぎました");
    late.shows("合同会社あおば");
}

/// A time that is ticked and not held before the form is sent is held in the same step, and never dropped without a word.
#[actix_web::test]
async fn a_ticked_time_is_held_when_the_form_is_sent() {
    let (site, cast) = center().await;
    let send = async |more: &[(&'static str, &str)]| {
        let own: Vec<_> = call().into_iter().filter(|it| more.iter().all(|own| own.0 != it.0)).collect();
        let form: Vec<_> = own.iter().map(|it| (it.0, it.1)).chain(more.iter().copied()).collect();
        site.post("/staff/new", &form).await
    };
    let draft_of = |body: &str| {
        body.split("name=\"draft\" value=\"").nth(1).unwrap().split('"').next().map(str::to_owned)
    };
    let times = send(&[("action", "times")]).await;
    let slot = times.body.split("name=\"slot\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let slot = slot.split('"').next().unwrap().to_owned();
    // It is held while a mistake in the form is put right.
    let wrong = send(&[("slot", &slot), ("employees", "約十人")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("まで押さえています");
    let draft = draft_of(&wrong.body).unwrap();
    let saved = send(&[("draft", &draft), ("address_confirmed", "1")]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let number = domain::number::CaseNumber::parse("R08-000001").unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    assert_eq!(record.consultation.state.code(), "matching");
    let all = store::booking::appointment::of(&site.app.db, record.consultation.id).await.unwrap();
    assert_eq!((all.len(), &all[0].experts), (1, &vec![cast.expert]));
    let twice = send(&[("slot", &slot), ("address_confirmed", "1")]).await;
    assert_eq!(twice.location.as_deref(), Some("/staff/consultations/R08-000001"), "sent twice");

    // A time that is taken meanwhile is said, and nothing is registered.
    let (key, seen) = (Uuid::new_v4().to_string(), number.to_string());
    let late = send(&[("key", &key), ("seen", &seen), ("slot", &slot)]).await;
    assert_eq!(late.status, 409);
    late.shows("空いている日時");
    late.shows("合同会社あおば");
    assert!(store::consultation::by_submission_key(&site.app.db, &key).await.unwrap().is_none());

    // So is a time that ran out while a mistake was put right.
    let other = late.body.split("name=\"slot\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let other = other.split('"').next().unwrap();
    let held = send(&[("key", &key), ("seen", &seen), ("action", "hold"), ("slot", other)]).await;
    let draft = draft_of(&held.body).unwrap();
    site.app.clock.advance(chrono::TimeDelta::minutes(16));
    let over = send(&[("key", &key), ("seen", &seen), ("draft", &draft), ("employees", "約十人")]).await;
    assert_eq!(over.status, 422);
    over.shows("お取り置きの期限が過ぎました");

    // A coordinator who gives the time up says so.
    let none = send(&[("key", &key), ("seen", &seen), ("slot", other), ("action", "release")]).await;
    assert!(!none.body.contains(" checked><span><span class=\"vh\">"), "{}", none.body);
}
