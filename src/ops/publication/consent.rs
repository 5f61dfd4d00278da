//! A company's consent that its consultation becomes an example: the question, the draft, the text that the company
//! approves, and the end of the consent, with which its text is erased.
//!
//! The consultation is locked first, then the consent, then the example.
use chrono::{Datelike, Days};
use domain::{
    actor::Actor,
    aftercare::report::{Report, ReportState},
    booking::notice::in_business_hours,
    calendar::japan_date,
    id::{AccountId, ConsultationId, PublicationId},
    publication::{
        Content, Phase, Publication, PublicationKind,
        example::{
            consent::{
                CONSENT_WORDING, ConsentRefused, ConsentState, ExampleConsent, REMINDER_DAYS, may_begin,
            },
            draft::{ConsultedCompany, PrivateWords, erased},
        },
    },
    text::Prose,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Seen,
    consent_rows::{AskedCompany, ConsentOf, ErasedExample, Erasure, LockedPublication, NewDraft},
};
use crate::{
    app::App,
    mail::{
        mail_event::{ExampleEvent, ExampleNews, MailEvent},
        outgoing_mail::SendCondition,
    },
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store::{self, consultation::Record},
    url,
};

/// Refuses a consent for a consultation of which nothing may be told yet.
pub async fn check_begin(db: &impl ConnectionTrait, record: &Record) -> Result<(), Problem> {
    may_begin(&record.consultation.state, true)?;
    let reports = store::aftercare::report::of(db, record.consultation.id).await?;
    Ok(may_begin(&record.consultation.state, reports.iter().any(is_approved))?)
}

/// Asks the company whether its consultation may become an example.
pub async fn ask(app: &App, id: ConsultationId, by: AccountId) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    check_begin(work.read(), &work.record).await?;
    if work.company_address().is_none() {
        return Err(Problem::Refused(
            "メールアドレスのない企業には、お願いできません。文章を確認していただく画面を、メールのリンクでお知らせするためです。".to_owned(),
        ));
    }
    let question = ExampleConsent::ask(known, id, work.now())?;
    work.save(&question).await?;
    work.note(Actor::Coordinator(by), "事例への協力を、企業にお願いしました");
    let (portal, until) = (work.portal()?, question.due_at.unwrap_or(work.now()));
    work.mail_company(MailEvent::Example(ExampleEvent::Wanted { portal: &portal, until }))?;
    work.commit().await?;
    Ok(())
}

/// Records that the company agrees, and makes the draft from which an editor begins.
pub async fn agree(app: &App, id: ConsultationId, is_named: bool) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    check_begin(work.read(), &work.record).await?;
    let company = consulted(&work).await?;
    let content = company.draft(is_named, japan_date(work.now())).map_err(anyhow::Error::from)?;
    let example = PublicationId(Uuid::now_v7());
    let given = ExampleConsent::agree(known, id, example, is_named, work.now())?;
    work.save(NewDraft(example, content)).await?;
    work.save(&given).await?;
    let named = if is_named { "企業名を出す" } else { "企業名を出さない" };
    let wording = CONSENT_WORDING.concat();
    work.note(Actor::Company, format!("事例への協力に同意しました（{named}）。同意した文章：{wording}"));
    tell_center(&mut work, ExampleNews::Agreed)?;
    work.commit().await?;
    Ok(())
}

/// Records that the company does not want to become an example.
pub async fn decline(app: &App, id: ConsultationId, by: Actor) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    let declined = known.ok_or(ConsentRefused::NotNow)?.decline()?;
    work.save(&declined).await?;
    work.note(by, "事例への協力は、見送りになりました");
    if by == Actor::Company {
        tell_center(&mut work, ExampleNews::Declined)?;
    }
    work.commit().await?;
    Ok(())
}

/// Shows the newest text to the company, which is reminded once. Refused while the text is not written, while it names
/// what it must not name, and for a company that no mail can tell of it.
pub async fn show(app: &App, seen: Seen, by: AccountId) -> Result<(), Problem> {
    let (mut work, consent, example) = begin_with_example(app, seen).await?;
    if work.company_address().is_none() {
        return Err(Problem::Refused(
            "この企業にはメールアドレスがないため、文章の確認をお願いできません。相談センターに連絡してください。".to_owned(),
        ));
    }
    private_words(&work, &consent).await?.check(&example.content)?;
    let shown = consent.show(example.revision, work.now())?;
    work.save(&shown).await?;
    work.save(AskedCompany(&example, by)).await?;
    work.note(Actor::Coordinator(by), "事例の文章の確認を、企業にお願いしました");
    let (portal, until) = (work.portal()?, shown.due_at.unwrap_or(work.now()));
    work.mail_company(MailEvent::Example(ExampleEvent::Review { portal: &portal, until }))?;
    let consultation = shown.consultation;
    let waits = SendCondition::ExampleWaits { consultation, revision: example.revision };
    let Context { settings, calendar, .. } = &work.context;
    let remind_at = in_business_hours(work.now() + Days::new(REMINDER_DAYS), settings, calendar);
    if let Some(mail) =
        work.mail_company(MailEvent::Example(ExampleEvent::Reminder { portal: &portal, until }))?
    {
        mail.due_at = remind_at;
        mail.send_condition = Some(waits);
    }
    work.commit().await?;
    Ok(())
}

/// Records that the company approves the text that its page showed.
pub async fn approve(app: &App, id: ConsultationId, revision: i32) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    let approved = known.ok_or(ConsentRefused::NotNow)?.approve(revision, work.now())?;
    work.save(&approved).await?;
    work.note(
        Actor::Company,
        format!("事例の文章（第{revision}版）を確認しました。公開してよいとのことです"),
    );
    tell_center(&mut work, ExampleNews::Approved)?;
    work.commit().await?;
    Ok(())
}

/// Records the changes that the company wishes for.
pub async fn want_changes(app: &App, id: ConsultationId, wish: Prose) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    let words = format!("事例の文章の修正を希望しました：{}", wish.as_str());
    let changed = known.ok_or(ConsentRefused::NotNow)?.want_changes(wish, work.now())?;
    work.save(&changed).await?;
    work.note(Actor::Company, words);
    tell_center(&mut work, ExampleNews::ChangesWanted)?;
    work.commit().await?;
    Ok(())
}

/// Ends the consent by the company's wish. Its text is erased: a draft disappears, and a public example ends.
pub async fn withdraw(app: &App, id: ConsultationId, by: Actor) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    let consent = known.ok_or(ConsentRefused::NotNow)?;
    let found = match consent.state.example() {
        Some(example) => work.lock(LockedPublication(example)).await?,
        None => None,
    };
    let withdrawn = consent.withdraw()?;
    // The row gives up the example before that is deleted.
    work.save(&withdrawn).await?;
    let was_public = match found {
        Some(it) => erase(&mut work, it).await? == Erasure::Ended,
        None => false,
    };
    work.note(by, "事例への協力の同意を取りやめました。事例の文章は削除しました");
    let portal = work.portal()?;
    let over = ExampleEvent::Over { portal: &portal, was_public, in_silence: false };
    work.mail_company(MailEvent::Example(over))?;
    if by == Actor::Company {
        tell_center(&mut work, ExampleNews::Withdrawn)?;
    }
    work.commit().await?;
    Ok(())
}

/// Does what is due about a consent: tells the company that its example is public, or ends what was not acted on in
/// time. Nothing becomes public without an answer, and a text that waits in vain is erased.
pub async fn take_step(app: &App, id: ConsultationId) -> Result<(), Problem> {
    let (mut work, known) = begin(app, id).await?;
    let Some(consent) = known.filter(|it| it.due_at.is_some_and(|due_at| due_at <= work.now())) else {
        return Ok(());
    };
    let (was, example) = (consent.state.clone(), consent.state.example());
    let found = match example {
        Some(example) => work.lock(LockedPublication(example)).await?,
        None => None,
    };
    let approved = consent.approved;
    let after = consent.after_due(found.as_ref().is_some_and(|it| it.public_revision.is_some()));
    work.save(&after).await?;
    match (&was, &after.state, found) {
        (ConsentState::Approved(_), ConsentState::Approved(_), Some(it)) => {
            announce(&mut work, &it, approved).await?;
        }
        (_, ConsentState::Lapsed, Some(it)) => {
            let was_public = erase(&mut work, it).await? == Erasure::Ended;
            work.note(
                Actor::System,
                "事例への協力は、期限までに動きがないため終わりました。事例の文章は削除しました",
            );
            let portal = work.portal()?;
            let over = ExampleEvent::Over { portal: &portal, was_public, in_silence: true };
            work.mail_company(MailEvent::Example(over))?;
        }
        (_, ConsentState::Lapsed, None) => {
            work.note(Actor::System, "事例への協力のお願いは、返事がないまま終わりました");
        }
        _ => work.note(Actor::System, "新しい文章への返事がないため、事例は公開中の内容のままです"),
    }
    work.commit().await?;
    Ok(())
}

async fn content_of(
    work: &CaseTransaction<'_>,
    it: &Publication,
    revision: Option<i32>,
) -> Result<Option<Content>, Problem> {
    let Some(revision) = revision else { return Ok(None) };
    let found = store::publication::revision(work.read(), it.id, revision).await?;
    Ok(found.map(|it| it.content))
}

/// Tells the company where its example is, if the public reads the text that it has approved.
async fn announce(
    work: &mut CaseTransaction<'_>,
    it: &Publication,
    approved: Option<i32>,
) -> Result<(), Problem> {
    let is_it = content_of(work, it, it.public_revision).await? == content_of(work, it, approved).await?;
    let Some(period) = it.state.period().filter(|_| is_it && it.state.phase(work.now()) == Phase::Current)
    else {
        return Ok(());
    };
    let address = work.app.site.absolute(&url::publication(PublicationKind::Example, it.number));
    work.note(Actor::System, format!("事例が公開されました：{address}"));
    let (portal, from) = (work.portal()?, period.from());
    let event = ExampleEvent::Public { portal: &portal, address: &address, from };
    work.mail_company(MailEvent::Example(event))?;
    Ok(())
}

async fn begin(
    app: &App,
    id: ConsultationId,
) -> Result<(CaseTransaction<'_>, Option<ExampleConsent>), Problem> {
    let work = CaseTransaction::begin(app, id).await?;
    let known = work.lock(ConsentOf(id)).await?;
    Ok((work, known))
}

/// Begins a change of the case from which an example comes, for an editor who saw this revision.
async fn begin_with_example(
    app: &App,
    seen: Seen,
) -> Result<(CaseTransaction<'_>, ExampleConsent, Publication), Problem> {
    let found = store::publication::consent::of_example(&app.db, seen.id).await?;
    let (work, known) = begin(app, found.ok_or(Problem::NotFound)?.consultation).await?;
    let consent = known.filter(|it| it.state.example() == Some(seen.id)).ok_or(Problem::Stale)?;
    let example = work.lock(LockedPublication(seen.id)).await?.ok_or(Problem::NotFound)?;
    if example.revision != seen.revision {
        return Err(Problem::Stale);
    }
    Ok((work, consent, example))
}

async fn erase(work: &mut CaseTransaction<'_>, it: Publication) -> Result<Erasure, Problem> {
    let left = erased(japan_date(work.now()).year()).map_err(anyhow::Error::from)?;
    work.save(ErasedExample(it, left)).await
}

/// Returns the words that the example must not have: the company's name if it wants none, and the names and addresses of
/// its people.
async fn private_words(
    work: &CaseTransaction<'_>,
    consent: &ExampleConsent,
) -> Result<PrivateWords, Problem> {
    let id = work.record.consultation.id;
    let (_, contact) = store::consultation::application(work.read(), id).await?.ok_or(Problem::NotFound)?;
    let company = &work.record.company_name;
    // A company may have the name of its owner.
    let people = [contact.name, contact.second_name].into_iter().filter(|it| !company.contains(it.as_str()));
    let addresses = [contact.email, Some(contact.second_email), contact.proven_email];
    let phones = [contact.phone, Some(contact.second_phone)];
    Ok(PrivateWords {
        companies: if consent.is_named { Vec::new() } else { vec![company.clone()] },
        people: people.collect(),
        addresses: addresses.into_iter().flatten().collect(),
        phones: phones.into_iter().flatten().collect(),
    })
}

/// Returns what the consultation says about its company, without any person's data.
async fn consulted(work: &CaseTransaction<'_>) -> Result<ConsultedCompany, Problem> {
    let record = &work.record;
    let id = record.consultation.id;
    let (application, _) =
        store::consultation::application(work.read(), id).await?.ok_or(Problem::NotFound)?;
    let reports = store::aftercare::report::of(work.read(), id).await?;
    let advice: Vec<_> = reports.into_iter().filter(is_approved).map(|it| it.body.advice).collect();
    Ok(ConsultedCompany {
        name: record.company_name.clone(),
        prefecture: record.prefecture,
        industry: record.industry,
        employees: application.employees.and_then(|it| u32::try_from(it).ok()),
        themes: store::consultation::themes(work.read(), id).await?,
        fields: record.consultation.fields.iter().collect(),
        description: application.description,
        advice: advice.join("\n"),
    })
}

const fn is_approved(it: &Report) -> bool {
    matches!(it.state, ReportState::Approved { .. })
}

fn tell_center(work: &mut CaseTransaction<'_>, news: ExampleNews) -> Result<(), Problem> {
    work.mail_center(MailEvent::Example(ExampleEvent::Told { news }))?;
    Ok(())
}
