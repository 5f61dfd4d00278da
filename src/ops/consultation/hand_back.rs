//! A case that the center hands over to a first-line desk, with the company's consent.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    id::{AccountId, ConsultationId, DeskEntryId, DeskId},
    intake::{
        contact::{EmailAddress, Telephone},
        desk_entry::{Caller, DeskEntry, HAND_BACK_WORDING, OTHER_THEME, desk_call_due, desk_reminded_at},
    },
    text::{Prose, TextLine},
};
use uuid::Uuid;

use super::{Ending, end_in};
use crate::{
    app::App,
    mail::{mail_event::AccountMailEvent, outgoing_mail::SendCondition},
    ops::{
        case::transaction::{CaseTransaction, PlannedMail},
        intake::desk_entry::HandedBackEntry,
    },
    problem::Problem,
    store::{self, reference::desk::Desk},
};

/// The request that the center hands over, and the consent of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedBackCase {
    pub desk: DeskId,
    /// The person who agreed.
    pub person: TextLine,
    /// How the person was asked, in a word.
    pub how: &'static str,
    /// The outline of the request, for the desk.
    pub outline: Prose,
}

/// Ends a consultation as referred to a desk, makes a request of it at that desk, and tells both sides. The desk sees the
/// request and nothing else of the case.
pub async fn hand_back(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: AccountId,
    given: HandedBackCase,
) -> Result<(), Problem> {
    let HandedBackCase { desk, person, how, outline } = given;
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let desk = store::reference::desk::find(work.read(), desk).await?;
    let desk = desk.filter(|it| it.active).ok_or(Problem::NotFound)?;
    if store::reference::desk::addresses(work.read(), desk.id).await?.is_empty() {
        return Err(Problem::Refused(
            "この窓口には、画面を使う人が登録されていません。「他機関を案内する」で案内してください。"
                .to_owned(),
        ));
    }
    let name = TextLine::parse("窓口", &desk.name, 120).map_err(anyhow::Error::from)?;
    let due_at = desk_call_due(work.now(), &work.context.settings, &work.context.calendar);
    let is_own = work.record.desk == Some(desk.id);
    let ending = Ending::HandBack { desk: name, note: note(&desk)?, due_at, is_own };
    end_in(&mut work, Actor::Coordinator(by), &ending).await?;
    work.note(
        Actor::Coordinator(by),
        format!(
            "{how}で{person}さんの同意を得て、{}に相談を引き継ぎました。説明した文章：{HAND_BACK_WORDING}",
            desk.name
        ),
    );
    let entry = DeskEntryId(Uuid::now_v7());
    let request = request(&work, entry, (desk.id, due_at), outline).await?;
    work.save(HandedBackEntry(request)).await?;
    tell_desk(&mut work, desk.id, entry, due_at).await?;
    work.commit().await?;
    Ok(())
}

/// Tells the desk until when to call the company, and plans the reminder for the morning of that day.
async fn tell_desk(
    work: &mut CaseTransaction<'_>,
    desk: DeskId,
    entry: DeskEntryId,
    due_at: DateTime<Utc>,
) -> Result<(), Problem> {
    let link = work.app.site.absolute(&format!("/desk/calls/{entry}"));
    let (link, number) = (link.as_str(), work.record.number);
    let number = &number;
    work.mail_other_desk(desk, AccountMailEvent::HandedBack { link, number, due_at }, None).await?;
    let later = PlannedMail {
        due_at: desk_reminded_at(due_at, &work.context.settings),
        key: format!("handed_back/{entry}"),
        send_condition: SendCondition::DeskEntryOpen { entry },
    };
    let reminder = AccountMailEvent::HandedBackReminder { link, number, due_at };
    work.mail_other_desk(desk, reminder, Some(&later)).await
}

/// Returns what the company is told about the desk.
fn note(desk: &Desk) -> Result<Prose, Problem> {
    let mut words = format!("ご同意いただいた内容を、{}にお伝えしました。", desk.name);
    if let Some(phone) = &desk.details.phone {
        words.push_str(&format!("\n電話：{}", Telephone::shown(phone.as_str())));
    }
    if let Some(hours) = &desk.details.hours {
        words.push_str(&format!("\n受付：{hours}"));
    }
    Ok(Prose::parse("案内", &words, 1_000).map_err(anyhow::Error::from)?)
}

async fn request(
    work: &CaseTransaction<'_>,
    id: DeskEntryId,
    to: (DeskId, DateTime<Utc>),
    outline: Prose,
) -> Result<DeskEntry, Problem> {
    let record = &work.record;
    let case = record.consultation.id;
    let themes = store::consultation::themes(work.read(), case).await?;
    let theme = themes.into_iter().next().unwrap_or_else(|| OTHER_THEME.to_owned());
    let person = &work.person;
    let caller = Caller {
        name: TextLine::parse("氏名", &person.name, 100).map_err(anyhow::Error::from)?,
        company: TextLine::parse("会社名", &record.company_name, 200).ok(),
        phone: person.phone.as_deref().and_then(|it| Telephone::parse(it).ok()),
        email: person.email.as_deref().and_then(|it| EmailAddress::parse(it).ok()),
        memo: Some(outline),
    };
    Ok(DeskEntry::handed_back(id, to, case, theme, caller, work.now()))
}
