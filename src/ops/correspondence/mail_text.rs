//! The wording of mails: an administrator writes it, previews it for a consultation, and can return to the built-in
//! one.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    booking::appointment::{Appointment, AppointmentMode},
    calendar::{BusinessCalendar, at_japan, japan_date},
    correspondence::company_channel::CompanyChannel,
    id::AccountId,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};

use crate::{
    app::App,
    mail::{
        compose,
        mail_event::{AppointmentText, MailContext, Recipient, Recommended, SenderContext},
        outgoing_mail::OutgoingMail,
        preview::{PreviewEvent, PreviewFacts, example},
        text::{MailWording, Template, TextKind},
    },
    ops::{aftercare::recommended::guide_line, case::context::Context},
    problem::Problem,
    store,
};

/// Puts a wording into force for a year, as the version after `seen`; `None` restores the built-in wording. Returns
/// `Stale` if another version has been saved since `seen`.
pub async fn save(
    app: &App,
    year: FiscalYear,
    kind: TextKind,
    seen: i32,
    words: Option<&MailWording>,
    by: AccountId,
) -> Result<(), Problem> {
    if words.is_some_and(|it| Template::parse(kind, it).is_err()) {
        return Err(Problem::Refused("この文面は使えません。書き方を確認してください。".to_owned()));
    }
    let now = app.clock.now();
    let tx = app.begin().await?;
    if !store::correspondence::mail_text::save(&tx, year, kind, seen, words, by, now).await? {
        return Err(Problem::Stale);
    }
    tx.commit().await?;
    Ok(())
}

/// Returns the mail in this wording, with the data of a consultation. Nothing is saved or sent.
///
/// Links are examples, and so is everything that the consultation does not have yet, such as an appointment.
pub async fn preview(
    app: &App,
    kind: TextKind,
    words: &MailWording,
    number: CaseNumber,
) -> Result<OutgoingMail, Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let record = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let id = record.consultation.id;
    let person = store::consultation::person(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let appointments = store::booking::appointment::of(&app.db, id).await?;
    let year = FiscalYear::of(japan_date(now)).map_err(anyhow::Error::from)?;
    let mut texts = context.programme.texts.clone();
    texts.put(kind, year.start_year(), Some(words));
    let sender = SenderContext { texts: &texts, ..context.sender(app) };
    let appointment = appointments.last();
    let names: Vec<_> = appointment.map_or_else(
        || vec!["（専門家の氏名）".to_owned()],
        |it| it.experts.iter().map(|&it| context.experts.name(it).to_owned()).collect(),
    );
    let appointment = appointment_of(appointment, &names, &context.settings, &context.calendar, now);
    let to = Recipient { address: person.email.as_deref().unwrap_or_default(), name: &person.name };
    let about = MailContext {
        id,
        number: &record.number,
        company_name: &record.company_name,
        contact_name: &person.name,
        fields: record.consultation.fields,
        address_confirmed: record.consultation.address_confirmed,
        due: record.due.as_ref(),
        waits_since: record.silence.map(|it| it.since),
        report_due_at: None,
        channel: CompanyChannel::of(person.email.is_some(), true),
        sender,
    };
    let outline: Vec<_> = record.prefecture.iter().map(|it| format!("所在地：{}", it.name())).collect();
    let link = app.site.link("preview");
    let (examples, guides) = recommendations(app, japan_date(sender.now));
    let facts = PreviewFacts {
        about: &about,
        received_at: record.received_at,
        mode: record.mode,
        appointment,
        experts: &names,
        outline: &outline,
        recommended: Recommended { examples: &examples, guides: &guides },
        link: &link,
    };
    Ok(match example(kind, &facts).ok_or(Problem::NotFound)? {
        PreviewEvent::Case(mail_event) => compose::about(mail_event, to, &about)?,
        PreviewEvent::Plain(mail_event) => compose::plain(mail_event, to, &sender)?,
    })
}

/// Returns the lines of an example, and of an entry of the guide.
fn recommendations(app: &App, today: NaiveDate) -> ([String; 1], [String; 1]) {
    let example = format!("12人の製造業で在宅勤務（見本製作所）\n　{}", app.site.absolute("/cases/10001"));
    let address = app.site.absolute("/guide/10001");
    ([example], [guide_line("テレワーク導入の助成金", "見本省", &address, today)])
}

/// Returns the latest appointment, or an example on a future business day.
fn appointment_of<'a>(
    appointment: Option<&'a Appointment>,
    names: &'a [String],
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> AppointmentText<'a> {
    if let Some(it) = appointment {
        return crate::ops::booking::notices::appointment_text(it, names);
    }
    let day = calendar.add_business_days(japan_date(now), settings.notice_days + 1);
    let starts_at = at_japan(day, settings.opens_hour + 1, 0);
    AppointmentText {
        starts_at,
        ends_at: starts_at + TimeDelta::minutes(i64::from(settings.online_minutes)),
        mode: AppointmentMode::Online,
        place: "（接続先）",
        experts: names,
        uid: "preview",
        sequence: 0,
    }
}
