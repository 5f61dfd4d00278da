//! The follow-up programme: previewing it, saving it, and its effect on planned follow-ups.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    aftercare::follow_up::{
        FollowUp, FollowUpAnswer, FollowUpState, Kind, Progress, ProgressAnswer, SurveyAgreement,
        SurveyAnswer,
    },
};
use entity::{consultation, follow_up_programme};
use madoguchi::{demo::fill, doctor, ops, store};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Reply, Site},
    tables,
};

const HERE: &str = "/admin/follow-up/2026";

struct Office {
    site: Site,
    cast: Cast,
    case: Case,
}

/// Makes a site on which a report is approved and an administrator is signed in.
async fn office() -> Office {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    Office { site, cast, case }
}

impl Office {
    async fn plan(&self) -> Vec<FollowUp> {
        store::aftercare::follow_up::of(&self.site.app.db, self.case.id).await.unwrap()
    }

    async fn due(&self, kind: Kind) -> Option<DateTime<Utc>> {
        self.plan().await.into_iter().find(|it| it.kind == kind).map(|it| it.due_at)
    }

    /// Moves the clock by `wait` and sends what is due.
    async fn wait(&self, wait: TimeDelta) {
        self.site.app.clock.advance(wait);
        let now = self.site.app.clock.now();
        for due in store::aftercare::follow_up::due(&self.site.app.db, now, &[], 10).await.unwrap() {
            ops::aftercare::follow_up::send(&self.site.app, domain::id::FollowUpId(due)).await.unwrap();
        }
        // The administrator's session may have ended in the meantime.
        assert_eq!(self.site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    }

    async fn take(&self, preview: &Reply) -> Reply {
        let version = between(&preview.body, "name=\"version\" value=\"", "\"");
        let steps = between(&preview.body, "name=\"steps\" value=\"", "\"");
        let steps = steps.replace("&#34;", "\"").replace("&quot;", "\"");
        self.site.post(HERE, &[("version", version), ("steps", &steps)]).await
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap().1;
    rest.split_once(after).unwrap().0
}

fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("action", "save"),
        ("label", "3か月後の確認"),
        ("question", ""),
        ("from", "report_approved"),
        ("n", "3"),
        ("unit", "months"),
        ("to", "company"),
        ("condition", "always"),
        ("until_months", ""),
    ];
    for (name, value) in changes {
        form.retain(|it| it.0 != *name);
        form.push((name, value));
    }
    form
}

#[actix_web::test]
async fn a_change_is_seen_before_it_is_taken_and_moves_what_is_planned() {
    let office = office().await;
    let before = office.due(Kind::ThreeMonths).await.unwrap();
    office.site.get(HERE).await.shows("3か月後の確認");
    let fingerprint = tables::fingerprint(&office.site.app.db, &["session"]).await;
    let preview = office.site.post(&format!("{HERE}/three_months"), &form(&[("n", "4")])).await;
    assert_eq!(preview.status, 200);
    preview.shows("予定の変わる質問は1件です");
    preview.shows(&office.case.number.to_string());
    assert_eq!(tables::fingerprint(&office.site.app.db, &["session"]).await, fingerprint);

    let taken = office.take(&preview).await;
    assert_eq!((taken.status, taken.location.as_deref()), (303, Some(HERE)));
    let after = office.due(Kind::ThreeMonths).await.unwrap();
    assert!(after > before + TimeDelta::days(20), "{before} {after}");
    let events = store::audit::event::of(&office.site.app.db, office.case.id).await.unwrap();
    let note = events.last().unwrap().note.clone().unwrap();
    assert!(note.starts_with("フォローアップの予定が変わりました：3か月後の確認を変更"), "{note}");
    let page = office.site.get(HERE).await;
    page.shows("報告書を企業に届けた日から4か月後");
    page.shows("第1版");
    // An administrator who looked at an older version is told.
    assert_eq!(office.take(&preview).await.status, 409);
    assert_eq!(follow_up_programme::Entity::find().all(&office.site.app.db).await.unwrap().len(), 1);

    let preview = office.site.post(&format!("{HERE}/all"), &[("action", "shipped")]).await;
    assert_eq!(office.take(&preview).await.status, 303);
    assert_eq!(office.due(Kind::ThreeMonths).await, Some(before));
    let app = &office.site.app;
    // No worker sends the mail here.
    let mut findings = madoguchi::doctor::examine(&app.db, app.clock.now()).await.unwrap();
    findings.retain(|it| it.rule != "mail_waiting");
    assert_eq!(findings, []);
}

#[actix_web::test]
async fn sent_questions_stay_and_removed_ones_are_not_sent() {
    let office = office().await;
    office.wait(TimeDelta::days(7)).await;
    let survey = office.plan().await.into_iter().find(|it| it.kind == Kind::Survey).unwrap();
    assert!(matches!(survey.state, FollowUpState::Sent { .. }));
    for step in ["survey", "three_months", "next_year"] {
        let preview = office.site.post(&format!("{HERE}/{step}"), &[("action", "remove")]).await;
        let changed = if step == "survey" {
            "予定の変わる質問は0件です"
        } else {
            "予定の変わる質問は1件です"
        };
        preview.shows(changed);
        assert_eq!(office.take(&preview).await.status, 303);
    }
    let kinds: Vec<_> = office.plan().await.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Survey, Kind::SixMonths]);
    let last = office.site.post(&format!("{HERE}/six_months"), &[("action", "remove")]).await;
    assert_eq!(last.status, 409);
    last.shows("質問を1件は残してください");
}

#[actix_web::test]
async fn a_question_of_ones_own_is_asked_answered_by_one_click_and_heard() {
    let office = office().await;
    let missing = office.site.post(&format!("{HERE}/new"), &form(&[("label", "規程の確認")])).await;
    assert_eq!(missing.status, 422);
    missing.shows("質問の文を入力してください");
    missing.shows("value=\"規程の確認\"");
    let asks = [
        ("label", "規程の確認"),
        ("question", "就業規則の見直しは進みましたか。"),
        ("n", "5"),
        ("unit", "business_days"),
        ("stops_on", "wants_help"),
    ];
    let preview = office.site.post(&format!("{HERE}/new"), &form(&asks)).await;
    preview.shows("予定の変わる質問は1件です");
    assert_eq!(office.take(&preview).await.status, 303);
    office.wait(TimeDelta::days(20)).await;
    let mails = cases::mails_to(&office.site, CONTACT).await;
    let mail = mails.iter().rfind(|it| it.kind == "follow_up").unwrap();
    assert!(mail.text_body.contains("就業規則の見直しは進みましたか。"), "{}", mail.text_body);
    let link = cases::link(&mails, "follow_up");
    let visitor = office.site.visitor();
    visitor.get(&link).await.shows("就業規則の見直しは進みましたか。");
    let path = link.split('?').next().unwrap();
    let answered = visitor.post(path, &[("answer", "preparing"), ("help", "1"), ("comment", "")]).await;
    assert_eq!(answered.status, 303, "{}", answered.body);

    // The center sees it in a list of its own and on the consultation.
    assert_eq!(office.site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let number = office.case.number.to_string();
    office.site.get("/staff?tab=wishes").await.shows(&number);
    let page = office.site.get(&format!("/staff/consultations/{number}?view=sessions")).await;
    page.shows("規程の確認");
    page.shows("準備中");
    ops::consultation::end(
        &office.site.app,
        office.case.id,
        None,
        office.cast.center(),
        ops::consultation::Ending::Complete,
    )
    .await
    .unwrap();
    assert!(!office.site.get("/staff?tab=wishes").await.body.contains(&number));
}

#[actix_web::test]
async fn an_answer_stops_what_it_is_said_to_stop_and_the_end_comes() {
    let office = office().await;
    for step in ["six_months", "next_year"] {
        let (label, n, unit) = if step == "next_year" {
            ("翌年度の確認", "5", "next_year")
        } else {
            ("6か月後の確認", "6", "months")
        };
        let changes = [("label", label), ("n", n), ("unit", unit), ("stops_on", "given_up")];
        let preview = office.site.post(&format!("{HERE}/{step}"), &form(&changes)).await;
        preview.shows("同じ日（内容の変更）");
        assert_eq!(office.take(&preview).await.status, 303);
    }
    let survey = office.site.post(&format!("{HERE}/survey"), &[("action", "remove")]).await;
    assert_eq!(office.take(&survey).await.status, 303);
    office.wait(TimeDelta::days(100)).await;
    let question = office.plan().await.into_iter().find(|it| it.kind == Kind::ThreeMonths).unwrap();
    let said = ProgressAnswer { progress: Progress::GivenUp, wants_help: false, comment: String::new() };
    ops::aftercare::follow_up::answer(&office.site.app, question.id, FollowUpAnswer::Progress(said))
        .await
        .unwrap();
    let states: Vec<_> = office.plan().await.iter().map(|it| it.state.code()).collect();
    assert_eq!(states, ["answered", "skipped", "skipped"]);
    assert_eq!(cases::state(&office.site, office.case).await, "completed");
}

#[actix_web::test]
async fn the_center_is_asked_to_telephone() {
    let office = office().await;
    let changes = [("label", "アンケートの電話"), ("n", "1"), ("unit", "business_days"), ("to", "center")];
    let preview = office.site.post(&format!("{HERE}/survey"), &form(&changes)).await;
    assert_eq!(office.take(&preview).await.status, 303);
    office.wait(TimeDelta::days(7)).await;
    let mails = cases::mails_to(&office.site, CONTACT).await;
    assert!(mails.iter().all(|it| it.kind != "survey"));
    let record = cases::record(&office.site, office.case).await;
    assert!(record.due.is_some());
    let events = store::audit::event::of(&office.site.app.db, office.case.id).await.unwrap();
    assert!(events.last().unwrap().note.as_deref().unwrap().contains("電話で確認してください"));
}

/// An answer can be changed for two weeks. The wish for further help appears and disappears with it, except that a wish
/// that is being handled stays so.
#[actix_web::test]
async fn a_wish_comes_and_goes_with_the_answer() {
    let office = office().await;
    let app = &office.site.app;
    office.wait(TimeDelta::days(7)).await;
    let survey = office.plan().await.into_iter().find(|it| it.kind == Kind::Survey).unwrap();
    let say = async |wants_further_appointment| {
        app.clock.advance(TimeDelta::days(1));
        let agreed = SurveyAgreement::Yes;
        let answer = FollowUpAnswer::Survey(SurveyAnswer {
            purpose_achieved: agreed,
            satisfied: agreed,
            will_consider: agreed,
            wants_further_appointment,
            comment: "会議の進め方も知りたい。".to_owned(),
        });
        ops::aftercare::follow_up::answer(app, survey.id, answer).await.unwrap();
        // No worker is there to send the mails.
        let findings = doctor::examine(&app.db, app.clock.now()).await.unwrap();
        assert!(findings.iter().all(|it| it.rule == "mail_waiting"), "{findings:?}");
        cases::record(&office.site, office.case).await
    };
    assert_eq!(say(false).await.wants_help_since, None);
    assert!(say(true).await.wants_help_since.is_some(), "ticked a day later");
    let since = say(true).await.wants_help_since;
    assert!(since.is_some_and(|it| it < app.clock.now()), "since the first time");
    assert_eq!(say(false).await.wants_help_since, None);
    say(true).await;
    ops::consultation::plan_further_appointment(app, office.case.id, office.cast.center(), None)
        .await
        .unwrap();
    let seen_to = say(true).await;
    assert_eq!(seen_to.wants_help_since, None);
    assert_ne!(seen_to.consultation.state.code(), "follow_up");
}

/// A database from before the wish was stored on the consultation: the migration is undone by hand and applied again.
#[actix_web::test]
async fn a_wish_for_help_survives_the_migration() {
    let site = Site::on_disk().await;
    let db = &site.app.db;
    fill::run(db, 600, 12, 5, site.app.clock.now()).await.unwrap();
    let marked = async || {
        let found = consultation::Entity::find()
            .filter(consultation::COLUMN.wants_help_since.is_not_null())
            .order_by_asc(consultation::Column::Serial);
        let mut rows = found.all(db).await.unwrap();
        for it in &mut rows {
            // These columns are of later migrations, which make them anew.
            (it.silence_kind, it.silence_since) = (None, None);
            (it.unanswered_since, it.response_due_at, it.last_inbound_at) = (None, None, None);
            (it.snoozed_until, it.to_call_since) = (None, None);
        }
        rows
    };
    // One company asked again after the end; another's wish was heard with the end.
    let open = marked().await;
    for (row, hours, heard) in [(&open[0], -1, false), (&open[1], 1, true)] {
        let since = row.wants_help_since.unwrap();
        let mut ended = row.clone().into_active_model();
        ended.state = Set(codes::ConsultationStatus::Completed.into());
        ended.ended_at = Set(Some(since + TimeDelta::hours(hours)));
        ended.wants_help_since = Set((!heard).then_some(since));
        consultation::Entity::update(ended).exec(db).await.unwrap();
    }
    let before = marked().await;
    assert_eq!(before.len(), open.len() - 1);
    // Later migrations are undone first.
    let all = Migrator::migrations();
    let later = all.iter().rev().take_while(|it| !it.name().contains("20261120_000020")).count();
    Migrator::down(db, Some(u32::try_from(later).unwrap())).await.unwrap();
    let tx = site.app.begin().await.unwrap();
    for statement in [
        "DROP INDEX ix_consultation_sort_at_id_wants_help",
        "ALTER TABLE consultation DROP COLUMN wants_help_since",
        "CREATE INDEX ix_follow_up_wants_help_consultation_id ON follow_up (wants_help, consultation_id)",
        "DELETE FROM seaql_migrations WHERE version LIKE '%20261120_000020%'",
    ] {
        tx.execute_unprepared(statement).await.unwrap();
    }
    tx.commit().await.unwrap();
    site.migrate_again().await;
    assert_eq!(marked().await, before);
}
