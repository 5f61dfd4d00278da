//! The results of a survey on its public page.
use chrono::TimeDelta;
use domain::{
    publication::Facts,
    statistics::{figures::FigureTable, month::EditionMonth},
};
use entity::survey_result;
use madoguchi::ops;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{again, answer, go_to, notice, open_form, publish, questioned, work};
use crate::site::{PASSWORD, Site};

/// Lets so many visitors answer, of whom `yes` have introduced telework.
async fn answered(site: &Site, number: i32, (all, yes): (usize, usize)) {
    let visitor = site.visitor();
    for n in 0..all {
        let page = visitor.post(&format!("/surveys/{number}/answer"), &[]).await.location.unwrap();
        assert_eq!(answer(&visitor, &page, n < yes).await.status, 303);
    }
}

/// Lets the closing day pass.
async fn close(site: &Site) {
    go_to(site, "2026-12-21T09:00:00");
    work(site).await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn results_are_published_after_the_closing_with_small_counts_hidden() {
    let (site, editor, it) = questioned(open_form()).await;
    let (visitor, page) = (site.visitor(), format!("/surveys/{}", it.number));
    answered(&site, it.number, (17, 10)).await;
    let results = format!("/staff/surveys/{}/results", it.id);
    let early = site.post(&results, &[("action", "publish")]).await;
    assert_eq!(early.status, 422);
    early.shows("回答の受付が終わってから");
    close(&site).await;
    assert!(!visitor.get(&page).await.body.contains("調査の結果</h2>"), "a person decides");
    assert_eq!(site.post(&results, &[("action", "publish")]).await.status, 303);
    assert_eq!(site.post(&results, &[("action", "publish")]).await.status, 303, "twice changes nothing");
    let shown = visitor.get(&page).await;
    for words in
        ["調査の結果", "17人に質問しました", "<td class=\"num\">7</td>", "平均　12.0", "公表しません"]
    {
        shown.shows(words);
    }
    let before = survey_result::Entity::find_by_id(it.id.0).one(&site.app.db).await.unwrap();

    // Other answers would tell by the difference who gave them.
    let mut later = notice(open_form());
    if let Facts::Survey(facts) = &mut later.facts {
        facts.form.as_mut().unwrap().closes_on = "2027-01-20".parse().unwrap();
    }
    let edited = ops::publication::edit(&site.app, again(&it), later, editor).await.unwrap();
    let period = domain::publication::Period::new(site.app.clock.now(), None).unwrap();
    let refused = ops::publication::publish(&site.app, again(&edited), period, editor).await;
    assert!(refused.unwrap_err().to_string().contains("結果を公表しているため"));

    site.app.clock.advance(TimeDelta::days(400));
    work(&site).await;
    let after = survey_result::Entity::find_by_id(it.id.0).one(&site.app.db).await.unwrap();
    assert_eq!(after, before, "what is erased changes no result");
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    assert_eq!(site.post(&results, &[("action", "withdraw")]).await.status, 303);
    assert!(!visitor.get(&page).await.body.contains("調査の結果</h2>"));
}

#[actix_web::test]
async fn no_results_reveal_the_answers_to_a_small_survey() {
    let (site, editor, it) = questioned(open_form()).await;
    answered(&site, it.number, (4, 2)).await;
    let draft = ops::publication::create(&site.app, notice(open_form()), editor).await.unwrap();
    let large = publish(&site, editor, &draft).await;
    answered(&site, large.number, (6, 6)).await;
    close(&site).await;
    let reply = site.post(&format!("/staff/surveys/{}/results", it.id), &[("action", "publish")]).await;
    assert_eq!(reply.status, 422);
    reply.shows("回答が5件より少ない");
    assert_eq!(survey_result::Entity::find().count(&site.app.db).await.unwrap(), 0);
    let reply = site.post(&format!("/staff/surveys/{}/results", large.id), &[("action", "publish")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(counted(&site, "2026-12").await, [6, 0], "the published sum has the large survey alone");

    // One that closes later in the same year is in no later sum either.
    let mut later = notice(open_form());
    if let Facts::Survey(facts) = &mut later.facts {
        facts.form.as_mut().unwrap().closes_on = "2027-01-20".parse().unwrap();
    }
    let draft = ops::publication::create(&site.app, later, editor).await.unwrap();
    let later = publish(&site, editor, &draft).await;
    answered(&site, later.number, (3, 1)).await;
    go_to(&site, "2027-01-21T09:00:00");
    work(&site).await;
    assert_eq!(counted(&site, "2027-01").await, [0, 0]);
}

/// Returns the answers and the unused codes that an edition of the month would have.
async fn counted(site: &Site, month: &str) -> Vec<u64> {
    let month = EditionMonth::parse(month).unwrap();
    let edition = ops::statistics::edition::count_now(&site.app, month).await.unwrap();
    edition.all.counts(FigureTable::SurveyResponses)
}
