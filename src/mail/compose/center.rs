//! Letters to the center and to the first-line desks.
//!
//! They carry no calendar part: the center organises the sittings and sees them on its own pages.
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{number::CaseNumber, wording::long_date_time};

use super::{
    Draft,
    wording::{Told, fields, in_business_days, names, quoted},
};
use crate::{
    mail::{
        letter::MailKind,
        occasion::{About, Sitting},
    },
    url,
};

type Written = Result<Draft, askama::Error>;

/// What is between greeting and footer, one template a letter.
#[derive(Template)]
enum Body<'a> {
    #[template(path = "mail/sitting_center.txt")]
    Sitting {
        news: &'static str,
        number: &'a CaseNumber,
        company: &'a str,
        told: Told<'a>,
        /// The time before a move; empty where there was none.
        was: String,
        reason: String,
        page: String,
    },
    #[template(path = "mail/new_message_staff.txt")]
    NewMessage { number: &'a CaseNumber, company: &'a str, page: String },
    #[template(path = "mail/withdrawn_staff.txt")]
    Withdrawn { number: &'a CaseNumber, company: &'a str, page: String },
    #[template(path = "mail/nobody_left.txt")]
    NobodyLeft { number: &'a CaseNumber, company: &'a str, fields: String, due: String, page: String },
    #[template(path = "mail/substitute_needed.txt")]
    SubstituteNeeded {
        number: &'a CaseNumber,
        company: &'a str,
        told: Told<'a>,
        declined: &'a str,
        page: &'a str,
    },
    #[template(path = "mail/undelivered.txt")]
    Undelivered { number: &'a CaseNumber, company: &'a str, address: &'a str, reason: String, page: String },
    #[template(path = "mail/hand_over_accepted.txt")]
    HandOverAccepted { number: &'a CaseNumber, due: String, page: String },
    #[template(path = "mail/hand_over_result.txt")]
    HandOverResult { number: &'a CaseNumber, result: &'a str, page: String },
}

pub fn booked(about: &About<'_>, sitting: Sitting<'_>) -> Written {
    let body = sitting_body(about, &sitting, "専門家が引き受け、予約が確定しました。", None, "");
    draft(MailKind::Booked, "相談の予約が確定しました", &body)
}

pub fn moved(about: &About<'_>, sitting: Sitting<'_>, was: DateTime<Utc>) -> Written {
    let body = sitting_body(about, &sitting, "相談の日時が変わりました。", Some(was), "");
    draft(MailKind::Moved, "相談の日時が変わりました", &body)
}

pub fn room(about: &About<'_>, sitting: Sitting<'_>) -> Written {
    let body = sitting_body(about, &sitting, "オンライン相談の接続先が変わりました。", None, "");
    draft(MailKind::Room, "オンライン相談の接続先が変わりました", &body)
}

pub fn cancelled(about: &About<'_>, sitting: Sitting<'_>, reason: &str) -> Written {
    let news = "下記の予約が取り消されました。\n企業には、別の日時を選ぶよう案内しています。";
    let body = sitting_body(about, &sitting, news, None, reason);
    draft(MailKind::Cancelled, "相談の予約が取り消されました", &body)
}

pub fn expert_changed(about: &About<'_>, sitting: Sitting<'_>, was: &[String]) -> Written {
    let body = Body::Sitting {
        news: "担当の専門家が交代しました。日時は変わりません。",
        number: about.number,
        company: about.company_name,
        told: Told::of(&sitting),
        was: names(was),
        reason: String::new(),
        page: page(about),
    };
    draft(MailKind::ExpertChanged, "担当の専門家が交代しました", &body)
}

pub fn substitute_needed(about: &About<'_>, sitting: Sitting<'_>, declined: &str, page: &str) -> Written {
    let (number, company) = (about.number, about.company_name);
    let body = Body::SubstituteNeeded { number, company, told: Told::of(&sitting), declined, page };
    draft(MailKind::SubstituteNeeded, "代わりの専門家を探してください", &body)
}

pub fn reminder(about: &About<'_>, sitting: Sitting<'_>) -> Written {
    let body = sitting_body(about, &sitting, "相談の日が近づきました。", None, "");
    draft(MailKind::Reminder, "相談の日が近づきました", &body)
}

pub fn new_message(about: &About<'_>) -> Written {
    let body = Body::NewMessage { number: about.number, company: about.company_name, page: page(about) };
    draft(MailKind::NewMessage, "新しいメッセージが届きました", &body)
}

pub fn withdrawn(about: &About<'_>) -> Written {
    let body = Body::Withdrawn { number: about.number, company: about.company_name, page: page(about) };
    draft(MailKind::Withdrawn, "相談の申込みが取り下げられました", &body)
}

/// The date is the one that the company was told in `BackAtCenter`.
pub fn nobody_left(about: &About<'_>) -> Written {
    let body = Body::NobodyLeft {
        number: about.number,
        company: about.company_name,
        fields: fields(about.fields),
        due: in_business_days(&about.house, about.house.settings.first_contact_days),
        page: page(about),
    };
    draft(MailKind::NobodyLeft, "担当できる専門家が見つかりません", &body)
}

pub fn undelivered(about: &About<'_>, address: &str, reason: &str) -> Written {
    let (reason, page) = (quoted(reason), page(about));
    let body = Body::Undelivered { number: about.number, company: about.company_name, address, reason, page };
    draft(MailKind::Undelivered, "メールが届きませんでした", &body)
}

pub fn hand_over_accepted(about: &About<'_>) -> Written {
    let due = in_business_days(&about.house, about.house.settings.first_contact_days);
    let body = Body::HandOverAccepted { number: about.number, due, page: desk_page(about) };
    draft(MailKind::HandOverAccepted, "引継ぎを受け付けました", &body)
}

pub fn hand_over_result(about: &About<'_>, result: &str) -> Written {
    let body = Body::HandOverResult { number: about.number, result, page: desk_page(about) };
    draft(MailKind::HandOverResult, "引き継いでいただいた相談の結果", &body)
}

fn sitting_body<'a>(
    about: &About<'a>,
    sitting: &Sitting<'a>,
    news: &'static str,
    was: Option<DateTime<Utc>>,
    reason: &str,
) -> Body<'a> {
    Body::Sitting {
        news,
        number: about.number,
        company: about.company_name,
        told: Told::of(sitting),
        was: was.map(long_date_time).unwrap_or_default(),
        reason: quoted(reason),
        page: page(about),
    }
}

pub fn page(about: &About<'_>) -> String {
    about.house.site.absolute(&url::staff(about.number))
}

pub fn desk_page(about: &About<'_>) -> String {
    about.house.site.absolute("/desk")
}

fn draft(kind: MailKind, title: &'static str, body: &Body<'_>) -> Written {
    Ok(Draft { kind, title: title.into(), body: body.render()?, calendar: None })
}
