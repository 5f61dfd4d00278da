//! The merge of two companies with fifty cases each, and its undoing, durable.
use std::time::Instant;

use domain::{
    actor::{Actor, Role},
    id::{AccountId, CompanyId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        contact::EmailAddress,
    },
    text::TextLine,
};
use madoguchi::{
    app::App,
    ops::{self, accounts::account::NewAccount, intake::company_merge::CompanyChoice},
    store,
};
use uuid::Uuid;

use crate::{posting, server, table::Table};

/// The cases of each company.
const CASES: u32 = 50;
const TIMES: u32 = 20;
/// The valid corporate numbers of the two companies.
const NUMBERS: [&str; 2] = ["7000012050002", "8000012010038"];

pub async fn measure(table: &mut Table, engine: &str, url: &str) {
    let app = server::app(url).await;
    posting::ship_themes(&app).await;
    let email = EmailAddress::parse("merging@example.jp").unwrap();
    let new = NewAccount { email, name: "計測".to_owned(), role: Role::Coordinator, desk: None };
    let by = ops::accounts::account::invite(&app, &new).await.unwrap().account.id;
    let [kept, absorbed] = [taken_down(&app, by, NUMBERS[0]).await, taken_down(&app, by, NUMBERS[1]).await];
    let reason = TextLine::parse("理由", "計測", 100).unwrap();
    let (mut merged, mut undone) = (0.0, 0.0);
    for _ in 0..TIMES {
        let started = Instant::now();
        ops::intake::company_merge::merge(&app, kept, absorbed, CompanyChoice::default(), &reason, by)
            .await
            .unwrap();
        merged += started.elapsed().as_secs_f64();
        let merge = store::intake::company_merge::into(&app.db, kept).await.unwrap().remove(0).id;
        let started = Instant::now();
        ops::intake::company_merge::undo(&app, merge, by).await.unwrap();
        undone += started.elapsed().as_secs_f64();
    }
    let each = |seconds: f64| seconds * 1000.0 / f64::from(TIMES);
    let what = format!("merge of two companies with {CASES} cases each, {engine}");
    table.at_most(what, each(merged), "ms", 100.0);
    table.at_most(format!("undoing it, {engine}"), each(undone), "ms", 100.0);
}

/// Takes the cases of one company down. Returns the company.
async fn taken_down(app: &App, by: AccountId, number: &str) -> CompanyId {
    let mut company = None;
    for n in 0..CASES {
        let form = ApplicationForm {
            corporate_number: number.to_owned(),
            consent: "yes".to_owned(),
            ..posting::form(n)
        };
        let application = Application::parse(&form, Intake::OnBehalf).unwrap();
        let by = Actor::Coordinator(by);
        let record =
            ops::intake::apply::take_down(app, &application, by, Uuid::new_v4(), true).await.unwrap();
        company = Some(record.company);
    }
    company.unwrap()
}
