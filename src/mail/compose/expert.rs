//! Letters to an expert.
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    field::Fields,
    number::CaseNumber,
    wording::{long_date_time, long_date_time_range, month_day_time, month_day_weekday},
};

use super::{
    Draft, invitation,
    wording::{Told, fields, names, quoted},
};
use crate::{
    mail::{
        letter::{CalendarPart, MailKind},
        occasion::{About, Recipient, Sitting},
    },
    url,
};

type Written = Result<Draft, askama::Error>;

/// What is between greeting and footer, one template a letter.
#[derive(Template)]
enum Body<'a> {
    #[template(path = "mail/booked_expert.txt")]
    Booked {
        number: &'a CaseNumber,
        company: &'a str,
        fields: String,
        told: Told<'a>,
        page: String,
        report_days: u16,
    },
    #[template(path = "mail/moved_expert.txt")]
    Moved { number: &'a CaseNumber, company: &'a str, told: Told<'a>, was: String, page: String },
    #[template(path = "mail/room_expert.txt")]
    Room { number: &'a CaseNumber, company: &'a str, told: Told<'a>, page: String },
    #[template(path = "mail/cancelled_expert.txt")]
    Cancelled { number: &'a CaseNumber, company: &'a str, told: Told<'a>, reason: String, page: String },
    #[template(path = "mail/expert_changed_expert.txt")]
    ExpertChanged { number: &'a CaseNumber, company: &'a str, told: Told<'a>, was: String, page: String },
    #[template(path = "mail/relieved.txt")]
    Relieved { number: &'a CaseNumber, told: Told<'a>, page: String },
    #[template(path = "mail/reminder_expert.txt")]
    Reminder {
        number: &'a CaseNumber,
        company: &'a str,
        fields: String,
        told: Told<'a>,
        page: String,
        report_days: u16,
    },
    #[template(path = "mail/new_message_staff.txt")]
    NewMessage { number: &'a CaseNumber, company: &'a str, page: String },
    #[template(path = "mail/withdrawn_staff.txt")]
    Withdrawn { number: &'a CaseNumber, company: &'a str, page: String },
    #[template(path = "mail/request.txt")]
    Request {
        number: &'a CaseNumber,
        fields: String,
        slot: Option<Told<'a>>,
        outline: &'a [String],
        answer: &'a str,
        due: String,
    },
    #[template(path = "mail/request_reminder.txt")]
    RequestReminder { number: &'a CaseNumber, answer: &'a str, due: String },
    #[template(path = "mail/request_lapsed.txt")]
    RequestLapsed { number: &'a CaseNumber, slot: Option<Told<'a>>, page: String },
    #[template(path = "mail/request_withdrawn.txt")]
    RequestWithdrawn { number: &'a CaseNumber, slot: Option<Told<'a>>, page: String },
    #[template(path = "mail/request_declined.txt")]
    RequestDeclined { number: &'a CaseNumber, told: Told<'a>, page: String },
    #[template(path = "mail/no_delegates.txt")]
    NoDelegates { number: &'a CaseNumber, when: String, is_company: bool },
    #[template(path = "mail/report_due.txt")]
    ReportDue { number: &'a CaseNumber, company: &'a str, due: String, overdue: bool, page: String },
    #[template(path = "mail/report_returned.txt")]
    ReportReturned { number: &'a CaseNumber, company: &'a str, reason: String, page: String },
}

pub fn booked(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>) -> Written {
    let body = Body::Booked {
        number: about.number,
        company: about.company_name,
        fields: fields(about.fields),
        told: Told::of(&sitting),
        page: page(about),
        report_days: about.house.settings.report_days,
    };
    let calendar = invitation::for_expert(about, to, &sitting);
    draft(MailKind::Booked, "相談の予約が確定しました", &body, Some(calendar))
}

pub fn moved(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>, was: DateTime<Utc>) -> Written {
    let (told, was, page) = (Told::of(&sitting), long_date_time(was), page(about));
    let body = Body::Moved { number: about.number, company: about.company_name, told, was, page };
    let calendar = invitation::for_expert(about, to, &sitting);
    draft(MailKind::Moved, "相談の日時が変わりました", &body, Some(calendar))
}

pub fn room(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>) -> Written {
    let (told, page) = (Told::of(&sitting), page(about));
    let body = Body::Room { number: about.number, company: about.company_name, told, page };
    let calendar = invitation::for_expert(about, to, &sitting);
    draft(MailKind::Room, "オンライン相談の接続先が変わりました", &body, Some(calendar))
}

pub fn cancelled(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>, reason: &str) -> Written {
    let (told, reason, page) = (Told::of(&sitting), quoted(reason), page(about));
    let body = Body::Cancelled { number: about.number, company: about.company_name, told, reason, page };
    let calendar = invitation::cancelling(about, to, &sitting);
    draft(MailKind::Cancelled, "相談の予約が取り消されました", &body, Some(calendar))
}

/// To the one who stays of two.
pub fn expert_changed(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>, was: &[String]) -> Written {
    let (number, company) = (about.number, about.company_name);
    let body =
        Body::ExpertChanged { number, company, told: Told::of(&sitting), was: names(was), page: page(about) };
    let calendar = invitation::for_expert(about, to, &sitting);
    draft(MailKind::ExpertChanged, "一緒に担当する専門家が変わりました", &body, Some(calendar))
}

pub fn relieved(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>) -> Written {
    let page = about.house.site.absolute("/expert");
    let body = Body::Relieved { number: about.number, told: Told::of(&sitting), page };
    let calendar = invitation::cancelling(about, to, &sitting);
    draft(MailKind::ExpertChanged, "担当を交代しました", &body, Some(calendar))
}

pub fn reminder(about: &About<'_>, sitting: Sitting<'_>) -> Written {
    let body = Body::Reminder {
        number: about.number,
        company: about.company_name,
        fields: fields(about.fields),
        told: Told::of(&sitting),
        page: page(about),
        report_days: about.house.settings.report_days,
    };
    draft(MailKind::Reminder, "担当する相談の日が近づきました", &body, None)
}

pub fn new_message(about: &About<'_>) -> Written {
    let body = Body::NewMessage { number: about.number, company: about.company_name, page: page(about) };
    draft(MailKind::NewMessage, "新しいメッセージが届きました", &body, None)
}

pub fn withdrawn(about: &About<'_>) -> Written {
    let body = Body::Withdrawn { number: about.number, company: about.company_name, page: page(about) };
    draft(MailKind::Withdrawn, "相談の申込みが取り下げられました", &body, None)
}

pub fn request(
    about: &About<'_>,
    to: Recipient<'_>,
    answer: &str,
    wanted: Fields,
    slot: Option<Sitting<'_>>,
    due_at: DateTime<Utc>,
    outline: &[String],
) -> Written {
    let body = Body::Request {
        number: about.number,
        fields: fields(wanted),
        slot: slot.as_ref().map(Told::of),
        outline,
        answer,
        due: month_day_time(due_at),
    };
    let calendar = slot.map(|it| invitation::asking(about, to, &it));
    draft(MailKind::Request, "相談の担当のお願い", &body, calendar)
}

pub fn request_reminder(about: &About<'_>, answer: &str, due_at: DateTime<Utc>) -> Written {
    let body = Body::RequestReminder { number: about.number, answer, due: month_day_time(due_at) };
    draft(MailKind::RequestReminder, "担当のお願いの回答期限が近づきました", &body, None)
}

pub fn request_lapsed(about: &About<'_>, to: Recipient<'_>, slot: Option<Sitting<'_>>) -> Written {
    let page = about.house.site.absolute("/expert/availability");
    let body = Body::RequestLapsed { number: about.number, slot: slot.as_ref().map(Told::of), page };
    let calendar = slot.map(|it| invitation::cancelling(about, to, &it));
    draft(MailKind::RequestLapsed, "担当のお願いの回答期限が過ぎました", &body, calendar)
}

pub fn request_withdrawn(about: &About<'_>, to: Recipient<'_>, slot: Option<Sitting<'_>>) -> Written {
    let page = about.house.site.absolute("/expert");
    let body = Body::RequestWithdrawn { number: about.number, slot: slot.as_ref().map(Told::of), page };
    let calendar = slot.map(|it| invitation::cancelling(about, to, &it));
    draft(MailKind::RequestWithdrawn, "担当のお願いを取り消しました", &body, calendar)
}

pub fn request_declined(about: &About<'_>, to: Recipient<'_>, sitting: Sitting<'_>) -> Written {
    let page = about.house.site.absolute("/expert");
    let body = Body::RequestDeclined { number: about.number, told: Told::of(&sitting), page };
    let calendar = invitation::cancelling(about, to, &sitting);
    draft(MailKind::RequestWithdrawn, "担当の辞退を受け付けました", &body, Some(calendar))
}

/// To whoever named somebody else in a calendar: the expert, or the company.
pub fn no_delegates(
    about: &About<'_>,
    is_company: bool,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> Written {
    let when = long_date_time_range(starts_at, ends_at);
    let body = Body::NoDelegates { number: about.number, when, is_company };
    draft(MailKind::NoDelegates, "代理の方について", &body, None)
}

pub fn report_due(about: &About<'_>, due_at: DateTime<Utc>, overdue: bool) -> Written {
    let page = format!("{}/report", page(about));
    let due = month_day_weekday(due_at);
    let body = Body::ReportDue { number: about.number, company: about.company_name, due, overdue, page };
    let title = if overdue {
        "報告書の提出期限を過ぎています"
    } else {
        "報告書を提出してください"
    };
    draft(MailKind::ReportDue, title, &body, None)
}

pub fn report_returned(about: &About<'_>, reason: &str) -> Written {
    let page = format!("{}/report", page(about));
    let reason = quoted(reason);
    let body = Body::ReportReturned { number: about.number, company: about.company_name, reason, page };
    draft(MailKind::ReportReturned, "報告書を直してください", &body, None)
}

pub fn page(about: &About<'_>) -> String {
    about.house.site.absolute(&url::expert(about.number))
}

fn draft(kind: MailKind, title: &'static str, body: &Body<'_>, calendar: Option<CalendarPart>) -> Written {
    Ok(Draft { kind, title: title.into(), body: body.render()?, calendar })
}
