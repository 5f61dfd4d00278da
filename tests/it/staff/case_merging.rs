//! Two cases that are one, and one that is two.
use std::collections::BTreeMap;

use chrono::TimeDelta;
use codes::Origin;
use domain::{
    actor::Actor,
    consultation::{
        MergeValue,
        correction::{CaseValues, CorrectedField, CorrectionSection},
    },
    field::{Field, Fields},
    intake::application::{Application, Intake},
    number::FiscalYear,
    text::Prose,
};
use entity::{application, consultation, contact, message};
use madoguchi::{
    doctor, ops,
    problem::Problem,
    store::{self, consultation::case_merge, correspondence::message::Audience},
    worker,
};
use ops::{
    case::actor::ActorAt,
    consultation::{
        correction::CorrectionCause,
        merge::{MergeChoice, SeenCase},
    },
    intake::apply::{AwaitedIn, Submitter},
};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    company, inbound,
    site::Site,
};

const OTHER: &str = "other@example.co.jp";

async fn says(site: &Site, case: Case, by: Actor, text: &str) {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, Audience::Everyone, &text).await.unwrap();
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn seen(site: &Site, case: Case) -> SeenCase {
    SeenCase { id: case.id, version: cases::record(site, case).await.version }
}

async fn merge(
    site: &Site,
    cast: &Cast,
    kept: Case,
    absorbed: Case,
    taken: &[MergeValue],
) -> Result<Uuid, Problem> {
    let reason = domain::text::TextLine::parse("理由", "同じ相談", 200).unwrap();
    let (kept, absorbed) = (seen(site, kept).await, seen(site, absorbed).await);
    let choice = MergeChoice { taken, reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, kept, absorbed, choice, cast.coordinator).await?;
    let all = case_merge::into(&site.app.db, kept.id).await.unwrap();
    Ok(all.into_iter().find(|it| it.0.absorbed == absorbed.id).unwrap().0.id)
}

/// Returns why a merge is refused.
async fn refusal(site: &Site, cast: &Cast, kept: Case, absorbed: Case) -> String {
    match merge(site, cast, kept, absorbed, &[]).await {
        Err(Problem::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_merged_case_is_shown_with_the_other_and_everything_leads_on() {
    let (site, cast) = center().await;
    let kept = cases::booked(&site, &cast, CONTACT).await;
    let absorbed = cases::received(&site, &cast, OTHER).await;
    says(&site, absorbed, Actor::Company, "先週も送りましたが、届いていますか。").await;
    assert!(cases::record(&site, kept).await.response.is_none());
    let with = absorbed.number.to_string();
    let page = site.get(&at(kept.number, &format!("/merge?with={with}"))).await;
    assert_eq!(page.status, 200);
    page.shows("会社名が一致");
    page.shows(OTHER);
    let version = cases::record(&site, absorbed).await.version.to_string();
    let form = [("with", with.as_str()), ("with_version", &version), ("reason", "同じ相談")];
    assert_eq!(act(&site, kept, "/merge", &form[..2]).await.status, 422, "a reason is needed");
    let stale = [("with", with.as_str()), ("with_version", "1"), ("reason", "同じ相談")];
    assert_eq!(act(&site, kept, "/merge", &stale).await.status, 409);
    done(&act(&site, kept, "/merge", &form).await);

    // The center: the number leads on, the thread and what waits in it are the kept case's.
    let reply = site.get(&at(absorbed.number, "")).await;
    assert_eq!((reply.status, reply.location), (303, Some(at(kept.number, ""))));
    site.get(&at(absorbed.number, "?view=history")).await.shows(&format!("{}に統合しました", kept.number));
    let thread = site.get(&at(kept.number, "?view=messages")).await;
    thread.shows("先週も送りましたが");
    assert!(cases::record(&site, kept).await.response.is_some(), "the message still waits");
    assert!(cases::record(&site, absorbed).await.response.is_none());
    let list = site.get("/staff?tab=unanswered").await;
    list.shows(&kept.number.to_string());
    assert!(!list.body.contains(&with));
    assert!(!site.get("/staff/consultations").await.body.contains(&with));
    let refused = act(&site, absorbed, "/start", &[]).await;
    assert_ne!(refused.status, 303);

    // The company: both contacts see one case under both numbers.
    for email in [CONTACT, OTHER] {
        let browser = site.visitor();
        company::sign_in(&browser, email).await;
        for case in [kept, absorbed] {
            let page = browser.get(&company::my(case, "/messages")).await;
            assert_eq!(page.status, 200);
            page.shows("先週も送りましたが");
            page.shows(&kept.number.to_string());
        }
    }
    // An answer by mail to the old case reaches the kept one.
    let to = site.app.reply_address(absorbed.id, OTHER);
    let mail = inbound::raw_mail(OTHER, &to, "Re: お申込み", "参加者は2名です。");
    assert_eq!(inbound::arrives(&site, &mail).await.state.code(), "attached");
    let thread = store::correspondence::message::of(&site.app.db, kept.id, Audience::Everyone).await.unwrap();
    assert!(thread.iter().any(|it| it.body.contains("参加者は2名です")));

    // The figures count it once.
    let year = FiscalYear::new(2026).unwrap();
    let filter = store::statistics::StatisticsFilter { year, field: None, prefecture: None };
    assert_eq!(store::statistics::of(&site.app.db, &filter).await.unwrap().received, 1);
    sound(&site).await;

    let merge = case_merge::into(&site.app.db, kept.id).await.unwrap().remove(0).0.id.to_string();
    site.get(&at(kept.number, "?view=same-company")).await.shows("統合を取り消す");
    done(&site.post(&at(kept.number, "/unmerge"), &[("merge", &merge)]).await);
    assert_eq!(site.get(&at(absorbed.number, "")).await.status, 200);
    assert!(cases::record(&site, absorbed).await.response.is_some(), "its clock runs again");
    assert_eq!(store::statistics::of(&site.app.db, &filter).await.unwrap().received, 2);
    sound(&site).await;
}

#[actix_web::test]
async fn a_merge_that_is_refused_says_why() {
    let (site, cast) = center().await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let matching = cases::matching(&site, &cast, OTHER).await;
    let received = cases::received(&site, &cast, "third@example.co.jp").await;
    let ended = cases::received(&site, &cast, "ended@example.co.jp").await;
    let withdraw = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, ended.id, None, cast.center(), withdraw).await.unwrap();
    assert!(refusal(&site, &cast, booked, booked).await.contains("同じ案件どうし"));
    assert!(refusal(&site, &cast, received, booked).await.contains("依頼または予約があります"));
    assert!(refusal(&site, &cast, booked, matching).await.contains("両方に"));
    assert!(refusal(&site, &cast, ended, received).await.contains("終了しています"));
    // An ended case can be merged into an open one, and nothing of it is lost.
    let id = merge(&site, &cast, received, ended, &[]).await.unwrap();
    assert_eq!(cases::state(&site, ended).await, "withdrawn");
    assert!(refusal(&site, &cast, booked, ended).await.contains("すでに"));
    assert!(refusal(&site, &cast, ended, booked).await.contains("すでに"));
    assert!(refusal(&site, &cast, booked, received).await.contains("統合されています"));
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    let twice = ops::consultation::merge::undo(&site.app, id, cast.coordinator).await;
    assert!(matches!(twice, Err(Problem::Refused(why)) if why == "この統合は、すでに取り消されています。"));
    // A case in which an appointment took place is the one that stays.
    let held = cases::consulted(&site, &cast, "held@example.co.jp").await;
    assert!(refusal(&site, &cast, received, held).await.contains("相談を実施しています"));
    merge(&site, &cast, held, received, &[]).await.unwrap();
    assert_eq!(cases::state(&site, received).await, "received");
    sound(&site).await;
}

#[actix_web::test]
async fn a_value_that_was_corrected_since_stands_in_the_way_of_undoing() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let mut form = cases::form(OTHER);
    form.phone = "090-1111-2222".to_owned();
    form.contact_name = "佐々木 花".to_owned();
    let absorbed = cases::unconfirmed(&site, &cast, &form).await;
    let taken = [MergeValue::Telephone, MergeValue::MailAddress, MergeValue::Contact];
    let id = merge(&site, &cast, kept, absorbed, &taken).await.unwrap();
    let person = store::consultation::person(&site.app.db, kept.id).await.unwrap().unwrap();
    assert_eq!(person.phone.as_deref(), Some("090-1111-2222"));
    assert_eq!(person.email.as_deref(), Some(OTHER));
    assert!(!cases::record(&site, kept).await.consultation.address_confirmed, "it is proved anew");
    // The link that went to the absorbed case's contact proves the address of both.
    ops::consultation::confirm_address(&site.app, absorbed.id, Actor::Company).await.unwrap();
    assert!(cases::record(&site, kept).await.consultation.address_confirmed);
    let by = cast.coordinator;
    let correct = async |phone: &str| {
        let page = site.get(&at(kept.number, "/correct/contact")).await;
        assert_eq!(page.status, 200);
        done(&act(&site, kept, "/correct/contact", &[("phone", phone)]).await);
    };
    correct("090-3333-4444").await;
    let before = world(&site).await;
    let Err(Problem::Refused(why)) = ops::consultation::merge::undo(&site.app, id, by).await else {
        panic!()
    };
    assert!(why.contains("電話番号") && !why.contains("メールアドレス"), "{why}");
    assert_eq!(world(&site).await, before, "nothing is undone in part");
    correct("090-1111-2222").await;
    ops::consultation::merge::undo(&site.app, id, by).await.unwrap();
    let person = store::consultation::person(&site.app.db, kept.id).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some(CONTACT));
    assert!(cases::record(&site, kept).await.consultation.address_confirmed, "as it was before the merge");
    sound(&site).await;
}

/// Returns everything that an undone merge has to restore of every case: all columns but the two counts that rise with
/// every act.
async fn world(site: &Site) -> BTreeMap<Uuid, (consultation::Model, application::Model, contact::Model)> {
    let db = &site.app.db;
    let mut written: BTreeMap<_, _> = application::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|it| (it.consultation_id, it))
        .collect();
    let mut contacts: BTreeMap<_, _> = contact::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|it| (it.consultation_id, it))
        .collect();
    let rows = consultation::Entity::find().order_by_asc(consultation::Column::Id).all(db).await.unwrap();
    rows.into_iter()
        .map(|it| {
            let it = consultation::Model { event_count: 0, version: 0, ..it };
            (it.id, (it.clone(), written.remove(&it.id).unwrap(), contacts.remove(&it.id).unwrap()))
        })
        .collect()
}

#[actix_web::test]
async fn an_undone_merge_restores_both_cases_exactly_after_random_merges_and_messages() {
    let (site, cast) = center().await;
    let mut seed = 11_u64;
    let mut dice = move |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % n
    };
    let mut all = Vec::new();
    for n in 0..6 {
        let mut form = cases::form(&format!("{n}@example.co.jp"));
        form.description = format!("相談{n}");
        form.prefecture = (n + 1).to_string();
        let case = cases::unconfirmed(&site, &cast, &form).await;
        if n % 2 == 0 {
            ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
        }
        if n % 3 == 0 {
            says(&site, case, Actor::Company, "質問です。").await;
        }
        all.push(case);
    }
    let before = world(&site).await;
    let mut merges: Vec<(Uuid, _)> = Vec::new();
    for _ in 0..40 {
        site.app.clock.advance(TimeDelta::minutes(1));
        let (kept, absorbed) = (all[dice(6)], all[dice(6)]);
        let taken: Vec<_> = MergeValue::ALL.into_iter().filter(|_| dice(3) == 0).collect();
        let earlier = world(&site).await;
        match merge(&site, &cast, kept, absorbed, &taken).await {
            Ok(id) => merges.push((id, earlier)),
            Err(Problem::Refused(_)) => assert_eq!(world(&site).await, earlier, "nothing happened"),
            Err(other) => panic!("{other}"),
        }
        while merges.len() > dice(4) {
            let (id, earlier) = merges.pop().unwrap();
            ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
            assert_eq!(world(&site).await, earlier);
        }
        sound(&site).await;
    }
    while let Some((id, earlier)) = merges.pop() {
        ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
        assert_eq!(world(&site).await, earlier);
    }
    assert_eq!(world(&site).await, before);
}

/// Returns the mails of this kind to a reader.
async fn of_kind(site: &Site, to: &str, kind: &str) -> Vec<entity::outbox::Model> {
    cases::mails_to(site, to).await.into_iter().filter(|it| it.kind == kind).collect()
}

#[actix_web::test]
async fn the_contact_of_an_absorbed_case_is_told_its_number_once_and_again_if_the_merge_is_undone() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let absorbed = cases::unconfirmed(&site, &cast, &cases::form(OTHER)).await;
    let id = merge(&site, &cast, kept, absorbed, &[]).await.unwrap();
    let mails = of_kind(&site, OTHER, "case_merged").await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    for said in [
        format!("これまでの受付番号：{}", absorbed.number),
        format!("これからの受付番号：{}", kept.number),
        "までに、センターからご連絡します。".to_owned(),
        "メールアドレスを確認し".to_owned(),
    ] {
        assert!(mail.text_body.contains(&said), "{said} in {}", mail.text_body);
    }
    assert!(!mail.text_body.contains("みなと"), "the address is not confirmed: {}", mail.text_body);
    assert!(of_kind(&site, CONTACT, "case_merged").await.is_empty(), "its number stays");
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    let mails = of_kind(&site, OTHER, "case_merged").await;
    let [_, undone] = &mails[..] else { panic!("{mails:?}") };
    assert!(undone.text_body.contains("もとの2つに戻しました"), "{}", undone.text_body);
    sound(&site).await;

    // A case that had ended was told so, and is not told of the merge nor of its end.
    let end = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, absorbed.id, None, Actor::Company, end).await.unwrap();
    let id = merge(&site, &cast, kept, absorbed, &[]).await.unwrap();
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    assert_eq!(of_kind(&site, OTHER, "case_merged").await.len(), 2);
    sound(&site).await;
}

#[actix_web::test]
async fn the_contact_of_an_absorbed_case_without_an_address_is_called_from_the_kept_one() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let mut form = cases::form("");
    (form.email, form.contact_name) = (String::new(), "佐々木 花".to_owned());
    let absorbed = cases::unconfirmed(&site, &cast, &form).await;
    let id = merge(&site, &cast, kept, absorbed, &[]).await.unwrap();
    assert!(cases::record(&site, kept).await.to_call_since.is_some());
    let page = site.get("/staff?tab=calls").await;
    page.shows(&format!(
        "統合した{}の担当者にも、続きの受付番号（{}）を伝える",
        absorbed.number, kept.number
    ));
    page.shows("佐々木 花");
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    assert!(cases::record(&site, absorbed).await.to_call_since.is_some(), "it is called again");
    assert_eq!(cases::record(&site, kept).await.to_call_since, None);
    sound(&site).await;
}

#[actix_web::test]
async fn everything_that_stands_in_the_way_of_a_merge_is_shown_before_the_form() {
    let (site, cast) = center().await;
    let kept = cases::booked(&site, &cast, CONTACT).await;
    let end = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, kept.id, None, Actor::Company, end).await.unwrap();
    let absorbed = cases::approved(&site, &cast, OTHER).await;
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    let page = site.get(&at(kept.number, &format!("/merge?with={}", absorbed.number))).await;
    page.shows("このままでは統合できません（3件）");
    page.shows(&format!("{}では、相談を実施しています", absorbed.number));
    page.shows(&format!("{}には、専門家への依頼または予約があります", absorbed.number));
    page.shows(&format!("{}は終了しています", kept.number));
    page.shows(&format!("{}のほうを残す", absorbed.number));
    assert!(!page.body.contains("案件を統合する</button>"), "no form: {}", page.body);
    let why = refusal(&site, &cast, kept, absorbed).await;
    assert!(why.contains("相談を実施しています") && why.contains("終了しています"), "{why}");
}

/// Makes a consultation of both fields that came by mail, with a second contact, themes of both fields and a place of its
/// own for the visit.
async fn with_everything(site: &Site, cast: &Cast) -> Case {
    let mut form = cases::form(CONTACT);
    form.field = vec!["ict".to_owned(), "labor".to_owned()];
    form.mode = "visit".to_owned();
    for (field, label) in [(Field::Ict, "セキュリティ"), (Field::Labor, "労働時間の管理")] {
        let label = domain::text::TextLine::parse("テーマ", label, 60).unwrap();
        ops::reference::settings::add_theme(&site.app, field, &label).await.unwrap();
    }
    let themes = site.app.programme().await.unwrap().themes.clone();
    let of = |field| themes.iter().find(|it| it.field == field).unwrap().code.clone();
    form.theme = vec![of(Field::Ict), of(Field::Labor)];
    let application = Application::parse(&form, Intake::OnBehalf).unwrap();
    let by = Submitter { origin: Origin::Mail, ..Submitter::from(cast.center()) };
    let taken = ops::intake::apply::take_down(&site.app, &application, by, Uuid::new_v4(), true).await;
    let taken = taken.unwrap();
    let case = Case { id: taken.consultation.id, number: taken.number };
    for (section, field, value) in [
        (CorrectionSection::Contact, CorrectedField::SecondName, "山田 三郎"),
        (CorrectionSection::Contact, CorrectedField::SecondPhone, "090-1234-5678"),
        (CorrectionSection::Request, CorrectedField::VisitPrefecture, "14"),
        (CorrectionSection::Request, CorrectedField::VisitPlace, "横浜市中区見本町4-5"),
        (CorrectionSection::Request, CorrectedField::Participants, "社長、総務部長"),
    ] {
        let mut typed = CaseValues::default();
        typed.set(field, value);
        let by = ActorAt::new(cast.center(), cases::record(site, case).await.version);
        let cause = CorrectionCause::default();
        ops::consultation::correction::correct(&site.app, case.id, by, section, &typed, cause).await.unwrap();
    }
    case
}

/// Fails unless the case that was split off has what the first one had, the two lead to each other, and the company was
/// told once which has what.
async fn inherited(site: &Site, case: Case, new: domain::id::ConsultationId) {
    let values = async |id| store::consultation::correction::values(&site.app.db, id).await.unwrap().unwrap();
    let (old, now) = (values(case.id).await, values(new).await);
    for section in CorrectionSection::ALL {
        for field in section.fields() {
            let differs =
                [CorrectedField::Fields, CorrectedField::Themes, CorrectedField::Description].contains(field);
            assert!(differs || old.get(*field) == now.get(*field), "{field}: {old:?} {now:?}");
        }
    }
    let programme = site.app.programme().await.unwrap();
    let field = |code: &str| programme.themes.iter().find(|it| it.code == code).unwrap().field;
    assert_eq!(old.themes().map(field).collect::<Vec<_>>(), [Field::Ict]);
    assert_eq!(now.themes().map(field).collect::<Vec<_>>(), [Field::Labor]);
    let first = cases::record(site, case).await;
    let second = store::consultation::find(&site.app.db, new).await.unwrap().unwrap();
    assert_eq!((first.origin, second.origin), (Origin::Mail, Origin::Mail));
    assert!(first.response.is_some() && second.response == first.response, "both wait for a response");
    let numbers = [(case.number, second.number), (second.number, case.number)];
    for (from, to) in numbers {
        site.get(&at(from, "?view=same-company"))
            .await
            .shows(&format!(r#"href="/staff/consultations/{to}""#));
        let related = store::consultation::related_case::of(
            &site.app.db,
            if from == case.number { case.id } else { new },
        );
        assert_eq!(related.await.unwrap().iter().map(|it| it.number).collect::<Vec<_>>(), [to]);
    }
    let mails = cases::mails_to(site, CONTACT).await;
    let about_new: Vec<_> = mails.iter().filter(|it| it.consultation_id == Some(new.0)).collect();
    let [mail] = about_new[..] else { panic!("{about_new:?}") };
    assert_eq!(mail.kind, "case_split");
    for said in [
        format!("元の相談　：{}（ICT）", case.number),
        format!("新しい相談：{}（労務管理）", second.number),
        "メッセージ1件は、新しい相談の画面に移しました。".to_owned(),
    ] {
        assert!(mail.text_body.contains(&said), "{said} in {}", mail.text_body);
    }
}

/// The coordinator says which case keeps the clock of a message that waits for a response; a company without an address
/// has to be called about the second number.
#[actix_web::test]
async fn a_message_that_waits_stays_with_the_chosen_case() {
    let (site, cast) = center().await;
    for (awaited, waiting) in
        [(AwaitedIn::First, [true, false]), (AwaitedIn::New, [false, true]), (AwaitedIn::Both, [true, true])]
    {
        let mut form = cases::form(CONTACT);
        form.email = String::new();
        let case = cases::unconfirmed(&site, &cast, &form).await;
        says(&site, case, Actor::Company, "規程についても相談したいです。").await;
        let off = ops::intake::apply::SplitOff {
            fields: Fields::Labor,
            leave: false,
            description: Prose::parse("相談", "就業規則の見直し", 100).unwrap(),
            messages: Vec::new(),
            awaited,
            key: Uuid::new_v4(),
        };
        let version = cases::record(&site, case).await.version;
        let new =
            ops::intake::apply::split(&site.app, case.id, version, &off, cast.coordinator).await.unwrap();
        let waits = [cases::record(&site, case).await.response.is_some(), new.response.is_some()];
        assert_eq!(waits, waiting);
        assert!(new.to_call_since.is_some());
    }
    sound(&site).await;
}

#[actix_web::test]
async fn a_case_is_split_with_its_messages_and_one_of_its_fields() {
    let (site, cast) = center().await;
    let case = with_everything(&site, &cast).await;
    says(&site, case, Actor::Company, "規程についても相談したいです。").await;
    says(&site, case, Actor::Company, "勤怠の件です。").await;
    let page = site.get(&at(case.number, "/split")).await;
    assert_eq!(page.status, 200);
    page.shows("規程についても");
    page.shows("返信していないメッセージに対応する案件");
    let thread = store::correspondence::message::of(&site.app.db, case.id, Audience::Everyone).await.unwrap();
    let moved = thread.iter().find(|it| it.body.contains("規程")).unwrap().id.to_string();
    let key = Uuid::new_v4().to_string();
    let fields =
        [("key", key.as_str()), ("field", "labor"), ("leave", "1"), ("message", &moved), ("awaited", "both")];
    assert_eq!(act(&site, case, "/split", &fields).await.status, 422, "the request is needed");
    let mut whole = fields.to_vec();
    whole.push(("description", "就業規則の見直しについて。"));
    let reply = act(&site, case, "/split", &whole).await;
    done(&reply);
    let again = act(&site, case, "/split", &whole).await;
    assert_eq!(again.location, reply.location, "a form sent twice makes one case");
    let rows =
        consultation::Entity::find().order_by_asc(consultation::Column::Number).all(&site.app.db).await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].company_id, rows[1].company_id);
    assert_eq!(cases::record(&site, case).await.consultation.fields, Fields::Ict);
    assert_eq!((rows[1].ict, rows[1].labor), (false, true));
    let messages = message::Entity::find().filter(message::COLUMN.consultation_id.eq(rows[1].id));
    assert_eq!(messages.all(&site.app.db).await.unwrap().len(), 1);
    site.get(&at(case.number, "?view=history")).await.shows("に分けました");
    sound(&site).await;
    inherited(&site, case, domain::id::ConsultationId(rows[1].id)).await;

    // While an expert is asked, no field can leave.
    let busy = cases::matching(&site, &cast, OTHER).await;
    let version = cases::record(&site, busy).await.version;
    let off = ops::intake::apply::SplitOff {
        fields: Fields::Ict,
        leave: true,
        description: Prose::parse("相談", "別の相談", 100).unwrap(),
        messages: Vec::new(),
        awaited: AwaitedIn::Both,
        key: Uuid::new_v4(),
    };
    let refused = ops::intake::apply::split(&site.app, busy.id, version, &off, cast.coordinator).await;
    assert!(matches!(refused, Err(Problem::Refused(_))));
    let kept = ops::intake::apply::SplitOff { leave: false, ..off };
    ops::intake::apply::split(&site.app, busy.id, version, &kept, cast.coordinator).await.unwrap();
    assert_eq!(cases::state(&site, busy).await, "matching");
    sound(&site).await;
}

/// A request that was promised a contact is not lost in a case in which the center has nothing else to do.
#[actix_web::test]
async fn a_promised_contact_goes_on_in_a_case_that_is_followed_up() {
    let (site, cast) = center().await;
    let kept = cases::approved(&site, &cast, CONTACT).await;
    let desk = crate::office::desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let absorbed = cases::received(&site, &cast, OTHER).await;
    consultation::Entity::update_many()
        .col_expr(consultation::Column::DeskId, sea_orm::sea_query::Expr::value(desk.0))
        .col_expr(consultation::Column::Origin, sea_orm::sea_query::Expr::value("desk"))
        .filter(consultation::COLUMN.id.eq(absorbed.id.0))
        .exec(&site.app.db)
        .await
        .unwrap();
    let id = merge(&site, &cast, kept, absorbed, &[]).await.unwrap();
    let due = cases::record(&site, kept).await.response.unwrap().due_at;
    let day = domain::wording::month_day_weekday(due);
    let mails = of_kind(&site, OTHER, "case_merged").await;
    assert!(
        mails[0].text_body.contains(&format!("{day}までに、センターからご連絡します。")),
        "{}",
        mails[0].text_body
    );
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    site.get("/staff?tab=unanswered").await.shows(&kept.number.to_string());
    let results = of_kind(&site, "desk1@example.jp", "hand_over_result").await;
    assert!(
        results[0].text_body.contains(&format!("{day}までに、センターから企業へ連絡します。")),
        "{}",
        results[0].text_body
    );
    let desk = site.visitor();
    assert_eq!(desk.sign_in("desk1@example.jp", crate::site::PASSWORD).await.status, 303);
    desk.get(&format!("/desk/{}", absorbed.number)).await.shows(&format!("企業への連絡の期限：{day}。"));
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    assert!(cases::record(&site, kept).await.response.is_none());
    assert_eq!(of_kind(&site, "desk1@example.jp", "hand_over_result").await.len(), 2);
    sound(&site).await;
}
