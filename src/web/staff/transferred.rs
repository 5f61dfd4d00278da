//! The change of the coordinator in charge of many consultations from the worklist, and what became of each.
use actix_web::{HttpResponse, post, web::Data};
use askama::Template;
use domain::number::CaseNumber;

use super::{transfer::chosen, worklist};
use crate::{
    app::App,
    ops::{self, consultation::transfer::Transfer},
    problem::Problem,
    store::{
        self,
        consultation::Record,
        intake::told_apart::{ToldApart, told_apart},
        worklist::WorklistTab,
    },
    web::kit::{
        form::Fields,
        form_state::sentence,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The outcomes for the consultations that were ticked in the worklist.
#[derive(Template)]
#[template(path = "staff/transferred.html")]
struct TransferredPage {
    shell: Shell,
    /// The list from which they were handed over.
    back: String,
    /// The person who is in charge now.
    to: String,
    done: Vec<TransferredCase>,
    already: Vec<TransferredCase>,
    refused: Vec<TransferredCase>,
}

struct TransferredCase {
    number: String,
    href: String,
    company: String,
    /// The person who was in charge before, or the reason why it could not be handed over; may be empty.
    remark: String,
}

/// Puts a coordinator in charge of the consultations that are ticked in the worklist.
#[post("/staff/transfer")]
pub async fn many(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let tab = WorklistTab::from_code(form.get("back")).unwrap_or(WorklistTab::Center);
    let back = worklist::address(tab, &form, &[]);
    let (Some(to), true) = (chosen(&form), form.all("case").next().is_some()) else {
        return Ok(page::see_other_with(back, "担当を替える案件と、新しい担当を選んでください。"));
    };
    let mut cases = Vec::new();
    for number in form.all("case") {
        let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
        cases.push(store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?);
    }
    let to = match ops::consultation::transfer::successor(&app, to).await {
        Ok(to) => to,
        Err(problem) => return Ok(page::see_other_with(back, &sentence(problem)?)),
    };
    let ids: Vec<_> = cases.iter().map(|it| it.consultation.id).collect();
    let outcomes = ops::consultation::transfer::transfer_many(&app, &ids, me.id, to.id).await?;
    let companies = told_apart(&app.db, cases.iter().map(|it| it.number)).await?;
    page::html(&TransferredPage::of(shell, back, to.name, &companies, cases.into_iter().zip(outcomes)))
}

impl TransferredPage {
    /// Sorts the cases by what became of them.
    fn of(
        shell: Shell,
        back: String,
        to: String,
        companies: &ToldApart,
        all: impl IntoIterator<Item = (Record, Transfer)>,
    ) -> Self {
        let mut page = Self { shell, back, to, done: Vec::new(), already: Vec::new(), refused: Vec::new() };
        for (record, outcome) in all {
            let line = |remark| TransferredCase {
                number: record.number.to_string(),
                href: crate::url::staff(&record.number),
                company: companies.name(&record.number, &record.company_name),
                remark,
            };
            match outcome {
                Transfer::Done { before } => {
                    page.done.push(line(before.map(|it| format!("{it}さんから")).unwrap_or_default()));
                }
                Transfer::Already => page.already.push(line(String::new())),
                Transfer::Refused(why) => page.refused.push(line(why)),
            }
        }
        page
    }
}
