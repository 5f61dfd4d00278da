//! A thread as its pages show it: messages and mails in one list, each entry with its attachments and the
//! state of the mails that announced it.
use std::collections::BTreeMap;

use codes::Channel;
use domain::{
    actor::Party,
    correspondence::outgoing_mail::MailState,
    id::{ConsultationId, MailId, MessageId},
    retention::ERASED,
    wording,
};
use mime::{Piece, pieces};

use crate::{
    app::App,
    problem::Problem,
    store::{
        self, Coded,
        correspondence::{
            attachment::{Attachment, Trust},
            message::{Audience, MessageNotification, ThreadEntry},
        },
    },
    web::kit::files,
};

/// The reader to whom a thread is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Company,
    Expert,
    Center,
    Desk,
}

/// One entry of a thread.
pub struct ThreadLine {
    pub author: String,
    pub mine: bool,
    pub internal: bool,
    pub center_only: bool,
    /// Whether the center and the desk alone read the entry.
    pub with_desk: bool,
    /// Whether the entry was written by the system rather than a person.
    pub automatic: bool,
    pub is_new: bool,
    /// The channel, such as 「メール」 or 「電話」; empty for the portal.
    pub channel: &'static str,
    pub when: String,
    pub iso: String,
    /// When the company read the entry, and the state of its mails.
    pub notes: Vec<String>,
    pub pieces: Vec<TextRun>,
    pub files: Vec<File>,
    /// The address at which the original mail is shown as HTML.
    pub html: Option<String>,
}

/// A run of lines; folded if it has a label.
pub struct TextRun {
    pub folded: Option<String>,
    pub text: String,
}

pub struct File {
    pub name: String,
    /// The size, such as 「12KB」.
    pub size: String,
    /// The address of the file, if it can be downloaded.
    pub href: Option<String>,
    /// Why the file cannot be downloaded, or a note about it.
    pub note: String,
}

/// The files and mails that belong to a thread.
pub struct ThreadContext {
    reader: Reader,
    html: BTreeMap<MessageId, MailId>,
    files: BTreeMap<MessageId, Vec<Attachment>>,
    notifications: Vec<MessageNotification>,
}

impl Reader {
    pub const fn audience(self) -> Audience {
        match self {
            Self::Company => Audience::Everyone,
            Self::Expert => Audience::Internal,
            Self::Center => Audience::Center,
            Self::Desk => Audience::Desk,
        }
    }

    /// Returns whether a mail of this author is shown as HTML, with everything that it quotes. Of a mail by the
    /// center or an expert, other readers see only the author's own words.
    pub fn sees_html(self, author: Party) -> bool {
        self == Self::Center || author == Party::Company
    }
}

impl ThreadContext {
    /// Loads the context. The company gets neither the mails nor the files of internal notes.
    pub async fn of(app: &App, id: ConsultationId, reader: Reader) -> Result<Self, Problem> {
        let files = store::correspondence::attachment::of(&app.db, id, reader.audience()).await?;
        let notifications = match reader {
            Reader::Center | Reader::Expert => {
                store::correspondence::message::notifications(&app.db, id, app.clock.now()).await?
            }
            Reader::Company | Reader::Desk => Vec::new(),
        };
        let html = store::correspondence::inbound_mail::with_html(&app.db, id).await?;
        Ok(Self { reader, html, files, notifications })
    }

    /// Returns an entry as the page with this path shows it.
    pub fn line(&mut self, it: &ThreadEntry, author: String, mine: bool, path: &str) -> ThreadLine {
        let files = self.files.remove(&it.id).unwrap_or_default();
        let is_html = self.html.contains_key(&it.id) && self.reader.sees_html(it.author);
        let notifications = self.notifications.iter().filter(|of| of.at == it.at);
        let notifications = notifications.map(|of| format!("{}：{}", of.recipient, mail_state(of)));
        ThreadLine {
            author,
            mine,
            internal: it.internal,
            center_only: it.center_only,
            with_desk: it.with_desk,
            automatic: it.automatic,
            is_new: false,
            channel: channel(&it.channel),
            when: wording::month_day_time(it.at),
            iso: wording::iso_date_time(it.at),
            notes: notifications.collect(),
            pieces: parts(it),
            files: files.into_iter().map(|it| file(it, path)).collect(),
            html: is_html.then(|| format!("{path}/mail/{}", it.id)),
        }
    }
}

/// Returns when the company read an entry, such as 「企業が11月20日（金）10:00に閲覧」; `None` for internal entries and
/// its own.
pub fn seen(it: &ThreadEntry) -> Option<String> {
    let is_shown = !it.internal && it.author != Party::Company;
    is_shown.then(|| match it.read_by_company_at {
        Some(at) => format!("企業が{}に閲覧", wording::month_day_time(at)),
        None => "企業は未読".to_owned(),
    })
}

fn channel(it: &Coded<Channel>) -> &'static str {
    match it.known() {
        Some(Channel::Mail) => "メール",
        Some(Channel::Phone) => "電話",
        Some(Channel::Portal | Channel::System) | None => "",
    }
}

/// Splits an entry into runs. A text from our pages is one run; in a mail, the quoted earlier mails are
/// folded.
fn parts(it: &ThreadEntry) -> Vec<TextRun> {
    if it.channel != Channel::Mail {
        return vec![TextRun { folded: None, text: it.body.clone() }];
    }
    let found = pieces(&it.body).into_iter().map(|piece| {
        let lines = piece.text().trim().lines().count();
        let folded = match &piece {
            Piece::Written(_) => None,
            Piece::Quoted(_) => Some(format!("引用を表示する（{lines}行）")),
            Piece::Signature(_) => Some("署名を表示する".to_owned()),
        };
        TextRun { folded, text: piece.text().trim_matches('\n').to_owned() }
    });
    found.filter(|it| !it.text.trim().is_empty()).collect()
}

fn file(it: Attachment, path: &str) -> File {
    let note = match it.trust {
        Trust::Unscanned | Trust::Clean => String::new(),
        Trust::Held => "ウイルス検査を待っています".to_owned(),
        Trust::Infected => "ウイルスが見つかったため、取り出せません".to_owned(),
        Trust::Refused => it.note,
    };
    let href = it.trust.is_open().then(|| format!("{path}/files/{}", it.id));
    let name = if it.name.is_empty() { ERASED.to_owned() } else { it.name };
    File { name, size: files::size(it.size), href, note }
}

fn mail_state(of: &MessageNotification) -> &'static str {
    match of.state {
        _ if of.awaits_address => "連絡先が未確認のため、送信を保留しています",
        MailState::Planned => "業務時間に送信します",
        MailState::Ready | MailState::Sending => "送信待ち",
        MailState::Deferred => "再送待ち",
        MailState::Held => "送信を保留しています",
        MailState::Sent => "送信済み",
        MailState::Failed => "送信できませんでした",
        MailState::Unknown => "送信結果が不明です",
        MailState::Suppressed => "送信を取りやめました",
    }
}
