//! The consent to surveys outside of the telework month: from the company's page to the invitation, and away again.
use chrono::TimeDelta;
use domain::{actor::Role, publication::survey::SurveyTarget};
use entity::{survey_code, survey_member};
use madoguchi::{ops, store, worker};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};

use super::{form, notice, publish, survey_mails};
use crate::{
    cases::{self, CONTACT, Cast},
    company,
    site::Site,
};

#[actix_web::test]
async fn a_contact_opts_in_on_its_page_is_invited_once_and_stops_with_one_click() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let draft = ops::publication::create(&site.app, notice(form()), editor).await.unwrap();
    let survey = publish(&site, editor, &draft).await;
    let chosen = async |filter: &SurveyTarget| {
        store::survey::recipient::chosen(&site.app.db, survey.id, filter).await.unwrap().len()
    };
    let all = SurveyTarget::default();
    assert_eq!(chosen(&all).await, 0, "no person without a consent");

    company::sign_in(&site, CONTACT).await;
    let page = format!("/my/{}/surveys", case.number);
    site.get(&page).await.shows("テレワークに関する調査へのご協力のお願いを、メールで受け取ります。");
    assert_eq!(site.post(&page, &[]).await.status, 303);
    assert_eq!(chosen(&all).await, 0, "the box was not ticked");
    for _ in 0..2 {
        assert_eq!(site.post(&page, &[("consent", "yes")]).await.status, 303);
    }
    site.get(&page).await.shows("受け取るのをやめる");
    assert_eq!(survey_member::Entity::find().count(&site.app.db).await.unwrap(), 1);
    let of = |code: u8| SurveyTarget {
        prefectures: vec![domain::prefecture::Prefecture::from_code(code).unwrap()],
        ..SurveyTarget::default()
    };
    assert_eq!((chosen(&of(13)).await, chosen(&of(5)).await), (1, 0));

    let invite = async |shown: usize| {
        ops::survey::invite(&site.app, survey.id, &SurveyTarget::default(), "見本省", shown, editor).await
    };
    assert_eq!(invite(1).await.unwrap(), 1);
    assert_eq!(invite(0).await.unwrap(), 0, "each address once");
    let code = survey_code::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert!(code.member_id.is_some() && code.registration_id.is_none());
    assert_eq!(code.opt_in_version.as_deref(), Some(domain::survey::member::MEMBER_OPT_IN.0));

    // The link of the mail stops it, also one that waits.
    let mails = cases::mails_to(&site, CONTACT).await;
    let mail = mails.iter().find(|it| it.kind == "survey_invitation").unwrap();
    let stop = url::Url::parse(mail.unsubscribe.as_deref().unwrap()).unwrap();
    let visitor = site.visitor();
    let page_of_link = visitor.get(stop.path()).await;
    page_of_link.shows("「調査へのご協力のお願い」を停止します");
    page_of_link.shows("相談についてのご連絡は、これまでどおりお送りします。");
    assert!(!page_of_link.body.contains("登録などのご連絡"), "the reader has registered for nothing");
    assert_eq!(visitor.post(stop.path(), &[("List-Unsubscribe", "One-Click")]).await.status, 200);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(survey_mails(&site, CONTACT).await, ["survey_invitation/suppressed"]);
    site.get(&page).await.shows("テレワークに関する調査へのご協力のお願いを、メールで受け取ります。");

    // One who opts in again is not invited to the same survey again; the data go a year after the end.
    assert_eq!(site.post(&page, &[("consent", "yes")]).await.status, 303);
    assert_eq!(chosen(&all).await, 0);
    assert_eq!(site.post(&page, &[("consent", "no")]).await.status, 303);
    site.app.clock.advance(TimeDelta::days(366));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    let left = survey_member::Entity::find().filter(survey_member::COLUMN.email_key.eq(CONTACT));
    assert_eq!(left.count(&site.app.db).await.unwrap(), 0);
}
