//! The wording of mails: an administrator writes it, previews it for an invented consultation, and can return to the built-in
//! one.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    booking::appointment::AppointmentMode,
    calendar::{BusinessCalendar, at_japan, japan_date},
    correspondence::company_channel::CompanyChannel,
    due::Due,
    field::Fields,
    id::{AccountId, ConsultationId},
    intake::company::Mode,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};
use uuid::Uuid;

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

/// The company and the contact of the invented consultation.
const COMPANY: &str = "株式会社見本製作所";
const CONTACT: Recipient<'static> = Recipient { address: "contact@example.co.jp", name: "見本 花子" };

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

/// Returns the mail in this wording, about an invented consultation: an administrator reads no case. Nothing is saved or
/// sent.
pub async fn preview(app: &App, kind: TextKind, words: &MailWording) -> Result<OutgoingMail, Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let year = FiscalYear::of(japan_date(now)).map_err(anyhow::Error::from)?;
    let mut texts = context.programme.texts.clone();
    texts.put(kind, year.start_year(), Some(words));
    let sender = SenderContext { texts: &texts, ..context.sender(app) };
    let names = ["（専門家の氏名）".to_owned()];
    let number = CaseNumber::new(year, CaseNumber::LAST_SERIAL).map_err(anyhow::Error::from)?;
    let due = Due::first_contact(&context.settings, &context.calendar, now);
    let about = MailContext {
        id: ConsultationId(Uuid::nil()),
        number: &number,
        company_name: COMPANY,
        contact_name: CONTACT.name,
        fields: Fields::Both,
        address_confirmed: true,
        due: Some(&due),
        waits_since: None,
        report_due_at: None,
        channel: CompanyChannel::of(true, true),
        sender,
    };
    let link = app.site.link("preview");
    let (examples, guides) = recommendations(app, japan_date(now));
    let facts = PreviewFacts {
        about: &about,
        received_at: now,
        mode: Mode::Online,
        appointment: invented_appointment(&names, &context.settings, &context.calendar, now),
        experts: &names,
        outline: &["所在地：東京都".to_owned()],
        recommended: Recommended { examples: &examples, guides: &guides },
        link: &link,
    };
    Ok(match example(kind, &facts).ok_or(Problem::NotFound)? {
        PreviewEvent::Case(mail_event) => compose::about(mail_event, CONTACT, &about)?,
        PreviewEvent::Plain(mail_event) => compose::plain(mail_event, CONTACT, &sender)?,
    })
}

/// Returns the lines of an example, and of an entry of the guide.
fn recommendations(app: &App, today: NaiveDate) -> ([String; 1], [String; 1]) {
    let example = format!("12人の製造業で在宅勤務（見本製作所）\n　{}", app.site.absolute("/cases/10001"));
    let address = app.site.absolute("/guide/10001");
    ([example], [guide_line("テレワーク導入の助成金", "見本省", &address, today)])
}

/// Returns an appointment on a future business day.
fn invented_appointment<'a>(
    names: &'a [String],
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> AppointmentText<'a> {
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
