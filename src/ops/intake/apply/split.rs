//! A second case of the same company, for what a coordinator finds to be a request of its own.
use domain::{
    actor::Actor,
    field::Fields,
    id::{AccountId, CompanyId, ConsultationId, MessageId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        company::Industry,
    },
    number::CaseNumber,
    text::Prose,
};
use entity::{Coded, application, contact};
use uuid::Uuid;

use super::{Incoming, acknowledged, take_in};
use crate::{
    app::App,
    ops::{
        case::{
            context::Context,
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        correspondence::mail_budget::MailBudget,
    },
    problem::Problem,
    store::{self, consultation::Record, intake::company::Applicant},
};

/// The part of a case that becomes a case of its own.
#[derive(Clone, Debug)]
pub struct SplitOff {
    /// The fields of the new case.
    pub fields: Fields,
    /// Whether these fields leave the first case, which keeps the other one.
    pub leave: bool,
    /// The new case's request in the coordinator's or the company's words.
    pub description: Prose,
    /// The messages of the first case that go to the new one.
    pub messages: Vec<MessageId>,
    /// The key that keeps a form sent twice from making two cases.
    pub key: Uuid,
}

/// Splits a case. Fields can leave it only while no expert is asked and no time is held, because both are for its
/// fields. The history of both cases says so.
pub async fn split(
    app: &App,
    id: ConsultationId,
    version: i32,
    off: &SplitOff,
    by: AccountId,
) -> Result<Record, Problem> {
    if let Some(done) = store::consultation::by_submission_key(&app.db, &off.key.to_string()).await? {
        return Ok(done);
    }
    let context = Context::of(app).await?;
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let from = work.record.clone();
    if from.consultation.merged_into.is_some() || !from.consultation.state.is_open() {
        return Err(refused("終了した案件は分けられません。先に再開してください。"));
    }
    if off.leave {
        work.record.consultation.fields = remaining(&work, off.fields)?;
    }
    let (written, contact) =
        store::consultation::application(work.read(), id).await?.ok_or(Problem::NotFound)?;
    let form = form(&from, &written, &contact, off);
    let application = Application::parse(&form, Intake::OnBehalf).map_err(|mistakes| {
        let why: Vec<String> = mistakes.iter().map(|it| it.1.to_string()).collect();
        Problem::Refused(format!("元の案件の内容を直してから分けてください：{}", why.join("、")))
    })?;
    let filed = store::consultation::correction::filed_under(work.read(), id).await?;
    let number = work.save(NextNumber).await?;
    work.note(Actor::Coordinator(by), format!("この案件の一部を{number}に分けました"));
    let (tx, _) = work.flush().await?;
    let incoming = Incoming {
        number,
        application: &application,
        by: Actor::Coordinator(by).into(),
        key: off.key.to_string(),
        address_confirmed: from.consultation.address_confirmed,
        slot: None,
        company: Some(same_company(from.company, filed)),
    };
    let mut new = take_in(app, context, tx, incoming).await?;
    new.record.number_unconfirmed = from.number_unconfirmed;
    new.note(Actor::Coordinator(by), format!("{}から分けました", from.number));
    let (tx, record) = acknowledged(new, MailBudget::Within, None)?.flush().await?;
    store::correspondence::message::move_to(&tx, id, record.consultation.id, &off.messages).await?;
    tx.commit().await?;
    Ok(record)
}

/// The next number of a case, which is given out.
struct NextNumber;

impl Save<CaseNumber> for NextNumber {
    async fn save(self, to: Target<'_>) -> Result<CaseNumber, Problem> {
        Ok(store::reference::programme::next_number(to.tx, to.now).await?)
    }
}

/// Returns the fields that are left.
fn remaining(work: &CaseTransaction<'_>, leaving: Fields) -> Result<Fields, Problem> {
    if work.live().next().is_some() || work.appointment.is_some() {
        return Err(refused(
            "専門家への依頼または予約があるため、この案件から分野を外せません。分野を外さずに分けるか、先に依頼と予約を取り消してください。",
        ));
    }
    match (work.record.consultation.fields, leaving) {
        (Fields::Both, Fields::Ict) => Ok(Fields::Labor),
        (Fields::Both, Fields::Labor) => Ok(Fields::Ict),
        _ => Err(refused("元の案件に分野が残りません。分野を外さずに分けてください。")),
    }
}

/// Returns the application of the new case: what the company wrote about itself, with the new request.
fn form(
    from: &Record,
    written: &application::Model,
    contact: &contact::Model,
    off: &SplitOff,
) -> ApplicationForm {
    let count = |it: Option<i32>| it.map(|it| it.to_string()).unwrap_or_default();
    let code = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let fields = match off.fields {
        Fields::Ict => vec!["ict"],
        Fields::Labor => vec!["labor"],
        Fields::Both => vec!["ict", "labor"],
    };
    ApplicationForm {
        field: fields.into_iter().map(str::to_owned).collect(),
        description: off.description.as_str().to_owned(),
        mode: from.mode.code().to_owned(),
        company_name: from.company_name.clone(),
        company_kana: written.company_kana.clone(),
        corporate_number: text(&written.corporate_number),
        organization: code(written.organization.as_ref().map(Coded::code)),
        postal_code: text(&written.postal_code),
        prefecture: from.prefecture.map(|it| it.code().to_string()).unwrap_or_default(),
        city: written.city.clone(),
        street: written.street.clone(),
        building: written.building.clone(),
        industry: code(from.industry.map(Industry::code)),
        employees: count(written.employees),
        regular_employees: count(written.regular_employees),
        capital: written.capital.map(|it| it.to_string()).unwrap_or_default(),
        telework_status: code(written.telework_status.as_ref().map(Coded::code)),
        contact_name: contact.name.clone(),
        contact_kana: contact.kana.clone(),
        department: contact.department.clone(),
        position: contact.position.clone(),
        email: text(&contact.email),
        phone: text(&contact.phone),
        consent: "yes".to_owned(),
        ..ApplicationForm::default()
    }
}

fn refused(sentence: &str) -> Problem {
    Problem::Refused(sentence.to_owned())
}

/// Returns the company of a case that is split from another one, which was filed under `filed`.
fn same_company(company: CompanyId, filed: CompanyId) -> Applicant {
    Applicant::Known { company, own: (filed != company).then_some(filed) }
}
