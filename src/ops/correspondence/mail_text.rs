//! The wording of mails: an administrator writes it, previews it for a consultation, and can return to the built-in
//! one.
mod account;
mod expert;
mod publication;
mod silent;
mod visitor;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Party,
    booking::{
        appointment::{Appointment, AppointmentMode},
        notice::change_until,
    },
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::{AppointmentOutcome, UnfulfilledReason},
    correspondence::company_channel::CompanyChannel,
    due::Due,
    field::Fields,
    id::AccountId,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};

use crate::{
    app::App,
    mail::{
        compose,
        mail_event::{
            AccountMailEvent, AppointmentText, CaseNumberEvent, MailContext, MailEvent, OutcomeEvent,
            ReaderSide, Recipient, Recommended, RequestedPart, SenderContext, TimeNews, WhyBack,
        },
        outgoing_mail::OutgoingMail,
        text::{MailWording, Reader, Template, TextKind},
    },
    ops::case::context::Context,
    problem::Problem,
    store::{self, consultation::Record},
};

use account::{of_access, of_lists};
use expert::of_request;
use publication::{of_consent, recommendations};
use silent::silent;
use visitor::{of_campaign, of_edition, of_gathering, of_network, of_survey};
use {MailEvent as O, TextKind as K};

/// Example texts for the parts of a preview that people will write.
const QUESTION: &str = "（センターが書いた質問）";
const ORGANIZATION: &str = "（案内先）";
const LEAD: &str = "相談から、およそ3か月がたちました。";
const NOTE: &str = "（センターからの案内）";
const NO_TIME: UnfulfilledReason = UnfulfilledReason::NoSuitableTime;
const NAME: &str = "（専門家の氏名）";
const DAYS: &str = "（不在の期間）";
const ADDRESS: &str = "contact@example.co.jp";
const REASON: &str = "（理由）";
const RESULT: &str = "専門家との相談が終わりました。";

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
    let example = example(
        kind,
        &Facts {
            about: &about,
            record: &record,
            appointment,
            names: &names,
            outline: &outline,
            recommended: Recommended { examples: &examples, guides: &guides },
            link: &link,
        },
    );
    Ok(match example {
        Example::Case(mail_event) => compose::about(mail_event, to, &about)?,
        Example::Plain(mail_event) => compose::plain(mail_event, to, &sender)?,
    })
}

/// The data that an example event is made from.
struct Facts<'a> {
    about: &'a MailContext<'a>,
    record: &'a Record,
    appointment: AppointmentText<'a>,
    names: &'a [String],
    outline: &'a [String],
    recommended: Recommended<'a>,
    link: &'a str,
}

impl Facts<'_> {
    /// Returns the earlier start of an appointment that has moved.
    fn was(&self) -> DateTime<Utc> {
        self.appointment.starts_at - TimeDelta::days(7)
    }

    fn due(&self) -> DateTime<Utc> {
        let SenderContext { settings, calendar, now, .. } = self.about.sender;
        Due::reply(settings, calendar, now).at().unwrap_or(now)
    }

    fn change_until(&self) -> DateTime<Utc> {
        let SenderContext { settings, calendar, .. } = self.about.sender;
        change_until(self.appointment.starts_at, settings, calendar)
    }
}

enum Example<'a> {
    Case(MailEvent<'a>),
    Plain(AccountMailEvent<'a>),
}

use Example::Case;

/// Returns the event of an address that has changed: for the new one, or for the one before.
fn address(kind: TextKind, link: &str) -> Example<'_> {
    Case(if kind == TextKind::AddressReplaced {
        MailEvent::AddressReplaced { object: link }
    } else {
        MailEvent::AddressChanged { confirm: link, slot: None }
    })
}

/// Returns an example of the event that a text is for, as it would be for the consultation. The frame that surrounds every
/// mail is shown around the report's.
#[expect(clippy::too_many_lines, reason = "one row for each kind of mail")]
fn example<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let Facts { appointment, names: experts, link, .. } = *facts;
    let (portal, answer, side, due_at, was) = (link, link, side(kind, link), facts.due(), facts.was());
    match kind {
        K::Acknowledgement => Case(received(facts, due_at)),
        K::AddressChanged | K::AddressReplaced => address(kind, link),
        K::Question => Case(O::Question { portal, text: QUESTION }),
        K::SlotsToChoose => Case(O::SlotsToChoose { portal, experts }),
        K::FurtherAppointment | K::TeamChanging | K::FieldsChanged => of_team(kind, facts),
        K::FieldsChangedExpert | K::PartChanged => expert::of_part(kind, facts),
        K::CaseSplit | K::CaseMerged | K::CaseUnmerged | K::CaseRestored => of_number(kind, facts),
        K::Finished | K::FurtherDropped => finished(kind, portal),
        K::NoShow | K::NoShowExpert => Case(O::NoShow { side, appointment, is_correction: false }),
        K::ExpertMissedCompany | K::ExpertMissedExpert | K::ExpertMissedCenter => missed(side, appointment),
        K::OutcomeCorrectedCompany | K::OutcomeCorrectedExpert => corrected(side, appointment),
        K::EarlierTime => Case(O::EarlierTime { answer, appointment, booked: Some(was), until: due_at }),
        K::BackAtCenter => Case(O::BackAtCenter { portal, why: WhyBack::NobodyForTime, time: None }),
        K::HoldEnding | K::HoldEndingCenter | K::HoldReleased | K::ClosedInSilence => silent(kind, facts),
        K::ChooseReminder | K::AnswerReminder | K::ConfirmReminder | K::Searching => silent(kind, facts),
        K::OutcomeMissingExpert | K::OutcomeMissingCenter => silent(kind, facts),
        K::ExpertAwayCompany | K::ExpertAwayCenter => silent(kind, facts),
        K::DeclineNotedCompany | K::DeclineNotedExpert => declined(side, facts),
        K::BookedCompany | K::BookedExpert => booked(side, facts),
        K::MovedCompany | K::MovedExpert => moved(side, facts, was),
        K::CancelledCompany | K::CancelledExpert => cancelled(side, facts, REASON),
        K::ReminderCompany | K::ReminderExpert => Case(O::Reminder { side, appointment }),
        K::NewMessageCompany | K::NewMessageExpert | K::NewMessageCenter => Case(O::NewMessage { side }),
        K::WithdrawnCompany => Case(O::Withdrawn { portal, cancelled: None }),
        K::ExpertChangedCompany | K::ExpertChangedExpert | K::ExpertChangedCenter => changed(side, facts),
        K::Relieved => Case(O::Relieved { appointment }),
        K::VenueCompany | K::VenueExpert => Case(O::Venue { side, appointment }),
        K::ReportReady | K::Frame => report_ready(facts),
        K::Survey | K::FollowUp => of_questions(kind, answer),
        K::ExampleWanted | K::ExampleReview | K::ExampleReminder => of_consent(kind, facts, due_at),
        K::ExamplePublic | K::ExampleOver | K::ExampleTold => of_consent(kind, facts, due_at),
        K::Unfulfilled => Case(O::Unfulfilled { reason: NO_TIME, advised: false, cancelled: None }),
        K::Referred => referred(),
        K::Request | K::RequestReminder | K::RequestLapsed => of_request(kind, facts, answer),
        K::RequestTimeLost | K::RequestWithdrawn | K::RequestDeclined => of_request(kind, facts, answer),
        K::ReportDue => Case(O::ReportDue { due_at, overdue: false }),
        K::ReportReturned | K::ReportWritten => report(kind, appointment),
        K::SubstituteNeeded => Case(O::SubstituteNeeded { appointment, declined: NAME, page: link }),
        K::NobodyLeft => Case(O::NobodyLeft),
        K::Undelivered => Case(O::Undelivered { address: ADDRESS, reason: REASON }),
        K::NoDelegatesCompany | K::NoDelegatesExpert => no_delegates(kind, appointment),
        K::ReopenedCompany | K::ReopenedExpert => Case(O::Reopened { side }),
        K::HandOverAccepted | K::HandOverReopened | K::DeskMessage | K::HandOverResult => to_desk(kind),
        K::SignIn | K::ResumeDraft | K::Invitation | K::PasswordReset => of_access(kind, facts, due_at),
        K::HandedBack | K::HandedBackReminder => of_access(kind, facts, due_at),
        K::Digest | K::WeeklyDigest | K::Absence | K::DeskUnstaffed | K::LinkMissing => of_lists(kind, facts),
        K::SignUpConfirm | K::SignUpKnown | K::SignUpSeated | K::SignUpWaiting => of_gathering(kind, facts),
        K::SeatOffered | K::SeatOfferLapsed | K::WaitEnded | K::SeatCancelled => of_gathering(kind, facts),
        K::EventMoved | K::EventCalledOff | K::EventThanks => of_gathering(kind, facts),
        K::EventReminder | K::EventSoon | K::EventLink => of_gathering(kind, facts),
        K::RegistrationProve | K::RegistrationKnown | K::RegistrationReceived => of_campaign(kind, facts),
        K::RegistrationApproved | K::RegistrationRejected => of_campaign(kind, facts),
        K::RegistrationWithdrawn | K::RegistrationLapsed => of_campaign(kind, facts),
        K::RegistrationInvitation | K::RegistrationsWaiting => of_campaign(kind, facts),
        K::EditionClosed => of_edition(facts),
        K::SurveyInvitation | K::SurveyReminder | K::DoubtsWaiting => of_survey(kind, facts),
        K::MentorProve | K::MentorDecided | K::NetworkProve | K::NetworkPassed => of_network(kind, facts),
        K::NetworkQuestion | K::MentorReminder | K::NetworkWords | K::NetworkBack => of_network(kind, facts),
        K::NetworkIntroduced | K::NetworkWaiting => of_network(kind, facts),
    }
}

const fn referred() -> Example<'static> {
    let (organization, note) = (ORGANIZATION, NOTE);
    Case(MailEvent::Referred { organization, note, cancelled: None, called_by: None })
}

fn to_desk(kind: TextKind) -> Example<'static> {
    let (organization, note) = (ORGANIZATION, NOTE);
    Case(if kind == TextKind::HandOverAccepted {
        MailEvent::HandOverAccepted
    } else if kind == TextKind::HandOverReopened {
        MailEvent::HandOverReopened
    } else if kind == TextKind::DeskMessage {
        MailEvent::DeskMessage
    } else {
        MailEvent::HandOverResult { result: RESULT, organization, note, is_back: false }
    })
}

fn request<'a>(facts: &Facts<'a>, answer: &'a str) -> Example<'a> {
    let (fields, slot) = (facts.record.consultation.fields, Some(facts.appointment));
    let (part, due_at, outline) = (RequestedPart::Whole, facts.due(), facts.outline);
    Case(MailEvent::Request { answer, fields, part, slot, due_at, outline })
}

fn booked<'a>(side: ReaderSide<'a>, facts: &Facts<'a>) -> Example<'a> {
    Case(MailEvent::Booked { side, appointment: facts.appointment, change_until: facts.change_until() })
}

fn declined<'a>(side: ReaderSide<'a>, facts: &Facts<'a>) -> Example<'a> {
    let (appointment, change_until) = (facts.appointment, facts.change_until());
    Case(MailEvent::DeclineNoted { side, appointment, change_until, answer_due: facts.due() })
}

fn moved<'a>(side: ReaderSide<'a>, facts: &Facts<'a>, was: DateTime<Utc>) -> Example<'a> {
    let (appointment, change_until) = (facts.appointment, facts.change_until());
    Case(MailEvent::Moved { side, appointment, change_until, was })
}

/// Returns an example of a split, a merge or the undoing of one.
const fn of_number<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let (link, number, left) = (facts.link, facts.about.number, facts.record.consultation.fields);
    Case(MailEvent::CaseNumber(CaseNumberEvent::example(kind, link, number, left)))
}

/// Returns an example of a change of experts or fields.
const fn of_team<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let (portal, released) = (facts.link, facts.names);
    Case(if matches!(kind, TextKind::FieldsChanged) {
        let time = Some((facts.appointment, TimeNews::Stands));
        MailEvent::FieldsChanged { portal, was: Fields::Both, missing: None, released, time, chooses: false }
    } else if matches!(kind, TextKind::TeamChanging) {
        let lost = Some((facts.appointment, TimeNews::Cancelled));
        let (by, reason) = (Party::Expert, REASON);
        MailEvent::TeamChanging { portal, released, by, reason, lost, may_choose: false }
    } else {
        let (experts, is_open, was, report) = (released, false, None, None);
        MailEvent::FurtherAppointment { portal, experts, is_open, was, report }
    })
}

const fn cancelled<'a>(side: ReaderSide<'a>, facts: &Facts<'a>, reason: &'a str) -> Example<'a> {
    let (appointment, by) = (facts.appointment, Some(Party::Coordinator));
    Case(MailEvent::Cancelled { side, appointment, reason, by, is_blocked: false })
}

const fn missed<'a>(side: ReaderSide<'a>, appointment: AppointmentText<'a>) -> Example<'a> {
    Case(MailEvent::Outcome(OutcomeEvent::ExpertMissed {
        side,
        appointment,
        part: None,
        is_correction: false,
    }))
}

fn corrected<'a>(side: ReaderSide<'a>, appointment: AppointmentText<'a>) -> Example<'a> {
    let (was, outcome) = (AppointmentOutcome::NoShow.into(), AppointmentOutcome::Done.into());
    Case(MailEvent::Outcome(OutcomeEvent::Corrected { side, appointment, was, outcome }))
}

const fn report_ready<'a>(facts: &Facts<'a>) -> Example<'a> {
    Case(MailEvent::ReportReady {
        portal: facts.link,
        appointment: facts.appointment,
        recommended: facts.recommended,
        follows: true,
        may_continue: true,
        is_over: false,
        is_correction: false,
    })
}

const fn changed<'a>(side: ReaderSide<'a>, facts: &Facts<'a>) -> Example<'a> {
    Case(MailEvent::ExpertChanged { side, appointment: facts.appointment, was: facts.names })
}

/// Returns an example of a report that is returned, or that the center has written.
const fn report(kind: TextKind, appointment: AppointmentText<'_>) -> Example<'_> {
    Case(if matches!(kind, TextKind::ReportReturned) {
        MailEvent::ReportReturned { reason: REASON }
    } else {
        MailEvent::ReportWritten { appointment }
    })
}

/// Returns an example of the end of a consultation, or of a further appointment that is taken back.
const fn finished(kind: TextKind, portal: &str) -> Example<'_> {
    Case(if matches!(kind, TextKind::Finished) {
        MailEvent::Finished { portal, cancelled: None }
    } else {
        MailEvent::FurtherDropped { portal }
    })
}

fn no_delegates(kind: TextKind, it: AppointmentText<'_>) -> Example<'_> {
    let is_company = kind == TextKind::NoDelegatesCompany;
    Case(MailEvent::NoDelegates { is_company, starts_at: it.starts_at, ends_at: it.ends_at })
}

/// Returns an example of a mail with questions after an appointment.
const fn of_questions(kind: TextKind, answer: &str) -> Example<'_> {
    Case(if matches!(kind, TextKind::Survey) {
        MailEvent::Survey { answer }
    } else {
        MailEvent::FollowUp { lead: LEAD, answer }
    })
}

const fn side(kind: TextKind, portal: &str) -> ReaderSide<'_> {
    match kind.reader() {
        Reader::Company => ReaderSide::Company { portal },
        Reader::Expert => ReaderSide::Expert,
        Reader::Everybody
        | Reader::Center
        | Reader::Desk
        | Reader::Staff
        | Reader::Participant
        | Reader::Registrant
        | Reader::Network => ReaderSide::Center,
    }
}

fn received<'a>(facts: &Facts<'a>, until: DateTime<Utc>) -> MailEvent<'a> {
    let SenderContext { settings, calendar, .. } = facts.about.sender;
    let received_at = facts.record.received_at;
    let due = Due::first_contact(settings, calendar, received_at).at();
    MailEvent::Acknowledgement {
        confirm: facts.link,
        slot: Some((facts.appointment, until)),
        received_at,
        first_contact_due: due.unwrap_or(received_at),
        handed_over: None,
    }
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
