//! A request that a first-line desk notes, answers or hands over to the center (`docs/spec/around.md` §8).
use chrono::{DateTime, TimeDelta, Utc};
pub use codes::{DeskChannel, DeskEntryStatus};

use super::{
    application::Mistakes,
    contact::{EmailAddress, Telephone},
};
use crate::{
    calendar::{BusinessCalendar, at_japan, deadline_after_business_days, japan_date},
    id::{AccountId, ConsultationId, DeskEntryId, DeskId},
    settings::Settings,
    text::{Prose, TextLine, optional},
};

/// The code of a theme for what is none of the programme's themes.
pub const OTHER_THEME: &str = "other";
/// The words for it.
pub const OTHER_THEME_LABEL: &str = "その他";

/// The longest name of a person or company, in characters.
const LONGEST_NAME: usize = 100;
/// The longest note, in characters.
pub const LONGEST_MEMO: usize = 2_000;

/// The time for which what names a person is kept after the last change of a request.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// The words to which a company consents before a desk hands its request over to the center. The person of the desk reads
/// them out, and they are kept with the consent.
pub const HAND_OVER_WORDING: &str = "相談の内容と連絡先を、テレワーク相談センターと、担当する専門家に伝えます。センターから連絡します。相談の進み具合と結果は、この窓口にも知らせます。";

/// The words to which a company consents before the center hands its case over to a desk, kept with the consent.
pub const HAND_BACK_WORDING: &str = "会社名、担当者の氏名、電話番号、メールアドレスと、相談の内容の要点を、地域の一次相談窓口に伝えます。窓口から連絡します。";

/// The number of business days within which a desk calls the company whose case the center has handed over to it.
pub const DESK_CALL_DAYS: u16 = 3;

/// Returns until when a desk calls the company whose case it gets at `now`.
pub fn desk_call_due(now: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    deadline_after_business_days(calendar, now, DESK_CALL_DAYS, settings.closes_hour).at
}

/// Returns when a desk that has not called yet is reminded: in the morning of the last day.
pub fn desk_reminded_at(due_at: DateTime<Utc>, settings: &Settings) -> DateTime<Utc> {
    at_japan(japan_date(due_at), settings.mail_hour, 0)
}

/// A request at a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEntry {
    pub id: DeskEntryId,
    pub desk: DeskId,
    /// The person of the desk who noted it; `None` if the center handed it over.
    pub noted_by: Option<AccountId>,
    pub noted_at: DateTime<Utc>,
    pub channel: DeskChannel,
    /// The code of a theme, or `OTHER_THEME`.
    pub theme: String,
    pub state: DeskEntryState,
    pub changed_at: DateTime<Utc>,
    /// The notes about the person; `None` once they are erased.
    pub caller: Option<Caller>,
    /// The consultation that the center handed over to the desk, if it comes of one.
    pub from_case: Option<ConsultationId>,
    /// When the company of that consultation is to have heard of the desk.
    pub due_at: Option<DateTime<Utc>>,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskEntryState {
    /// The desk has not answered yet.
    Open,
    Answered,
    /// The desk has made this consultation of it.
    HandedOver(ConsultationId),
}

/// The notes of a desk about a person: the name is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name of the person or of the company.
    pub name: TextLine,
    pub company: Option<TextLine>,
    pub phone: Option<Telephone>,
    pub email: Option<EmailAddress>,
    pub memo: Option<Prose>,
}

/// The fields of a request as a person types them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskEntryForm {
    pub name: String,
    pub theme: String,
    pub channel: String,
    pub company: String,
    pub phone: String,
    pub email: String,
    pub memo: String,
}

/// The fields of a request, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedRequest {
    pub theme: String,
    pub channel: DeskChannel,
    pub caller: Caller,
}

/// The reason why a step was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskEntryRefused {
    #[error("センターに引き継いだ受付は、変えられません。センターとのメッセージで伝えてください。")]
    HandedOver,
    #[error("この受付は、すでに回答済みです。")]
    Answered,
    #[error("この受付は、対応中です。")]
    Open,
    #[error("保存の期間が過ぎて消去した受付は、変えられません。")]
    Erased,
}

impl NotedRequest {
    /// Parses all fields and returns every mistake. Only the name and the theme are required. `is_theme` says whether the
    /// programme has a theme of this code.
    pub fn parse(form: &DeskEntryForm, is_theme: impl Fn(&str) -> bool) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let name = take(&mut mistakes, "name", TextLine::parse("お名前", &form.name, LONGEST_NAME));
        let theme = Some(form.theme.clone()).filter(|it| it == OTHER_THEME || is_theme(it));
        let theme = take(&mut mistakes, "theme", theme.ok_or("テーマを選択してください"));
        let channel = match form.channel.as_str() {
            "" => Ok(DeskChannel::Phone),
            code => DeskChannel::from_code(code)
                .filter(|it| *it != DeskChannel::Center)
                .ok_or("受け方を選択してください"),
        };
        let channel = take(&mut mistakes, "channel", channel);
        let company = optional(&form.company, |it| TextLine::parse("会社名", it, LONGEST_NAME));
        let company = take(&mut mistakes, "company", company).flatten();
        let phone = take(&mut mistakes, "phone", optional(&form.phone, Telephone::parse)).flatten();
        let email = take(&mut mistakes, "email", optional(&form.email, EmailAddress::parse)).flatten();
        let memo = optional(&form.memo, |it| Prose::parse("メモ", it, LONGEST_MEMO));
        let memo = take(&mut mistakes, "memo", memo).flatten();
        match (name, theme, channel) {
            (Some(name), Some(theme), Some(channel)) if mistakes.is_empty() => {
                Ok(Self { theme, channel, caller: Caller { name, company, phone, email, memo } })
            }
            _ => Err(mistakes),
        }
    }
}

fn take<T, E: ToString>(mistakes: &mut Mistakes, field: &'static str, parsed: Result<T, E>) -> Option<T> {
    parsed.map_err(|err| mistakes.push((field, err.to_string()))).ok()
}

impl DeskEntryState {
    pub const fn status(self) -> DeskEntryStatus {
        match self {
            Self::Open => DeskEntryStatus::Open,
            Self::Answered => DeskEntryStatus::Answered,
            Self::HandedOver(_) => DeskEntryStatus::HandedOver,
        }
    }
}

impl DeskEntry {
    /// Returns what a person of the desk has noted.
    pub fn noted(
        id: DeskEntryId,
        (desk, by): (DeskId, AccountId),
        NotedRequest { theme, channel, caller }: NotedRequest,
        is_answered: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let state = if is_answered { DeskEntryState::Answered } else { DeskEntryState::Open };
        let (noted_by, caller) = (Some(by), Some(caller));
        Self {
            id,
            desk,
            noted_by,
            noted_at: now,
            channel,
            theme,
            state,
            changed_at: now,
            caller,
            from_case: None,
            due_at: None,
            version: 0,
        }
    }

    /// Returns what the center hands over to a desk.
    pub fn handed_back(
        id: DeskEntryId,
        (desk, due_at): (DeskId, DateTime<Utc>),
        case: ConsultationId,
        theme: String,
        caller: Caller,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            desk,
            noted_by: None,
            noted_at: now,
            channel: DeskChannel::Center,
            theme,
            state: DeskEntryState::Open,
            changed_at: now,
            caller: Some(caller),
            from_case: Some(case),
            due_at: Some(due_at),
            version: 0,
        }
    }

    /// Replaces what was noted. A request that the center handed over keeps the way by which it came.
    pub fn edit(self, request: NotedRequest, now: DateTime<Utc>) -> Result<Self, DeskEntryRefused> {
        self.may_change()?;
        let channel = if self.from_case.is_some() { self.channel } else { request.channel };
        Ok(Self { theme: request.theme, channel, caller: Some(request.caller), changed_at: now, ..self })
    }

    /// Records that the desk has answered.
    pub fn answer(self, now: DateTime<Utc>) -> Result<Self, DeskEntryRefused> {
        self.may_change()?;
        if self.state == DeskEntryState::Answered {
            return Err(DeskEntryRefused::Answered);
        }
        Ok(Self { state: DeskEntryState::Answered, changed_at: now, ..self })
    }

    /// Records that the desk goes on with a request that it had answered.
    pub fn reopen(self, now: DateTime<Utc>) -> Result<Self, DeskEntryRefused> {
        self.may_change()?;
        if self.state == DeskEntryState::Open {
            return Err(DeskEntryRefused::Open);
        }
        Ok(Self { state: DeskEntryState::Open, changed_at: now, ..self })
    }

    /// Records that the desk has made a consultation of the request, also of one that it had answered.
    pub fn hand_over(self, case: ConsultationId, now: DateTime<Utc>) -> Result<Self, DeskEntryRefused> {
        self.may_change()?;
        Ok(Self { state: DeskEntryState::HandedOver(case), changed_at: now, ..self })
    }

    const fn may_change(&self) -> Result<(), DeskEntryRefused> {
        match (self.state, &self.caller) {
            (DeskEntryState::HandedOver(_), _) => Err(DeskEntryRefused::HandedOver),
            (_, None) => Err(DeskEntryRefused::Erased),
            (DeskEntryState::Open | DeskEntryState::Answered, Some(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
