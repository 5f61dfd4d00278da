//! Mail that has come in, as it waits for a coordinator: an answer from an address that nobody knows, and a report of
//! failure.
use chrono::{DateTime, Utc};
use domain::calendar::jst;
use entity::{consultation, outbox};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::{
    app::App,
    ops::{self, inbound::Incoming},
    problem::Problem,
    store::inbound::Source,
};

/// Takes the mails in as a mail server would hand them over.
pub async fn arrive(app: &App) -> Result<(), Problem> {
    let now = app.clock.now();
    let checking = consultation::Entity::find()
        .filter(consultation::COLUMN.state.eq("checking"))
        .order_by_desc(consultation::COLUMN.number)
        .one(&app.db)
        .await?;
    if let Some(case) = checking {
        take(app, &from_elsewhere(&case.number, now)).await?;
    }
    let acknowledged = outbox::Entity::find()
        .filter(outbox::COLUMN.kind.eq("acknowledgement"))
        .filter(outbox::COLUMN.state.eq("sent"))
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
    let it = Incoming { source: Source::Pipe, envelope_to: "", envelope_from: "", bytes, size: bytes.len() };
    let id = ops::inbound::keep(app, &it).await?;
    ops::inbound::understand(app, id).await
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
