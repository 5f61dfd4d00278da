//! A desk's own hand-overs, newest first.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use domain::{consultation::State, number::CaseNumber};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, reference::desk::HandOver},
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::DeskUser,
    },
};

const ROWS: u64 = 50;

#[derive(Template)]
#[template(path = "desk/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<HandOver>,
    /// The address of the next page; empty on the last page.
    next: String,
    first: bool,
}

#[get("/desk")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    user: DeskUser,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let before = CaseNumber::parse(query.get("before")).ok();
    let mut rows = store::reference::desk::handed_over(&app.db, user.desk, before, ROWS + 1).await?;
    let next = page_after(&mut rows);
    page::html(&ListPage { shell, rows, next, first: before.is_none() })
}

impl ListPage {
    /// Returns the result of the consultation, or what happens now.
    fn outcome(row: &HandOver) -> String {
        if let Some(result) = ops::consultation::result(&row.state) {
            return result;
        }
        let sentence = match row.state {
            State::Received => "センターの確認を待っています。",
            State::Checking => "センターで内容を確認しています。",
            State::WaitingCompany => "企業からの回答を待っています。",
            State::Matching => "担当する専門家を調整しています。",
            State::Scheduling => "日時を調整しています。",
            State::Booked => "専門家との日時が決まりました。",
            State::Consulted => "相談が終わり、報告書を作成しています。",
            State::FollowUp => "相談が終わり、その後の状況を確認しています。",
            State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. } => "",
        };
        sentence.to_owned()
    }
}

/// Removes the surplus row, if there is one, and returns the address of the next page that it announces.
fn page_after(rows: &mut Vec<HandOver>) -> String {
    let limit = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|it| format!("/desk?before={}", it.number)).unwrap_or_default()
}
