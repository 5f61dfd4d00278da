//! Sample data for mails in tests.
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use domain::{
    actor::Party,
    booking::appointment::AppointmentMode,
    calendar::BusinessCalendar,
    consultation::{
        AppointmentOutcome::{Done, NoShow},
        UnfulfilledReason,
    },
    correspondence::company_channel::CompanyChannel,
    field::{Field, Fields},
    id::ConsultationId,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};
use uuid::Uuid;

use crate::{
    mail::{
        compose::{about, plain},
        mail_event::{
            AccountMailEvent, AppointmentText, CompanyTurn, DigestCounts, ExampleEvent, ExampleNews,
            HandedOver, MailContext, MailEvent, MissedPart, OutcomeEvent, ReaderSide, Recipient, Recommended,
            RequestedPart, SenderContext, SilenceEvent, TimeNews, WhyBack,
        },
        outgoing_mail::OutgoingMail,
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

/// Returns at least one mail for every event and reader.
pub fn mails(confirmed: bool) -> Vec<OutgoingMail> {
    mails_in(confirmed, &Texts::default())
}

/// Returns at least one mail for every event and reader, written with the given texts.
pub fn mails_in(confirmed: bool, texts: &Texts) -> Vec<OutgoingMail> {
    with_texts(confirmed, texts, |about_this| {
        let mut mails: Vec<_> = mail_events()
            .iter()
            .map(|(mail_event, to)| about(*mail_event, *to, about_this).unwrap())
            .collect();
        mails.extend(account_mail_events().iter().map(|it| plain(*it, CENTER, &about_this.sender).unwrap()));
        mails
    })
}

pub fn with_about<T>(address_confirmed: bool, write: impl FnOnce(&MailContext<'_>) -> T) -> T {
    with_texts(address_confirmed, &Texts::default(), write)
}

/// Calls `write` with a consultation whose mails use the given texts.
pub fn with_texts<T>(address_confirmed: bool, texts: &Texts, write: impl FnOnce(&MailContext<'_>) -> T) -> T {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let site = Site::new("https://soudan.example.jp");
    let number = CaseNumber::new(FiscalYear::new(2026).unwrap(), 123).unwrap();
    let (settings, calendar, site) = (&settings, &calendar, &site);
    let organizer = "madoguchi@example.jp";
    let sender = SenderContext { settings, calendar, site, texts, organizer, now: now() };
    write(&MailContext {
        id: ConsultationId(Uuid::from_u128(1)),
        number: &number,
        company_name: COMPANY_NAME,
        contact_name: COMPANY.name,
        fields: Fields::Both,
        address_confirmed,
        due: None,
        waits_since: None,
        report_due_at: None,
        channel: CompanyChannel::Mail,
        sender,
    })
}

pub fn mail_events() -> Vec<(MailEvent<'static>, Recipient<'static>)> {
    let to_company = company_events().into_iter().map(|it| (it, COMPANY));
    let to_expert = expert_events().into_iter().chain(super::part::changes()).map(|it| (it, EXPERT));
    let (starts_at, ends_at) = (appointment_text().starts_at, appointment_text().ends_at);
    let delegates = [(true, COMPANY), (false, EXPERT)]
        .map(|(is_company, to)| (MailEvent::NoDelegates { is_company, starts_at, ends_at }, to));
    let center = [
        MailEvent::NobodyLeft,
        example(ExampleEvent::Told { news: ExampleNews::Agreed }),
        MailEvent::Silence(SilenceEvent::HoldEnding {
            side: ReaderSide::Center,
            slot: appointment_text(),
            until: now(),
        }),
        MailEvent::Silence(SilenceEvent::OutcomeMissing {
            side: ReaderSide::Center,
            appointment: appointment_text(),
            is_asked: true,
        }),
        expert_away(ReaderSide::Center),
        MailEvent::SubstituteNeeded {
            appointment: appointment_text(),
            declined: "佐藤 次郎",
            page: "https://soudan.example.jp/staff/absences",
        },
        MailEvent::Undelivered { address: COMPANY.address, reason: "550 5.1.1 User unknown" },
        MailEvent::Undelivered { address: COMPANY.address, reason: "" },
        MailEvent::HandOverAccepted,
        MailEvent::HandOverReopened,
        MailEvent::DeskMessage,
        result_for_desk("", "", false),
        result_for_desk("よろず相談所", "", false),
        result_for_desk("みなみ窓口", "補助金の相談ができます。", true),
    ];
    let sided = [
        (ReaderSide::Company { portal: PORTAL }, COMPANY),
        (ReaderSide::Expert, EXPERT),
        (ReaderSide::Center, CENTER),
    ]
    .into_iter()
    .flat_map(|(side, to)| sided_events(side).into_iter().map(move |it| (it, to)));
    to_company.chain(to_expert).chain(center.map(|it| (it, CENTER))).chain(sided).chain(delegates).collect()
}

fn acknowledged(
    slot: Option<(AppointmentText<'static>, DateTime<Utc>)>,
    handed_over: Option<HandedOver<'static>>,
) -> MailEvent<'static> {
    let (received_at, first_contact_due) = (now(), at("2026-11-26T08:00:00Z"));
    MailEvent::Acknowledgement { confirm: PORTAL, slot, received_at, first_contact_due, handed_over }
}

const fn example(event: ExampleEvent<'static>) -> MailEvent<'static> {
    MailEvent::Example(event)
}

/// Returns the events of a company's consent to an example.
fn consent_events() -> [MailEvent<'static>; 6] {
    [
        example(ExampleEvent::Wanted { portal: PORTAL, until: at("2026-12-20T15:00:00Z") }),
        example(ExampleEvent::Review { portal: PORTAL, until: at("2027-01-19T15:00:00Z") }),
        example(ExampleEvent::Reminder { portal: PORTAL, until: at("2027-01-19T15:00:00Z") }),
        example(ExampleEvent::Public {
            portal: PORTAL,
            address: "https://soudan.example.jp/cases/10001",
            from: at("2026-11-24T00:00:00Z"),
        }),
        example(ExampleEvent::Over { portal: PORTAL, was_public: true, in_silence: false }),
        example(ExampleEvent::Over { portal: PORTAL, was_public: false, in_silence: true }),
    ]
}

const REASONS: [WhyBack; 5] = [
    WhyBack::NobodyForTime,
    WhyBack::TimeTooNear,
    WhyBack::NobodyLeft,
    WhyBack::TakesLong,
    WhyBack::PartOpen,
];

pub fn company_events() -> Vec<MailEvent<'static>> {
    let slot = Some((appointment_text(), at("2026-11-21T05:05:00Z")));
    let side = ReaderSide::Company { portal: PORTAL };
    let mut all = vec![
        acknowledged(slot, None),
        acknowledged(None, None),
        acknowledged(
            None,
            Some(HandedOver {
                desk: "大阪一次相談窓口", visit: "11月19日（木）の窓口でのご相談"
            }),
        ),
        MailEvent::AddressChanged { confirm: PORTAL, slot: None },
        MailEvent::AddressChanged { confirm: PORTAL, slot },
        MailEvent::AddressReplaced { object: PORTAL },
        MailEvent::Question { portal: PORTAL, text: "端末は\n何台ですか。" },
        MailEvent::SlotsToChoose { portal: PORTAL, experts: experts() },
        further(false, None),
        further(true, Some(Fields::Ict)),
        MailEvent::FurtherAppointment {
            portal: PORTAL,
            experts: experts(),
            is_open: false,
            was: None,
            report: Some(Recommended { examples: outline(), guides: outline() }),
        },
        MailEvent::FurtherDropped { portal: PORTAL },
        MailEvent::Reopened { side: ReaderSide::Company { portal: PORTAL } },
        MailEvent::NoShow { side, appointment: appointment_text(), is_correction: false },
        hold_released(true, false),
        hold_released(false, true),
        MailEvent::Silence(SilenceEvent::ClosedInSilence { portal: PORTAL }),
        report_ready(&[], false),
        report_ready(outline(), true),
        MailEvent::Survey { answer: PORTAL },
        referred("補助金の相談ができます。", None, None),
        referred("", Some(appointment_text()), Some(at("2026-11-26T08:00:00Z"))),
        earlier(None),
        earlier(Some(now())),
    ];
    all.extend(consent_events());
    let time = Some((appointment_text(), TimeNews::Released));
    let time = |why| time.filter(|_| why == WhyBack::PartOpen);
    all.extend(REASONS.map(|why| MailEvent::BackAtCenter { portal: PORTAL, why, time: time(why) }));
    all.extend(team_events());
    let turns = [CompanyTurn::Choose, CompanyTurn::Answer, CompanyTurn::Confirm];
    all.extend(
        turns
            .map(|waits_for| MailEvent::Silence(SilenceEvent::CompanyReminder { portal: PORTAL, waits_for })),
    );
    all.push(MailEvent::Silence(SilenceEvent::Searching { portal: PORTAL }));
    all.push(MailEvent::Silence(SilenceEvent::HoldEnding { side, slot: appointment_text(), until: now() }));
    all.push(expert_away(side));
    let answer = "https://soudan.example.jp/f/TOKEN";
    let leads = ["相談から、およそ3か月がたちました。", "規程の案はできましたか。"];
    all.extend(leads.map(|lead| MailEvent::FollowUp { lead, answer }));
    all.extend(endings());
    all
}

fn endings() -> Vec<MailEvent<'static>> {
    let mut all = vec![
        MailEvent::Withdrawn { portal: PORTAL, cancelled: None },
        MailEvent::Withdrawn { portal: PORTAL, cancelled: Some(appointment_text()) },
        MailEvent::Finished { portal: PORTAL, cancelled: None },
    ];
    let unfulfilled = |reason| MailEvent::Unfulfilled { reason, advised: false, cancelled: None };
    all.extend(UnfulfilledReason::ALL.map(unfulfilled));
    all
}

fn report_ready(lines: &'static [String], follows: bool) -> MailEvent<'static> {
    let recommended = Recommended { examples: lines, guides: lines };
    MailEvent::ReportReady {
        portal: PORTAL,
        appointment: appointment_text(),
        recommended,
        follows,
        is_correction: false,
        may_continue: follows,
        is_over: !follows,
    }
}

pub const fn further(is_open: bool, was: Option<Fields>) -> MailEvent<'static> {
    MailEvent::FurtherAppointment { portal: PORTAL, experts: &[], is_open, was, report: None }
}

const fn referred(
    note: &'static str,
    cancelled: Option<AppointmentText<'static>>,
    called_by: Option<DateTime<Utc>>,
) -> MailEvent<'static> {
    MailEvent::Referred { organization: "商工の窓口", note, cancelled, called_by }
}

fn result_for_desk(organization: &'static str, note: &'static str, is_back: bool) -> MailEvent<'static> {
    MailEvent::HandOverResult {
        result: "専門家との相談が終わりました。", organization, note, is_back
    }
}

fn hold_released(may_choose: bool, day_closed: bool) -> MailEvent<'static> {
    let slot = appointment_text();
    MailEvent::Silence(SilenceEvent::HoldReleased { portal: PORTAL, slot, may_choose, day_closed })
}

fn earlier(booked: Option<DateTime<Utc>>) -> MailEvent<'static> {
    MailEvent::EarlierTime { answer: PORTAL, appointment: appointment_text(), booked, until: now() }
}

fn team_events() -> Vec<MailEvent<'static>> {
    let (slot, released) = (appointment_text(), experts());
    let changing = |by, reason, lost, may_choose| MailEvent::TeamChanging {
        portal: PORTAL,
        released,
        by,
        reason,
        lost,
        may_choose,
    };
    let changed = |time, chooses| MailEvent::FieldsChanged {
        portal: PORTAL,
        was: Fields::Both,
        missing: None,
        released,
        time,
        chooses,
    };
    let mut all = vec![
        changing(Party::Expert, "入院のため", Some((slot, TimeNews::Cancelled)), true),
        changing(Party::Company, "", Some((slot, TimeNews::Released)), false),
        changing(Party::Coordinator, "", None, false),
        changed(Some((slot, TimeNews::Stands)), false),
        changed(Some((slot, TimeNews::Booked)), false),
        changed(Some((slot, TimeNews::Kept)), false),
        changed(None, true),
        super::case_number::split(2),
        super::case_number::split(0),
    ];
    all.extend(super::case_number::merged());
    all
}

fn request(
    part: RequestedPart<'static>,
    fields: Fields,
    slot: Option<AppointmentText<'static>>,
    outline: &'static [String],
) -> MailEvent<'static> {
    let (answer, due_at) = ("https://soudan.example.jp/a/TOKEN", at("2026-11-24T08:00:00Z"));
    MailEvent::Request { answer, fields, part, slot, due_at, outline }
}

fn expert_away(side: ReaderSide<'static>) -> MailEvent<'static> {
    let (appointment, contact_due) = (appointment_text(), at("2026-11-20T08:00:00Z"));
    MailEvent::Silence(SilenceEvent::ExpertAway { side, appointment, contact_due })
}

fn expert_events() -> [MailEvent<'static>; 21] {
    let answer = "https://soudan.example.jp/a/TOKEN";
    let (due_at, slot) = (at("2026-11-24T08:00:00Z"), Some(appointment_text()));
    [
        request(RequestedPart::Whole, Fields::Labor, slot, outline()),
        request(RequestedPart::Whole, Fields::Both, None, &[]),
        request(RequestedPart::OneField, Fields::Ict, slot, &[]),
        request(RequestedPart::OneField, Fields::Ict, None, &[]),
        request(RequestedPart::Substitute("千葉 美咲"), Fields::Both, slot, &[]),
        MailEvent::RequestTimeLost { answer, fields: Fields::Labor, slot: appointment_text(), due_at },
        MailEvent::RequestReminder { answer, due_at },
        MailEvent::FieldsNarrowed { was: Fields::Both },
        MailEvent::Reopened { side: ReaderSide::Expert },
        MailEvent::Silence(SilenceEvent::OutcomeMissing {
            side: ReaderSide::Expert,
            appointment: appointment_text(),
            is_asked: true,
        }),
        MailEvent::RequestLapsed { slot },
        MailEvent::RequestLapsed { slot: None },
        MailEvent::RequestWithdrawn { slot, reason: "入院のため" },
        MailEvent::RequestWithdrawn { slot: None, reason: "" },
        MailEvent::RequestDeclined { appointment: appointment_text() },
        MailEvent::Relieved { appointment: appointment_text() },
        MailEvent::ReportDue { due_at, overdue: false },
        MailEvent::ReportDue { due_at, overdue: true },
        MailEvent::ReportWritten { appointment: appointment_text() },
        MailEvent::NoShow { side: ReaderSide::Expert, appointment: appointment_text(), is_correction: false },
        MailEvent::ReportReturned { reason: "助言の内容を詳しく書いてください。" },
    ]
}

fn sided_events(side: ReaderSide<'static>) -> Vec<MailEvent<'static>> {
    let (appointment, change_until) = (appointment_text(), at("2026-11-20T08:00:00Z"));
    let online = AppointmentText { mode: AppointmentMode::Online, place: "", experts: &[], ..appointment };
    let all = [
        MailEvent::Booked { side, appointment, change_until },
        MailEvent::Booked { side, appointment: online, change_until },
        MailEvent::DeclineNoted {
            side,
            appointment,
            change_until: at("2026-11-23T08:00:00Z"),
            answer_due: now(),
        },
        MailEvent::Moved { side, appointment, change_until: now(), was: change_until },
        MailEvent::ExpertChanged { side, appointment, was: experts() },
        MailEvent::Venue {
            side,
            appointment: AppointmentText { mode: AppointmentMode::Online, ..appointment },
        },
        MailEvent::Cancelled {
            side,
            appointment,
            reason: "急な予定が入ったため",
            by: Some(Party::Expert),
            is_blocked: side == ReaderSide::Expert,
        },
        MailEvent::Cancelled { side, appointment: online, reason: "", by: None, is_blocked: false },
        MailEvent::Outcome(OutcomeEvent::ExpertMissed {
            side,
            appointment,
            part: None,
            is_correction: false,
        }),
        MailEvent::Outcome(match side {
            // The center is not told of a correction.
            ReaderSide::Center => {
                let owed = Some(Field::Labor);
                let part = Some(MissedPart { expert: EXPERT.name, owed, may_choose: true });
                OutcomeEvent::ExpertMissed { side, appointment, part, is_correction: true }
            }
            ReaderSide::Company { .. } | ReaderSide::Expert => {
                OutcomeEvent::Corrected { side, appointment, was: NoShow.into(), outcome: Done.into() }
            }
        }),
        MailEvent::Reminder { side, appointment },
        MailEvent::NewMessage { side },
    ];
    all.into_iter().filter(|it| super::combinations::is_written_to(side, it)).collect()
}

pub fn account_mail_events() -> Vec<AccountMailEvent<'static>> {
    let link = "https://soudan.example.jp/l/TOKEN";
    let lines = outline();
    let mut all = vec![
        AccountMailEvent::SignIn { link, expires_at: at("2026-11-20T06:05:00Z") },
        AccountMailEvent::ResumeDraft { link, expires_at: at("2026-12-20T05:05:00Z") },
        AccountMailEvent::Invitation { link, role: "専門家", expires_at: at("2026-11-27T05:05:00Z") },
        AccountMailEvent::PasswordReset { link, expires_at: at("2026-11-27T05:05:00Z") },
        AccountMailEvent::HandedBack {
            link,
            number: super::case_number::first_number(),
            due_at: at("2026-11-26T08:00:00Z"),
        },
        AccountMailEvent::HandedBackReminder {
            link,
            number: super::case_number::first_number(),
            due_at: at("2026-11-26T08:00:00Z"),
        },
        AccountMailEvent::LinkMissing {
            title: "テレワーク導入セミナー",
            starts_at: at("2026-11-24T01:00:00Z"),
            ends_at: at("2026-11-24T03:00:00Z"),
            page: "https://soudan.example.jp/staff/events/TOKEN",
        },
        AccountMailEvent::DeskUnstaffed { desk: "みなみ窓口", lines },
        AccountMailEvent::AbsenceOverBookings { expert: "山田 花子", days: "11月24日（火）", lines },
        AccountMailEvent::Digest {
            counts: DigestCounts { new: 2, overdue: 1, ..DigestCounts::default() },
            lines,
            stop: "",
        },
        AccountMailEvent::Digest {
            counts: DigestCounts {
                new: 2,
                overdue: 1,
                stalled: 3,
                calls: 2,
                unanswered: 4,
                late_responses: 1,
                reports: 2,
                tasks: 1,
            },
            lines,
            stop: "https://soudan.example.jp/u/daily_digest/TOKEN",
        },
        AccountMailEvent::WeeklyDigest {
            appointments: lines,
            requests: lines,
            reports: &[],
            stop: "https://soudan.example.jp/u/weekly_digest/TOKEN",
        },
    ];
    all.extend(super::gathering::mail_events());
    all.extend(super::campaign::mail_events());
    all.extend(super::security::mail_events());
    all.extend(super::survey::mail_events());
    all.extend(super::network::mail_events());
    all
}

pub fn outline() -> &'static [String] {
    static OUTLINE: OnceLock<Vec<String>> = OnceLock::new();
    OUTLINE.get_or_init(|| ["所在地：東京都", "テーマ：労働時間の管理"].map(str::to_owned).to_vec())
}

pub fn experts() -> &'static [String] {
    static EXPERTS: OnceLock<Vec<String>> = OnceLock::new();
    EXPERTS.get_or_init(|| vec![EXPERT.name.to_owned()])
}

pub fn appointment_text() -> AppointmentText<'static> {
    AppointmentText {
        starts_at: at("2026-11-24T01:00:00Z"),
        ends_at: at("2026-11-24T03:00:00Z"),
        mode: AppointmentMode::Visit,
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
