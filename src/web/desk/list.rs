//! A desk's own hand-overs, newest first.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    consultation::{EndingReader, State, ending, leads_back},
    due::DueKind,
    number::CaseNumber,
    wording::month_day_weekday,
};

use crate::{
    app::App,
    problem::Problem,
    store::{self, intake::told_apart::told_apart, reference::desk::HandOver},
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
    /// The name of the desk.
    desk: String,
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
    let companies = told_apart(&app.db, rows.iter().map(|it| it.number)).await?;
    for it in &mut rows {
        it.company_name = companies.name(&it.number, &it.company_name);
    }
    let desk = store::reference::desk::find(&app.db, user.desk).await?.map(|it| it.name).unwrap_or_default();
    page::html(&ListPage { shell, desk, rows, next, first: before.is_none() })
}

/// Returns what `outcome` does; of a case that came back to the desk itself, what the desk has to do.
pub fn outcome_at(desk: &str, row: &HandOver) -> String {
    if let State::Referred { organization } = &row.state
        && leads_back(organization, desk)
    {
        return "センターから、この窓口に戻りました。企業への対応をお願いします。".to_owned();
    }
    outcome(row)
}

/// Returns the result of the consultation, or what happens now and by when.
pub fn outcome(row: &HandOver) -> String {
    if let Some(result) = ending(&row.state, EndingReader::Desk, row.is_held) {
        return result;
    }
    let sentence = match row.state {
        State::Checking | State::Matching if row.is_held => "次回の相談を担当する専門家を調整しています。",
        State::Scheduling if row.is_held => "次回の相談の日時を調整しています。",
        State::Booked if row.is_held => "次回の相談の日時が決まりました。",
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
    let due = row.due.as_ref().and_then(|it| Some((it.kind, month_day_weekday(it.at()?))));
    let by = due.map(|(kind, day)| match kind {
        DueKind::FirstContact => format!("企業への連絡の期限：{day}。"),
        DueKind::Reply => format!("専門家の回答の期限：{day}。"),
        DueKind::Report => format!("報告書の期限：{day}。"),
        DueKind::Approval => format!("報告書をお渡しする期限：{day}。"),
    });
    // A request that was merged into another consultation has its own contact beside what goes on there.
    let contact = row.contact_due_at.map(|at| format!("企業への連絡の期限：{}。", month_day_weekday(at)));
    format!("{sentence}{}", contact.or(by).unwrap_or_default())
}

/// Removes the surplus row, if there is one, and returns the address of the next page that it announces.
fn page_after(rows: &mut Vec<HandOver>) -> String {
    let limit = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(|it| format!("/desk?before={}", it.number)).unwrap_or_default()
}
