//! A second case of the same company, for what a coordinator finds to be a request of its own.
use domain::{
    actor::{Actor, Party},
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection},
    field::Fields,
    id::{AccountId, CompanyId, ConsultationId, MessageId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        company::Industry,
    },
    number::CaseNumber,
    text::{Prose, TextLine},
};
use entity::{Coded, application, contact};
use uuid::Uuid;

use super::{CONFIRM_LINK, Incoming, Submitter, take_in};
use crate::{
    app::App,
    mail::mail_event::{CaseNumberEvent, MailEvent},
    ops::{
        case::{
            context::Context,
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        consultation::correction::{CorrectionCause, correct_in},
    },
    problem::Problem,
    store::{
        self,
        accounts::link::Purpose,
        consultation::{Record, split::RELATION},
        correspondence::message::{Audience, ThreadEntry},
        intake::company::Applicant,
    },
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
    /// Which case keeps the clock of a message that waits for the center's response.
    pub awaited: AwaitedIn,
    /// The key that keeps a form sent twice from making two cases.
    pub key: Uuid,
}

codes::codes! {
    /// The case in which a message of a split case waits for the center's response.
    pub enum AwaitedIn {
        Both = "both" => "両方の案件",
        First = "first" => "元の案件",
        New = "new" => "新しい案件",
    }
}

/// Splits a case. Fields can leave it only while no expert is asked and no time is held, because both are for its
/// fields. The new case has what the first one had; the two are related, and the history of both and one mail say so.
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
    let (written, contact) =
        store::consultation::application(work.read(), id).await?.ok_or(Problem::NotFound)?;
    let (going, staying) = themes(&work, off).await?;
    let form = ApplicationForm { theme: going, ..form(&from, &written, &contact, off) };
    let application = Application::parse(&form, Intake::OnBehalf).map_err(|mistakes| {
        let why: Vec<String> = mistakes.iter().map(|it| it.1.to_string()).collect();
        Problem::Refused(format!("元の案件の内容を直してから分けてください：{}", why.join("、")))
    })?;
    let filed = store::consultation::correction::filed_under(work.read(), id).await?;
    let number = work.save(NextNumber).await?;
    if off.leave {
        leave(&mut work, off.fields, staying, number, by).await?;
    }
    let (first_waits, new_waits) = waiting_after(&work, off).await?;
    if !first_waits {
        work.record.response = None;
    }
    work.note(Actor::Coordinator(by), format!("この案件の一部を{number}に分けました"));
    let (tx, first) = work.flush().await?;
    let incoming = Incoming {
        number,
        application: &application,
        by: Submitter {
            actor: Actor::Coordinator(by),
            origin: from.origin,
            desk: from.desk,
            account: Some(by),
        },
        key: off.key.to_string(),
        address_confirmed: from.consultation.address_confirmed,
        slot: None,
        company: Some(same_company(from.company, filed)),
    };
    let mut new = take_in(app, context, tx, incoming).await?;
    inherit(&mut new.record, &from, new_waits);
    new.note(Actor::Coordinator(by), store::consultation::split::origin_note(from.number));
    tell(&mut new, &first, off.messages.len())?;
    let now = new.now();
    let (tx, record) = new.flush().await?;
    let both = [id, record.consultation.id];
    store::consultation::split::carry_over(&tx, both[1], &written, &contact).await?;
    store::consultation::related_case::insert(&tx, both, RELATION, by, now).await?;
    store::correspondence::message::move_to(&tx, id, both[1], &off.messages).await?;
    tx.commit().await?;
    Ok(record)
}

/// Returns the themes of the new case, and those that stay with the first one if the fields leave it. A theme without a
/// known field is in both.
async fn themes(work: &CaseTransaction<'_>, off: &SplitOff) -> Result<(Vec<String>, Vec<String>), Problem> {
    let all = store::consultation::themes(work.read(), work.record.consultation.id).await?;
    let field =
        |code: &str| work.context.programme.themes.iter().find(|it| it.code == code).map(|it| it.field);
    let goes = |it: &&String| field(it.as_str()).is_none_or(|it| off.fields.contains(it));
    let stays = |it: &&String| field(it.as_str()).is_none_or(|it| !off.fields.contains(it));
    Ok((all.iter().filter(goes).cloned().collect(), all.iter().filter(stays).cloned().collect()))
}

/// Takes the fields of the new case, with their themes, out of the first one: corrections, so that they can be taken back.
async fn leave(
    work: &mut CaseTransaction<'_>,
    fields: Fields,
    themes: Vec<String>,
    number: CaseNumber,
    by: AccountId,
) -> Result<(), Problem> {
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::Fields, remaining(work, fields)?.code());
    typed.set(CorrectedField::Themes, themes.join(","));
    let reason = TextLine::parse("理由", &store::consultation::split::leaving_reason(number), 100).ok();
    let cause = CorrectionCause::reason(reason.as_ref());
    Box::pin(correct_in(work, Actor::Coordinator(by), CorrectionSection::Request, &typed, cause)).await?;
    Ok(())
}

/// Returns whether a message waits for a response in the first case, and in the new one, after the split: in the case that
/// the coordinator chooses. If each of them has a message without a response, both wait, and a message of the desk waits
/// where it is.
async fn waiting_after(work: &CaseTransaction<'_>, off: &SplitOff) -> Result<(bool, bool), Problem> {
    let Some(response) = work.record.response else { return Ok((false, false)) };
    let id = work.record.consultation.id;
    let thread = store::correspondence::message::of(work.read(), id, Audience::Center).await?;
    // Whether each message without a response moves.
    let unanswered = |with_desk: bool| -> Vec<bool> {
        let is_here = |it: &&ThreadEntry| if with_desk { it.with_desk } else { !it.center_only };
        let written = thread.iter().rev().filter(is_here).filter(|it| !it.automatic);
        let since = written.take_while(|it| it.author != Party::Coordinator);
        let waiting = since.filter(|it| it.author != Party::System && it.at >= response.since);
        waiting.map(|it| off.messages.contains(&it.id)).collect()
    };
    let (desk, others) = (unanswered(true), unanswered(false));
    let all = [desk.as_slice(), others.as_slice()].concat();
    let parted = all.contains(&true) && all.contains(&false);
    Ok((
        off.awaited != AwaitedIn::New || parted || desk.contains(&false),
        off.awaited != AwaitedIn::First || parted || desk.contains(&true),
    ))
}

/// Gives the new case what the first one had beside the application.
fn inherit(new: &mut Record, from: &Record, waits: bool) {
    new.number_unconfirmed = from.number_unconfirmed;
    new.visit_prefecture = from.visit_prefecture;
    new.coordinator = from.coordinator;
    if waits {
        new.response = from.response;
        new.last_inbound_at = from.last_inbound_at.filter(|_| from.response.is_some());
    }
}

/// Mails the company which number has which part now, with the link that confirms its address if that is not done. A
/// company without an address has to be called.
fn tell(new: &mut CaseTransaction<'_>, first: &Record, messages: usize) -> Result<(), Problem> {
    let confirm = match new.person.email.as_ref().map(|it| it.to_lowercase()) {
        Some(email_key) => {
            let purpose = Purpose::Confirm { email_key, consultation: new.record.consultation.id };
            new.link(&purpose, CONFIRM_LINK)?
        }
        None => {
            new.record.to_call_since = Some(new.now());
            new.portal()?
        }
    };
    let left = first.consultation.fields;
    let event = CaseNumberEvent::Split { confirm: &confirm, from: &first.number, left, messages };
    new.mail_company(MailEvent::CaseNumber(event))?;
    Ok(())
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
