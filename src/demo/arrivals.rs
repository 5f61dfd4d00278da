//! Received mails: a company's answer with its file, and for a coordinator an answer from an unknown address and a
//! report of failed delivery.
use chrono::{DateTime, Utc};
use codes::{ConsultationStatus, MailStatus};
use domain::{calendar::jst, id::ConsultationId};
use entity::{consultation, outbox};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::{
    app::App,
    mail::outgoing_mail::{AddressUse, MailKind},
    ops::{self, correspondence::inbound_mail::IncomingMail},
    problem::Problem,
    store::{self, correspondence::inbound_mail::Source},
};

/// Receives the mails as from a mail server.
pub async fn arrive(app: &App) -> Result<(), Problem> {
    let now = app.clock.now();
    let checking = consultation::Entity::find()
        .filter(consultation::COLUMN.state.eq(ConsultationStatus::Checking.code()))
        .order_by_desc(consultation::COLUMN.number)
        .one(&app.db)
        .await?;
    if let Some(case) = checking {
        take(app, &from_elsewhere(&case.number, now)).await?;
    }
    let booked = consultation::Entity::find()
        .filter(consultation::COLUMN.state.eq(ConsultationStatus::Booked.code()))
        .order_by_desc(consultation::COLUMN.number)
        .one(&app.db)
        .await?;
    if let Some(case) = booked
        && let Some(email) = contact(app, ConsultationId(case.id)).await?
    {
        let to = app.reply_address(ConsultationId(case.id), &email);
        take(app, &from_the_company(&email, &to, &case.number, now)).await?;
    }
    let acknowledged = outbox::Entity::find()
        .filter(outbox::COLUMN.kind.is_in(MailKind::codes_of(|it| it.address() == Some(AddressUse::Proves))))
        .filter(outbox::COLUMN.state.eq(MailStatus::Sent.code()))
        .order_by_desc(outbox::COLUMN.id)
        .one(&app.db)
        .await?;
    if let Some(mail) = acknowledged {
        take(app, &undelivered(&mail, now)).await?;
    }
    Ok(())
}

async fn take(app: &App, raw: &str) -> Result<(), Problem> {
    let bytes = raw.as_bytes();
    let it =
        IncomingMail { source: Source::Pipe, envelope_to: "", envelope_from: "", bytes, size: bytes.len() };
    let id = ops::correspondence::inbound_mail::store_raw(app, &it).await?;
    ops::correspondence::inbound_mail::process(app, id).await
}

async fn contact(app: &App, case: ConsultationId) -> Result<Option<String>, Problem> {
    Ok(store::consultation::person(&app.db, case).await?.and_then(|it| it.email))
}

/// Returns a mail as a mail program writes it: text and HTML, the previous mail quoted, a signature below, and a
/// picture that would tell its sender who has looked.
fn from_the_company(email: &str, to: &str, number: &str, now: DateTime<Utc>) -> String {
    let now = now.with_timezone(&jst());
    let (date, quoted) = (now.to_rfc2822(), now.format("%Y年%-m月%-d日 %H:%M"));
    format!(
        "From: {email}\r\nTo: {to}\r\nSubject: Re: 予約のご案内（受付番号 {number}）\r\nDate: {date}\r\n\
         Message-ID: <answer-{number}@example.co.jp>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"mixed\"\r\n\r\n\
         --mixed\r\nContent-Type: multipart/alternative; boundary=\"either\"\r\n\r\n\
         --either\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         予約のご連絡ありがとうございます。\r\n当日は総務部の2名で参加します。\r\n\r\n\
         端末\t28台\r\n拠点\t2か所\r\n\r\n事前に規程の案をお送りします。\r\n\r\n\
         {quoted} 相談窓口 <madoguchi@example.jp>:\r\n> 予約が決まりました。\r\n> 当日の参加者を教えてください。\r\n\r\n\
         -- \r\n総務部\r\nTEL 03-0000-0000\r\n\
         --either\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <html><head><style>p{{color:#069}}</style></head><body><p>予約のご連絡ありがとうございます。<br>\
         当日は<b>総務部の2名</b>で参加します。</p><table border=1><tr><th>端末</th><td>28台</td></tr>\
         <tr><th>拠点</th><td>2か所</td></tr></table><p>事前に<a href=\"https://files.example.com/kitei\">規程の案</a>\
         をお送りします。</p><img src=\"https://tracker.example.com/open.gif\" width=1 height=1>\
         <img src=\"cid:logo\" alt=\"会社のロゴ\"><blockquote>予約が決まりました。<br>当日の参加者を教えてください。</blockquote>\
         <p>総務部<br>TEL 03-0000-0000</p></body></html>\r\n--either--\r\n\
         --mixed\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Disposition: attachment; filename*=UTF-8''%E8%A6%8F%E7%A8%8B%E6%A1%88.txt\r\n\r\n\
         在宅勤務規程（案）\r\n--mixed--\r\n"
    )
}

fn from_elsewhere(number: &str, now: DateTime<Utc>) -> String {
    let date = now.with_timezone(&jst()).to_rfc2822();
    format!(
        "From: 担当者（自宅） <contact.home@example.com>\r\nTo: madoguchi@example.jp\r\n\
         Subject: Re: ご相談の件（受付番号 {number}）\r\nDate: {date}\r\n\
         Message-ID: <home-{number}@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n\
         本日は在宅勤務のため、自宅のアドレスから送ります。\r\n\
         お尋ねの端末の台数は、持ち出せるものが5台です。\r\n"
    )
}

fn undelivered(mail: &outbox::Model, now: DateTime<Utc>) -> String {
    let (address, id, date) = (&mail.recipient, &mail.message_id, now.with_timezone(&jst()).to_rfc2822());
    format!(
        "From: MAILER-DAEMON@mx.example.net\r\nTo: madoguchi@example.jp\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nDate: {date}\r\n\
         Message-ID: <failure-{id}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"failure\"\r\n\r\n\
         --failure\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\r\n\
         --failure\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n\
         --failure\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n\r\n--failure--\r\n"
    )
}
