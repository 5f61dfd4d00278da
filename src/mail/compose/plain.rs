//! Letters that are about no consultation.
use askama::Template;
use domain::wording::month_day_time;

use super::Draft;
use crate::mail::{
    letter::MailKind,
    occasion::{House, PlainOccasion},
};

/// What is between greeting and footer, one template a letter.
#[derive(Template)]
enum Body<'a> {
    #[template(path = "mail/sign_in.txt")]
    SignIn { link: &'a str },
    #[template(path = "mail/resume_draft.txt")]
    ResumeDraft { link: &'a str, until: String },
    #[template(path = "mail/invitation.txt")]
    Invitation { link: &'a str, role: &'a str },
    #[template(path = "mail/password_reset.txt")]
    PasswordReset { link: &'a str },
    #[template(path = "mail/absence.txt")]
    Absence { expert: &'a str, days: &'a str, lines: &'a [String], page: String },
    #[template(path = "mail/digest.txt")]
    Digest { new: u64, overdue: u64, lines: &'a [String], page: String, stop: &'a str },
    #[template(path = "mail/weekly_digest.txt")]
    WeeklyDigest {
        sessions: &'a [String],
        requests: &'a [String],
        reports: &'a [String],
        page: String,
        stop: &'a str,
    },
}

pub fn draft(occasion: PlainOccasion<'_>, house: &House<'_>) -> Result<Draft, askama::Error> {
    let (kind, title, body) = match occasion {
        PlainOccasion::SignIn { link } => (MailKind::SignIn, "ログイン用のリンク", Body::SignIn { link }),
        PlainOccasion::ResumeDraft { link, expires_at } => {
            let body = Body::ResumeDraft { link, until: month_day_time(expires_at) };
            (MailKind::ResumeDraft, "申込みの続きを入力するリンク", body)
        }
        PlainOccasion::Invitation { link, role } => {
            (MailKind::Invitation, "利用者の登録のご案内", Body::Invitation { link, role })
        }
        PlainOccasion::PasswordReset { link } => {
            (MailKind::PasswordReset, "パスワードの再設定", Body::PasswordReset { link })
        }
        PlainOccasion::AbsenceOverBookings { expert, days, lines } => {
            let page = house.site.absolute("/staff/absences");
            let body = Body::Absence { expert, days, lines, page };
            (MailKind::SubstituteNeeded, "予約のある専門家が不在になります", body)
        }
        PlainOccasion::Digest { new, overdue, lines, stop } => {
            let page = house.site.absolute("/staff");
            (MailKind::Digest, "対応が必要な案件のお知らせ", Body::Digest { new, overdue, lines, page, stop })
        }
        PlainOccasion::WeeklyDigest { sessions, requests, reports, stop } => {
            let page = house.site.absolute("/expert");
            let body = Body::WeeklyDigest { sessions, requests, reports, page, stop };
            (MailKind::WeeklyDigest, "今週の予定のお知らせ", body)
        }
    };
    Ok(Draft { kind, title: title.into(), body: body.render()?, calendar: None })
}
