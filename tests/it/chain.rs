//! The whole service over HTTP, from the application to the end of the follow-up, on the database that is tested.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, consultation::Rebuilt};
use madoguchi::{doctor, store, worker};

use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, link, mails_to, state},
    site::{PASSWORD, Reply, Site},
};

const SURVEY: [(&str, &str); 4] =
    [("purpose_achieved", "yes"), ("satisfied", "rather_yes"), ("will_consider", "yes"), ("comment", "")];

#[actix_web::test]
async fn a_company_is_served_from_its_application_to_the_last_question() {
    let site = Site::new().await;
    Cast::new(&site).await;
    let (company, expert, center) = (site.visitor(), site.visitor(), site.visitor());

    let case = applied(&company).await;
    assert_eq!(state(&site, case).await, "received");
    let confirm = link(&mails_to(&site, CONTACT).await, "acknowledgement");
    company.get(&confirm).await.shows("メールアドレスを確認する");
    assert_eq!(state(&site, case).await, "received", "looking confirms nothing");
    went(&company.post(&confirm, &[]).await);
    assert_eq!(state(&site, case).await, "matching", "the best expert is asked at once");

    let answer = link(&mails_to(&site, "expert@example.jp").await, "request");
    went(&expert.post(&answer, &[("answer", "accept")]).await);
    assert_eq!(state(&site, case).await, "booked");
    company.get(&format!("/my/{}", case.number)).await.shows("予約確定");

    later(&site, appointment(&site, case).await.ends_at).await;
    expert.sign_in("expert@example.jp", PASSWORD).await;
    let page = format!("/expert/consultations/{}", case.number);
    went(&expert.post(&format!("{page}/outcome"), &[("outcome", "done")]).await);
    assert_eq!(state(&site, case).await, "consulted");
    reported(&site, &expert, case).await;

    center.sign_in("center@example.jp", PASSWORD).await;
    let report = appointment(&site, case).await.id;
    let decided = format!("/staff/consultations/{}/report/{report}", case.number);
    let page = center.get(&decided).await;
    page.shows("段階的な導入");
    let version = first_value(&page, "version");
    went(&center.post(&decided, &[("decision", "approve"), ("version", &version)]).await);
    assert_eq!(state(&site, case).await, "follow_up");

    answered(&site, &company, case).await;
    assert_eq!(state(&site, case).await, "completed");
    center.sign_in("center@example.jp", PASSWORD).await;
    let history = center.get(&format!("/staff/consultations/{}?view=history", case.number)).await;
    history.shows("完了");
    history.shows("アンケートに回答しました");

    let now = site.app.clock.now();
    assert_eq!(doctor::examine(&site.app.db, now).await.unwrap(), []);
    assert_eq!(rebuilt(&site, case).await, "completed");
}

/// Applies page by page and chooses the first time on offer.
async fn applied(company: &Site) -> Case {
    let form = cases::form(CONTACT);
    let topic = company.post("/apply", &[]).await.location.unwrap();
    let draft = topic.strip_suffix("/topic").unwrap().to_owned();
    let all = form.pairs();
    for step in ["topic", "company", "contact"] {
        went(&company.post(&format!("{draft}/{step}"), &all).await);
    }
    let slots = company.get(&format!("{draft}/slot")).await;
    let slot = first_value(&slots, "slot");
    went(&company.post(&format!("{draft}/slot"), &[("slot", &slot)]).await);
    went(&company.post(&format!("{draft}/confirm"), &[("consent", "1")]).await);
    let done = company.get(&format!("{draft}/done")).await;
    done.shows("申込みを受け付けました");
    let records = store::consultation::of_contact(&company.app.db, CONTACT).await.unwrap();
    Case { id: records[0].consultation.id, number: records[0].number }
}

async fn reported(site: &Site, expert: &Site, case: Case) {
    let appointment = appointment(site, case).await.id.to_string();
    let form = [
        ("session", appointment.as_str()),
        ("version", "0"),
        ("action", "submit"),
        ("present_state", "紙の勤怠管理"),
        ("advice", "段階的な導入"),
        ("next_steps", "3月までに規程の案を作る"),
    ];
    went(&expert.post(&format!("/expert/consultations/{}/report", case.number), &form).await);
}

/// Answers the survey and the three questions after it, each by the link in its mail.
async fn answered(site: &Site, company: &Site, case: Case) {
    let plan = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(plan.len(), 4);
    for planned in plan {
        later(site, planned.due_at).await;
        let kind = if planned.kind.code() == "survey" { "survey" } else { "follow_up" };
        let mailed = link(&mails_to(site, CONTACT).await, kind);
        company.get(&mailed).await;
        let path = mailed.split('?').next().unwrap();
        let progress = [("answer", "introduced"), ("comment", "")];
        let form = if kind == "survey" { &SURVEY[..] } else { &progress[..] };
        went(&company.post(path, form).await);
    }
}

/// Moves the clock to `at`, and lets the worker do what is due.
async fn later(site: &Site, at: DateTime<Utc>) {
    site.app.clock.advance((at - site.app.clock.now()).max(TimeDelta::zero()));
    worker::once(&site.app).await;
}

async fn rebuilt(site: &Site, case: Case) -> &'static str {
    let lines = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let mut from = None;
    let history: Vec<_> = lines
        .into_iter()
        .map(|it| domain::consultation::Event {
            at: it.at,
            by: it.by,
            action: it.action,
            from: from.replace(it.to.clone()),
            to: it.to,
        })
        .collect();
    assert_eq!(history[0].by, Actor::Company);
    match domain::consultation::rebuild(&history) {
        Rebuilt::State(state) => state.code(),
        broken @ (Rebuilt::Empty | Rebuilt::Broken { .. }) => panic!("{broken:?}"),
    }
}

/// Returns the value of the first control of this name.
fn first_value(page: &Reply, name: &str) -> String {
    let control = page.body.split(&format!(r#"name="{name}""#)).nth(1).unwrap();
    control
        .split('"')
        .nth(control.split('"').position(|it| it.ends_with("value=")).unwrap() + 1)
        .unwrap()
        .to_owned()
}

#[track_caller]
fn went(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.body);
}
