//! What letters are written about in tests.
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use domain::{
    appointment::SessionMode,
    calendar::BusinessCalendar,
    consultation::UnfulfilledReason,
    field::Fields,
    id::ConsultationId,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};
use uuid::Uuid;

use crate::{
    mail::{
        compose::{about, plain},
        letter::Letter,
        occasion::{About, House, Occasion, PlainOccasion, Recipient, Side, Sitting},
        text::Texts,
    },
    url::Site,
};

pub const COMPANY_NAME: &str = "みなと製作所";
pub const COMPANY: Recipient<'_> =
    Recipient { address: "suzuki@minato.example.co.jp", name: "鈴木 一郎" };
pub const EXPERT: Recipient<'_> = Recipient { address: "expert01@example.jp", name: "山田 花子" };
pub const CENTER: Recipient<'_> = Recipient { address: "center1@example.jp", name: "高橋 次郎" };
pub const LINK: &str = PORTAL;
const PORTAL: &str = "https://soudan.example.jp/l/TOKEN";

/// One letter, or several, for every occasion and side.
pub fn letters(confirmed: bool) -> Vec<Letter> {
    letters_in(confirmed, &Texts::default())
}

/// The same, in the administrator's words where there are some.
pub fn letters_in(confirmed: bool, texts: &Texts) -> Vec<Letter> {
    with_texts(confirmed, texts, |about_this| {
        let mut letters: Vec<_> =
            occasions().iter().map(|(occasion, to)| about(*occasion, *to, about_this).unwrap()).collect();
        letters.extend(plain_occasions().iter().map(|it| plain(*it, CENTER, &about_this.house).unwrap()));
        letters
    })
}

pub fn with_about<T>(address_confirmed: bool, write: impl FnOnce(&About<'_>) -> T) -> T {
    with_texts(address_confirmed, &Texts::default(), write)
}

/// The same, where the administrator has written some texts anew.
pub fn with_texts<T>(address_confirmed: bool, texts: &Texts, write: impl FnOnce(&About<'_>) -> T) -> T {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let site = Site::new("https://soudan.example.jp");
    let number = CaseNumber::new(FiscalYear::new(2026).unwrap(), 123).unwrap();
    let (settings, calendar, site) = (&settings, &calendar, &site);
    let organizer = "madoguchi@example.jp";
    let house = House { settings, calendar, site, texts, organizer, now: now() };
    write(&About {
        id: ConsultationId(Uuid::from_u128(1)),
        number: &number,
        company_name: COMPANY_NAME,
        contact_name: COMPANY.name,
        fields: Fields::Both,
        address_confirmed,
        house,
    })
}

pub fn occasions() -> Vec<(Occasion<'static>, Recipient<'static>)> {
    let to_company = company_occasions().into_iter().map(|it| (it, COMPANY));
    let to_expert = expert_occasions().into_iter().map(|it| (it, EXPERT));
    let (starts_at, ends_at) = (sitting().starts_at, sitting().ends_at);
    let delegates = [(true, COMPANY), (false, EXPERT)]
        .map(|(is_company, to)| (Occasion::NoDelegates { is_company, starts_at, ends_at }, to));
    let center = [
        Occasion::NobodyLeft,
        Occasion::SubstituteNeeded {
            sitting: sitting(),
            declined: "佐藤 次郎",
            page: "https://soudan.example.jp/staff/absences",
        },
        Occasion::Undelivered { address: COMPANY.address, reason: "550 5.1.1 User unknown" },
        Occasion::Undelivered { address: COMPANY.address, reason: "" },
        Occasion::HandOverAccepted,
        Occasion::HandOverResult { result: "専門家との相談が終わりました。" },
    ];
    let sided = [(Side::Company { portal: PORTAL }, COMPANY), (Side::Expert, EXPERT), (Side::Center, CENTER)]
        .into_iter()
        .flat_map(|(side, to)| sided_occasions(side).map(|it| (it, to)));
    to_company.chain(to_expert).chain(center.map(|it| (it, CENTER))).chain(sided).chain(delegates).collect()
}

pub fn company_occasions() -> Vec<Occasion<'static>> {
    let slot = Some((sitting(), at("2026-11-21T05:05:00Z")));
    let (received_at, first_contact_due) = (now(), at("2026-11-26T08:00:00Z"));
    let organization = "商工の窓口";
    let mut all = vec![
        Occasion::Acknowledgement { confirm: PORTAL, slot, received_at, first_contact_due },
        Occasion::Acknowledgement { confirm: PORTAL, slot: None, received_at, first_contact_due },
        Occasion::Question { portal: PORTAL, text: "端末は\n何台ですか。" },
        Occasion::SlotsToChoose { portal: PORTAL, experts: experts() },
        Occasion::BackAtCenter { portal: PORTAL },
        Occasion::ReportReady { portal: PORTAL },
        Occasion::Survey { answer: PORTAL },
        Occasion::Referred { organization, note: "補助金の相談ができます。", cancelled: None },
        Occasion::Referred { organization, note: "", cancelled: Some(sitting()) },
        Occasion::EarlierTime { answer: PORTAL, sitting: sitting(), booked: None, until: now() },
        Occasion::EarlierTime { answer: PORTAL, sitting: sitting(), booked: Some(now()), until: now() },
    ];
    let answer = "https://soudan.example.jp/f/TOKEN";
    let leads = ["相談から、およそ3か月がたちました。", "規程の案はできましたか。"];
    all.extend(leads.map(|lead| Occasion::FollowUp { lead, answer }));
    all.extend(UnfulfilledReason::ALL.map(|reason| Occasion::Unfulfilled { reason, cancelled: None }));
    all
}

fn expert_occasions() -> [Occasion<'static>; 12] {
    let answer = "https://soudan.example.jp/a/TOKEN";
    let (due_at, slot) = (at("2026-11-24T08:00:00Z"), Some(sitting()));
    [
        Occasion::Request { answer, fields: Fields::Labor, slot, due_at, outline: outline() },
        Occasion::Request { answer, fields: Fields::Both, slot: None, due_at, outline: &[] },
        Occasion::RequestReminder { answer, due_at },
        Occasion::RequestLapsed { slot },
        Occasion::RequestLapsed { slot: None },
        Occasion::RequestWithdrawn { slot },
        Occasion::RequestWithdrawn { slot: None },
        Occasion::RequestDeclined { sitting: sitting() },
        Occasion::Relieved { sitting: sitting() },
        Occasion::ReportDue { due_at, overdue: false },
        Occasion::ReportDue { due_at, overdue: true },
        Occasion::ReportReturned { reason: "助言の内容を詳しく書いてください。" },
    ]
}

fn sided_occasions(side: Side<'static>) -> [Occasion<'static>; 11] {
    let (sitting, change_until) = (sitting(), at("2026-11-20T08:00:00Z"));
    let online = Sitting { mode: SessionMode::Online, place: "", experts: &[], ..sitting };
    [
        Occasion::Booked { side, sitting, change_until },
        Occasion::Booked { side, sitting: online, change_until },
        Occasion::Moved { side, sitting, change_until: now(), was: change_until },
        Occasion::ExpertChanged { side, sitting, was: experts() },
        Occasion::Room { side, sitting: Sitting { mode: SessionMode::Online, ..sitting } },
        Occasion::Cancelled { side, sitting, reason: "急な予定が入ったため" },
        Occasion::Cancelled { side, sitting: online, reason: "" },
        Occasion::Reminder { side, sitting },
        Occasion::NewMessage { side },
        Occasion::Withdrawn { side, cancelled: None },
        Occasion::Withdrawn { side, cancelled: Some(sitting) },
    ]
}

pub fn plain_occasions() -> [PlainOccasion<'static>; 8] {
    let link = "https://soudan.example.jp/l/TOKEN";
    let lines = outline();
    [
        PlainOccasion::SignIn { link },
        PlainOccasion::ResumeDraft { link, expires_at: at("2026-12-20T05:05:00Z") },
        PlainOccasion::Invitation { link, role: "専門家" },
        PlainOccasion::PasswordReset { link },
        PlainOccasion::AbsenceOverBookings { expert: "山田 花子", days: "11月24日（火）", lines },
        PlainOccasion::Digest { new: 2, overdue: 1, lines, stop: "" },
        PlainOccasion::Digest {
            new: 2,
            overdue: 1,
            lines,
            stop: "https://soudan.example.jp/u/daily_digest/TOKEN",
        },
        PlainOccasion::WeeklyDigest {
            sessions: lines,
            requests: lines,
            reports: &[],
            stop: "https://soudan.example.jp/u/weekly_digest/TOKEN",
        },
    ]
}

pub fn outline() -> &'static [String] {
    static OUTLINE: OnceLock<Vec<String>> = OnceLock::new();
    OUTLINE.get_or_init(|| ["所在地：東京都", "テーマ：労働時間の管理"].map(str::to_owned).to_vec())
}

pub fn experts() -> &'static [String] {
    static EXPERTS: OnceLock<Vec<String>> = OnceLock::new();
    EXPERTS.get_or_init(|| vec![EXPERT.name.to_owned()])
}

pub fn sitting() -> Sitting<'static> {
    Sitting {
        starts_at: at("2026-11-24T01:00:00Z"),
        ends_at: at("2026-11-24T03:00:00Z"),
        mode: SessionMode::Visit,
        place: "東京都港区台場9-9-9",
        experts: experts(),
        uid: "0191@example.jp",
        sequence: 0,
    }
}

pub fn now() -> DateTime<Utc> {
    at("2026-11-20T05:05:00Z")
}

pub fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}
