//! Time and silence: opening and closing, an address that is never proved, no person who decides, and the erasure.
use entity::outbox;

use super::*;

#[actix_web::test]
async fn registrations_are_taken_from_the_first_day_to_the_last() {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let mut content = month(2026);
    if let Facts::Campaign(facts) = &mut content.facts {
        // The registration opens later than the period begins.
        facts.opens_on = "2026-11-24".parse().unwrap();
        facts.closes_on = "2026-11-26".parse().unwrap();
    }
    let it = published(&site, editor, content).await;
    site.get("/month").await.shows("11月24日（火）から受け付けます");
    site.get("/month/register").await.shows("いまは、登録を受け付けていません");
    site.get("/").await.shows("テレワーク月間2026");
    let early = site.post("/month/register", &typed("みほん", "a@example.co.jp")).await;
    early.shows("いまは、登録を受け付けていません");
    let request = company("みほん", "a@example.co.jp", false, 2);
    assert!(ops::campaign::request(&site.app, it.id, request.clone(), "n").await.is_err());
    go_to(&site, "2026-11-24T00:00:00");
    site.get("/month").await.shows("登録を申し込む");
    approved(&site, it.id, editor, "みほん", "a@example.co.jp", false).await;
    go_to(&site, "2026-11-27T00:00:00");
    let closed = site.get("/month").await;
    closed.shows("登録の受付は終わりました");
    closed.shows("次の受付の日は、決まりしだい");
    closed.shows("みほん</th>");
    assert!(ops::campaign::request(&site.app, it.id, request, "n").await.is_err());
    // The next month is announced: the form says when it opens, and the list of this one stays.
    let next = published(&site, editor, month(2027)).await;
    site.get("/month/register").await.shows("2027年（令和9年）9月1日（水）から受け付けます");
    go_to(&site, "2026-12-05T00:00:00");
    site.get("/month/2026").await.shows("この月間は終わりました");
    site.get("/month/2026").await.shows("みほん</th>");
    site.get("/month").await.shows("テレワーク月間2027");
    hides(&site.get("/").await, "テレワーク月間20");
    go_to(&site, "2027-09-01T00:00:00");
    site.get("/").await.shows("テレワーク月間2027");
    approved(&site, next.id, editor, "みほん", "a@example.co.jp", false).await;
    sound(&site).await;
}

/// Two months take registrations at the same time: the form is for the later one, and both lists are open.
#[actix_web::test]
async fn two_months_that_overlap_do_not_mix() {
    let (site, editor, it) = open().await;
    let mut content = month(2027);
    if let Facts::Campaign(facts) = &mut content.facts {
        facts.opens_on = "2026-11-10".parse().unwrap();
    }
    let later = published(&site, editor, content).await;
    site.get("/month").await.shows("テレワーク月間2027");
    let form = site.get("/month/register").await;
    form.shows("テレワーク月間2027の登録");
    let reply = site.visitor().post("/month/register", &typed("みほん", "a@example.co.jp")).await;
    assert_eq!(reply.status, 303);
    assert_eq!(of(&site, "a@example.co.jp").await.campaign, later.id);
    approved(&site, it.id, editor, "今年の会社", "b@example.co.jp", false).await;
    site.get("/month/2026").await.shows("今年の会社");
    hides(&site.get("/month/2027").await, "今年の会社");
    sound(&site).await;
}

#[actix_web::test]
async fn an_address_that_is_never_proved_is_erased() {
    let (site, editor, it) = open().await;
    let visitor = site.visitor();
    assert_eq!(visitor.post("/month/register", &typed("みほん", "a@example.co.jp")).await.status, 303);
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_prove");
    let unproved = of(&site, "a@example.co.jp").await;
    assert!(ops::campaign::approve(&site.app, seen(&unproved), editor).await.is_err());
    send(&site).await;
    site.app.clock.advance(TimeDelta::hours(24));
    let late = visitor.post(&page, &[("action", "prove")]).await;
    assert_eq!(late.status, 409);
    late.shows("確認の期限が過ぎました");
    worker::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(visitor.get(&page).await.status, 410);
    assert!(registration_row::Entity::find().all(&site.app.db).await.unwrap().is_empty());
    let mails = outbox::Entity::find().all(&site.app.db).await.unwrap();
    assert!(mails.iter().all(|it| !it.recipient.contains("a@example") && !it.text_body.contains("/m/")));
    // The same person may register again, and may drop the form at once.
    assert_eq!(visitor.post("/month/register", &typed("みほん", "a@example.co.jp")).await.status, 303);
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_prove");
    assert_eq!(visitor.post(&page, &[("action", "withdraw")]).await.status, 303);
    assert!(registration_row::Entity::find().all(&site.app.db).await.unwrap().is_empty());
    let _ = it;
    sound(&site).await;
}

#[actix_web::test]
async fn the_center_is_reminded_until_it_decides() {
    let (site, editor, it) = open().await;
    site.account(Role::Coordinator, "center@example.jp").await;
    let settings = site.app.programme().await.unwrap();
    let center = settings.settings_at(site.app.clock.now()).center_email.clone();
    let reminders = async || {
        work(&site).await;
        kinds(&site, &center).await.iter().filter(|it| *it == "registrations_waiting").count()
    };
    // 20 November 2026 is a Friday, and Monday is a holiday.
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    assert_eq!(reminders().await, 0);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    site.get("/staff").await.shows("承認を待っている登録があります");
    go_to(&site, "2026-11-25T09:59:00");
    assert_eq!(reminders().await, 0);
    go_to(&site, "2026-11-25T10:00:00");
    assert_eq!(reminders().await, 1);
    go_to(&site, "2026-11-26T18:00:00");
    assert_eq!(reminders().await, 1, "not every day");
    go_to(&site, "2026-11-27T10:00:00");
    assert_eq!(reminders().await, 2, "and not once alone");
    // The month ends with the registration waiting: it can still be approved.
    go_to(&site, "2026-12-02T10:00:00");
    assert_eq!(reminders().await, 3);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    site.get("/staff/publish/month").await.shows("承認待ちの登録が1件あります");
    let archive = [("revision", it.revision.to_string())];
    let archive: Vec<_> = archive.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.post(&format!("/staff/publish/month/{}/archive", it.id), &archive).await;
    assert_eq!(reply.status, 409, "it must not be forgotten");
    ops::campaign::approve(&site.app, seen(&first), editor).await.unwrap();
    go_to(&site, "2026-12-20T10:00:00");
    assert_eq!(reminders().await, 3);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    hides(&site.get("/staff").await, "承認を待っている登録");
    sound(&site).await;
}

#[actix_web::test]
async fn a_registration_that_nobody_decides_about_ends_with_a_word() {
    let (site, editor, it) = open().await;
    waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    approved(&site, it.id, editor, "旧名", "b@example.co.jp", false).await;
    let page = link(&mails_to(&site, "b@example.co.jp").await, "registration_approved");
    assert_eq!(site.post(&page, &with(typed("新名", ""), &[("action", "change")])).await.status, 303);
    go_to(&site, "2026-12-30T23:00:00");
    work(&site).await;
    assert_eq!(status(&of(&site, "a@example.co.jp").await), RegistrationStatus::Waiting);
    go_to(&site, "2026-12-31T00:00:00");
    work(&site).await;
    work(&site).await;
    assert_eq!(status(&of(&site, "a@example.co.jp").await), RegistrationStatus::Lapsed);
    let back = of(&site, "b@example.co.jp").await;
    assert_eq!((status(&back), back.life.wanted.name.as_str()), (RegistrationStatus::Approved, "旧名"));
    for email in ["a@example.co.jp", "b@example.co.jp"] {
        let all = kinds(&site, email).await;
        assert_eq!(all.iter().filter(|it| *it == "registration_lapsed").count(), 1, "{email}");
    }
    let lapsed = of(&site, "a@example.co.jp").await;
    ops::campaign::approve(&site.app, seen(&lapsed), editor).await.unwrap();
    site.get("/month/2026").await.shows("みほん</th>");
    sound(&site).await;
}

#[actix_web::test]
async fn persons_and_addresses_are_erased_and_organisations_stay_in_the_list() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "みほん", "a@example.co.jp", true).await;
    let person = with(typed("個人 花子", "b@example.co.jp"), &[("kind", "individual"), ("kana", "コジン")]);
    assert_eq!(site.visitor().post("/month/register", &person).await.status, 303);
    let person = of(&site, "b@example.co.jp").await;
    ops::campaign::prove(&site.app, person.id).await.unwrap();
    let person = of(&site, "b@example.co.jp").await;
    ops::campaign::approve(&site.app, seen(&person), editor).await.unwrap();
    let gone = approved(&site, it.id, editor, "取り下げた会社", "c@example.co.jp", false).await;
    ops::campaign::withdraw(&site.app, gone.id).await.unwrap();
    send(&site).await;
    site.get("/month/2026").await.shows("個人 花子");
    let personal = async |text: &str| {
        let rows = registration_row::Entity::find().all(&site.app.db).await.unwrap();
        let mails = outbox::Entity::find().all(&site.app.db).await.unwrap();
        format!("{rows:?} {mails:?}").contains(text)
    };
    site.app.clock.advance(TimeDelta::days(89));
    work(&site).await;
    assert!(personal("c@example.co.jp").await);
    site.app.clock.advance(TimeDelta::days(2));
    work(&site).await;
    assert!(!personal("c@example.co.jp").await, "what was withdrawn is erased first");
    assert!(personal("a@example.co.jp").await);
    go_to(&site, "2027-12-01T00:00:00");
    work(&site).await;
    for text in ["a@example.co.jp", "b@example.co.jp", "佐藤 一郎", "個人 花子", "018-123-4567"] {
        assert!(!personal(text).await, "{text}");
    }
    let list = site.get("/month/2026").await;
    list.shows("みほん</th>");
    hides(&list, "個人 花子");
    let figures = store::campaign::statistics::of(&site.app.db, it.id).await.unwrap();
    assert_eq!(figures.total, 2, "the counts stay");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let desk = site.get(&format!("/staff/month/{}", it.id)).await;
    desk.shows("消去しました");
    desk.shows("（消去済み）");
    sound(&site).await;
}

/// The registrant's address bounces: the staff sees it, and nothing is promised by mail that cannot arrive.
#[actix_web::test]
async fn an_address_that_no_mail_reaches_is_shown_to_the_staff() {
    let (site, _, it) = open().await;
    let first = waiting(&site, it.id, "みほん", "a@example.co.jp", false).await;
    let tx = site.app.begin().await.unwrap();
    let bounce = store::correspondence::bounce::Bounce {
        reported_by: None,
        address: "a@example.co.jp".to_owned(),
        mail: None,
        consultation: None,
        permanent: true,
        status: "5.1.1".to_owned(),
        diagnostic: "no such user".to_owned(),
    };
    store::correspondence::bounce::note(&tx, bounce, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/month/{}/registrations/{}", it.id, first.id);
    let shown = site.get(&page).await;
    shown.shows("メールが届きません");
    shown.shows("tel:0181234567");
    site.get(&format!("/staff/month/{}", it.id)).await.shows("（メール不達）");
}
