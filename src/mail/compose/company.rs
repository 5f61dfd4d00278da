//! Letters to the company.
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    consultation::UnfulfilledReason,
    follow_up::{EDITABLE_DAYS, Progress, WAITS_DAYS},
    number::CaseNumber,
    wording::{long_date_time, long_date_time_range, month_day_time, month_day_weekday},
};

use super::{
    Draft, invitation,
    wording::{Told, fields, in_business_days, names, quoted, still_ahead},
};
use crate::mail::{
    letter::{CalendarPart, MailKind},
    occasion::{About, Recipient, Sitting},
};

type Written = Result<Draft, askama::Error>;

/// What is between greeting and footer, one template a letter.
#[derive(Template)]
enum Body<'a> {
    #[template(path = "mail/acknowledgement.txt")]
    Acknowledgement {
        number: &'a CaseNumber,
        received: String,
        fields: String,
        slot: Option<String>,
        slot_until: Option<String>,
        confirmed: bool,
        confirm: &'a str,
        days: u16,
        due: String,
    },
    #[template(path = "mail/question.txt")]
    Question { number: &'a CaseNumber, portal: &'a str, text: String },
    #[template(path = "mail/slots_to_choose.txt")]
    SlotsToChoose { number: &'a CaseNumber, portal: &'a str, experts: String },
    #[template(path = "mail/earlier_time.txt")]
    EarlierTime {
        number: &'a CaseNumber,
        told: Told<'a>,
        booked: Option<String>,
        until: String,
        answer: &'a str,
    },
    #[template(path = "mail/back_at_center.txt")]
    BackAtCenter { number: &'a CaseNumber, portal: &'a str, due: String },
    #[template(path = "mail/booked_company.txt")]
    Booked { number: &'a CaseNumber, portal: &'a str, told: Told<'a>, change_until: Option<String> },
    #[template(path = "mail/moved_company.txt")]
    Moved {
        number: &'a CaseNumber,
        portal: &'a str,
        told: Told<'a>,
        change_until: Option<String>,
        was: String,
    },
    #[template(path = "mail/room_company.txt")]
    Room { number: &'a CaseNumber, portal: &'a str, told: Told<'a> },
    #[template(path = "mail/cancelled_company.txt")]
    Cancelled { number: &'a CaseNumber, portal: &'a str, told: Told<'a>, reason: String },
    #[template(path = "mail/expert_changed_company.txt")]
    ExpertChanged { number: &'a CaseNumber, portal: &'a str, told: Told<'a>, was: String },
    #[template(path = "mail/reminder_company.txt")]
    Reminder { number: &'a CaseNumber, portal: &'a str, told: Told<'a> },
    #[template(path = "mail/report_ready.txt")]
    ReportReady { number: &'a CaseNumber, portal: &'a str },
    #[template(path = "mail/survey.txt")]
    Survey { number: &'a CaseNumber, answer: &'a str, waits: i64, editable: i64 },
    #[template(path = "mail/follow_up.txt")]
    FollowUp { number: &'a CaseNumber, lead: String, choices: [Choice; 4], waits: i64 },
    #[template(path = "mail/new_message_company.txt")]
    NewMessage { number: &'a CaseNumber, portal: &'a str },
    #[template(path = "mail/withdrawn_company.txt")]
    Withdrawn { number: &'a CaseNumber, portal: &'a str, apply: String, cancelled: Option<Told<'a>> },
    #[template(path = "mail/unfulfilled.txt")]
    Unfulfilled {
        number: &'a CaseNumber,
        reason: &'static str,
        help: &'static str,
        cancelled: Option<Told<'a>>,
    },
    #[template(path = "mail/referred.txt")]
    Referred { number: &'a CaseNumber, organization: &'a str, note: String, cancelled: Option<Told<'a>> },
}

/// One button of a follow-up.
struct Choice {
    label: &'static str,
    address: String,
}

/// Nothing of what the form said in free text, not even the place of a visit: the address may be a stranger's.
pub fn acknowledgement(
    about: &About<'_>,
    confirm: &str,
    slot: Option<(Sitting<'_>, DateTime<Utc>)>,
    received_at: DateTime<Utc>,
    first_contact_due: DateTime<Utc>,
) -> Written {
    let body = Body::Acknowledgement {
        number: about.number,
        received: long_date_time(received_at),
        fields: fields(about.fields),
        slot: slot.map(|(it, _)| long_date_time_range(it.starts_at, it.ends_at)),
        slot_until: slot.map(|(_, until)| month_day_time(until)),
        confirmed: about.address_confirmed,
        confirm,
        days: about.house.settings.first_contact_days,
        due: month_day_weekday(first_contact_due),
    };
    draft(MailKind::Acknowledgement, "ご相談の申込みを受け付けました", &body, None)
}

pub fn question(about: &About<'_>, portal: &str, text: &str) -> Written {
    let body = Body::Question { number: about.number, portal, text: quoted(text) };
    draft(MailKind::Question, "確認したいことがあります", &body, None)
}

pub fn slots_to_choose(about: &About<'_>, portal: &str, experts: &[String]) -> Written {
    let body = Body::SlotsToChoose { number: about.number, portal, experts: names(experts) };
    draft(MailKind::SlotsToChoose, "相談の日時を選んでください", &body, None)
}

pub fn earlier_time(
    about: &About<'_>,
    answer: &str,
    sitting: Sitting<'_>,
    booked: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> Written {
    let (booked, until) = (booked.map(long_date_time), month_day_time(until));
    let body = Body::EarlierTime { number: about.number, told: Told::of(&sitting), booked, until, answer };
    draft(MailKind::EarlierTime, "お待ちの日時が空きました", &body, None)
}

pub fn back_at_center(about: &About<'_>, portal: &str) -> Written {
    let due = in_business_days(&about.house, about.house.settings.first_contact_days);
    let body = Body::BackAtCenter { number: about.number, portal, due };
    draft(MailKind::BackAtCenter, "担当者と日時を再調整します", &body, None)
}

pub fn booked(
    about: &About<'_>,
    to: Recipient<'_>,
    portal: &str,
    sitting: Sitting<'_>,
    change_until: DateTime<Utc>,
) -> Written {
    let change_until = still_ahead(&about.house, change_until).map(month_day_time);
    let body = Body::Booked { number: about.number, portal, told: Told::of(&sitting), change_until };
    let calendar = invitation::for_company(about, to, &sitting);
    draft(MailKind::Booked, "相談の日時が決まりました", &body, Some(calendar))
}

pub fn moved(
    about: &About<'_>,
    to: Recipient<'_>,
    portal: &str,
    sitting: Sitting<'_>,
    change_until: DateTime<Utc>,
    was: DateTime<Utc>,
) -> Written {
    let change_until = still_ahead(&about.house, change_until).map(month_day_time);
    let (told, was) = (Told::of(&sitting), long_date_time(was));
    let body = Body::Moved { number: about.number, portal, told, change_until, was };
    let calendar = invitation::for_company(about, to, &sitting);
    draft(MailKind::Moved, "相談の日時が変わりました", &body, Some(calendar))
}

pub fn room(about: &About<'_>, to: Recipient<'_>, portal: &str, sitting: Sitting<'_>) -> Written {
    let body = Body::Room { number: about.number, portal, told: Told::of(&sitting) };
    let calendar = invitation::for_company(about, to, &sitting);
    draft(MailKind::Room, "オンライン相談の接続先が変わりました", &body, Some(calendar))
}

pub fn cancelled(
    about: &About<'_>,
    to: Recipient<'_>,
    portal: &str,
    sitting: Sitting<'_>,
    reason: &str,
) -> Written {
    let (told, reason) = (Told::of(&sitting), quoted(reason));
    let body = Body::Cancelled { number: about.number, portal, told, reason };
    let calendar = invitation::cancelling(about, to, &sitting);
    draft(MailKind::Cancelled, "相談の予約を取り消しました", &body, Some(calendar))
}

pub fn expert_changed(
    about: &About<'_>,
    to: Recipient<'_>,
    portal: &str,
    sitting: Sitting<'_>,
    was: &[String],
) -> Written {
    let body =
        Body::ExpertChanged { number: about.number, portal, told: Told::of(&sitting), was: names(was) };
    let calendar = invitation::for_company(about, to, &sitting);
    draft(MailKind::ExpertChanged, "担当の専門家が変わりました", &body, Some(calendar))
}

pub fn reminder(about: &About<'_>, portal: &str, sitting: Sitting<'_>) -> Written {
    let body = Body::Reminder { number: about.number, portal, told: Told::of(&sitting) };
    draft(MailKind::Reminder, "相談の日が近づきました", &body, None)
}

pub fn report_ready(about: &About<'_>, portal: &str) -> Written {
    let body = Body::ReportReady { number: about.number, portal };
    draft(MailKind::ReportReady, "相談の報告書ができました", &body, None)
}

pub fn survey(about: &About<'_>, answer: &str) -> Written {
    let body = Body::Survey { number: about.number, answer, waits: WAITS_DAYS, editable: EDITABLE_DAYS };
    draft(MailKind::Survey, "アンケートのお願い", &body, None)
}

pub fn follow_up(about: &About<'_>, lead: &str, answer: &str) -> Written {
    let choices = choices(answer);
    let body = Body::FollowUp { number: about.number, lead: lead.to_owned(), choices, waits: WAITS_DAYS };
    draft(MailKind::FollowUp, "その後の状況をお知らせください", &body, None)
}

fn choices(answer: &str) -> [Choice; 4] {
    let joint = if answer.contains('?') { '&' } else { '?' };
    Progress::ALL
        .map(|it| Choice { label: it.label(), address: format!("{answer}{joint}answer={}", it.code()) })
}

/// The buttons of a question, as a text has them.
pub fn choices_as_lines(answer: &str) -> String {
    choices(answer).map(|it| format!("▼{}\n{}", it.label, it.address)).join("\n\n")
}

pub fn new_message(about: &About<'_>, portal: &str) -> Written {
    let body = Body::NewMessage { number: about.number, portal };
    draft(MailKind::NewMessage, "新しいメッセージが届きました", &body, None)
}

pub fn withdrawn(
    about: &About<'_>,
    to: Recipient<'_>,
    portal: &str,
    cancelled: Option<Sitting<'_>>,
) -> Written {
    let apply = about.house.site.absolute("/apply");
    let (cancelled, calendar) = gone(about, to, cancelled);
    let body = Body::Withdrawn { number: about.number, portal, apply, cancelled };
    draft(MailKind::Withdrawn, "相談の申込みを取り下げました", &body, calendar)
}

pub fn unfulfilled(
    about: &About<'_>,
    to: Recipient<'_>,
    reason: UnfulfilledReason,
    cancelled: Option<Sitting<'_>>,
) -> Written {
    let (cancelled, calendar) = gone(about, to, cancelled);
    let (help, reason) = (help(reason), reason.label());
    let body = Body::Unfulfilled { number: about.number, reason, help, cancelled };
    draft(MailKind::Unfulfilled, "ご相談についてのお知らせ", &body, calendar)
}

/// What else can help.
pub const fn help(reason: UnfulfilledReason) -> &'static str {
    match reason {
        UnfulfilledReason::NotEligible => "ほかの公的な相談窓口をご案内できることがあります。",
        UnfulfilledReason::NoSuitableTime => {
            "あらためて申し込むと、新しい日時から選ぶことができます。\n電話で日時をご相談いただくこともできます。"
        }
        UnfulfilledReason::Unreachable => {
            "相談を続けるときは、下記の電話へご連絡ください。\n同じ受付番号で、手続きを再開できます。"
        }
        UnfulfilledReason::NoExpert => {
            "センターの相談員が、電話で一般的なご質問にお答えします。\n時期をおいて、あらためて申し込むこともできます。"
        }
    }
}

pub fn referred(
    about: &About<'_>,
    to: Recipient<'_>,
    organization: &str,
    note: &str,
    cancelled: Option<Sitting<'_>>,
) -> Written {
    let (cancelled, calendar) = gone(about, to, cancelled);
    let body = Body::Referred { number: about.number, organization, note: quoted(note), cancelled };
    draft(MailKind::Referred, "ほかの窓口のご案内", &body, calendar)
}

/// The booking that ended with the consultation: one letter tells both, and takes it out of the calendar.
fn gone<'a>(
    about: &About<'_>,
    to: Recipient<'_>,
    cancelled: Option<Sitting<'a>>,
) -> (Option<Told<'a>>, Option<CalendarPart>) {
    cancelled.map(|it| (Told::of(&it), invitation::cancelling(about, to, &it))).unzip()
}

fn draft(kind: MailKind, title: &'static str, body: &Body<'_>, calendar: Option<CalendarPart>) -> Written {
    Ok(Draft { kind, title: title.into(), body: body.render()?, calendar })
}
