//! The numbers that a programme may change from year to year (`docs/spec/lifecycle.md` §3).
use serde::{Deserialize, Serialize};

/// Whether the service asks the best-ranked expert automatically (`docs/spec/lifecycle.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutingMode {
    /// The service asks once a slot is chosen, the address is confirmed and an eligible expert is free.
    Automatic,
    /// A coordinator sends every request.
    Reviewed,
}

/// The settings of one fiscal year. Every value is safe to compute with; `Settings::check` finds the invalid
/// ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub routing: RoutingMode,
    /// The time within which the center speaks with the company. Business days.
    pub first_contact_days: u16,
    /// The time within which an expert answers a request. Business days.
    pub reply_days: u16,
    /// The time before an appointment at which its company has to have heard whether it takes place. Business days.
    pub answer_notice_days: u16,
    /// The times after which a company is reminded that it is its turn. Business days.
    pub first_reminder_days: u16,
    pub second_reminder_days: u16,
    /// The time after which a case in which nothing happens stands in the center's worklist. Business days.
    pub stalled_days: u16,
    /// The time after which the closing of a case is proposed whose company does not answer. Business days.
    pub proposed_closing_days: u16,
    /// The time after which a missing outcome or report stands in the center's worklist. Business days.
    pub missing_outcome_days: u16,
    /// The time before the end of a hold at which its company is told. Opening hours.
    pub hold_warning_hours: u16,
    /// The time within which the center responds to a message of a company or an expert. Business days.
    pub response_days: u16,
    /// The time after the day of its check for which an entry of the support guide is shown. Calendar days.
    pub guide_check_days: u16,
    /// The day of the next month on which the statistics of a month are closed; on the next business day if it is none.
    pub month_closing_day: u8,
    /// The time for which the center can comment on an edition of the statistics before others see it. Business days.
    pub edition_comment_days: u16,
    /// The time for which a slot is held while an application is written. Minutes.
    pub hold_minutes: u16,
    /// The time for which the slot of a submitted application is held until the address is confirmed. Hours, of which
    /// those of closed days do not count.
    pub unconfirmed_hold_hours: u16,
    /// The hour, on the business day before, until which a company may reschedule or cancel. Japan time.
    pub change_until_hour: u8,
    /// The earliest bookable slot. Business days ahead.
    pub notice_days: u16,
    /// The last bookable day. Calendar days ahead.
    pub horizon_days: u16,
    /// The length of an online appointment. Minutes; a multiple of 15.
    pub online_minutes: u16,
    /// The length of a visit. Minutes; a multiple of 15.
    pub visit_minutes: u16,
    /// The time that is kept free after an online appointment. Minutes; a multiple of 15.
    pub online_buffer_minutes: u16,
    /// The time that is kept free before and after a visit within the expert's prefecture. Minutes; a
    /// multiple of 15.
    pub travel_same_prefecture_minutes: u16,
    /// The time that is kept free before and after a visit in the expert's region or a neighbouring one.
    /// Minutes; a multiple of 15.
    pub travel_near_region_minutes: u16,
    /// The time that is kept free before and after a visit in any other region. Minutes; a multiple of 15.
    pub travel_far_minutes: u16,
    /// The largest number of appointments of one company in one fiscal year.
    #[serde(rename = "session_cap")]
    pub appointment_cap: u16,
    /// The time within which a report is written after an appointment. Calendar days.
    pub report_days: u16,
    /// The hour at which surveys are sent on the next business day, and reminders on the business day before.
    /// Japan time.
    pub mail_hour: u8,
    /// The times of the two questions of the shipped programme. Calendar months after the report was
    /// approved.
    pub follow_up_months: [u8; 2],
    /// The time without change after which a draft is deleted. Days.
    pub draft_days: u16,
    /// The month after whose last business day there are no appointments (the contract closes on 31 March).
    #[serde(rename = "last_session_month")]
    pub last_appointment_month: u8,
    /// The opening hours of the center on business days, from `opens_hour` until before `closes_hour`. Hours,
    /// Japan time.
    pub opens_hour: u8,
    pub closes_hour: u8,
    /// The time for which contact data are kept. Fiscal years after closing.
    pub contact_retention_years: u8,
    /// The time for which the case is kept. Fiscal years after closing.
    pub case_retention_years: u8,
    /// The days for which a received mail is kept as it came in. Its text in the thread is part of the case.
    pub received_mail_days: u16,
    /// The days for which the words of a sent mail are kept.
    pub sent_mail_days: u16,
    /// The days for which files of messages are kept.
    pub attachment_days: u16,
    /// The largest numbers of application mails in a day to one unconfirmed address and from one network.
    pub mails_per_address_a_day: u16,
    pub mails_per_network_a_day: u16,
    /// The largest number of application mails in a day to one domain, which may be a company's or a whole
    /// provider's.
    pub mails_per_domain_a_day: u16,
    /// The largest number of applications that one network may begin in a day.
    pub drafts_per_network_a_day: u16,
    /// The largest number of open applications from one network whose address is not confirmed.
    pub unconfirmed_per_network: u16,
    /// The largest number of times that one network may hold at once, for drafts and for applications whose address is not
    /// confirmed.
    pub holds_per_network: u16,
    /// The name of the center on pages and in mails.
    pub center_name: String,
    pub center_phone: String,
    pub center_email: String,
    /// The organisation that is responsible for personal data, named in the consent text.
    pub operator_name: String,
    /// The version of the consent text to which applicants agree.
    pub consent_version: String,
    /// A notice that is shown instead of the application form while it is not empty.
    pub intake_closed_notice: String,
}

/// A limit on the mails that requests cause in a day (`docs/spec/lifecycle.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailLimit {
    /// Mails to one address that is not proved, and requests of one network for the same address.
    Address,
    /// Mails to the addresses of one domain that are not proved.
    Domain,
    /// Requests of one network, and mails to one address that is proved.
    Network,
}

impl MailLimit {
    pub const ALL: [Self; 3] = [Self::Address, Self::Domain, Self::Network];

    /// Returns the word under which counts, the log and the metrics know the limit.
    pub fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Domain => "domain",
            Self::Network => "network",
        }
    }

    /// Returns the largest number of a day.
    pub fn of(self, settings: &Settings) -> i32 {
        i32::from(match self {
            Self::Address => settings.mails_per_address_a_day,
            Self::Domain => settings.mails_per_domain_a_day,
            Self::Network => settings.mails_per_network_a_day,
        })
    }

    /// Returns the number of which the operator is told: four fifths of the limit, rounded up.
    pub fn nearly(self, settings: &Settings) -> i32 {
        (self.of(settings) * 4 + 4) / 5
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            routing: RoutingMode::Automatic,
            first_contact_days: 3,
            guide_check_days: 90,
            month_closing_day: 10,
            edition_comment_days: 3,
            reply_days: 2,
            answer_notice_days: 1,
            first_reminder_days: 3,
            second_reminder_days: 7,
            stalled_days: 10,
            proposed_closing_days: 15,
            missing_outcome_days: 3,
            hold_warning_hours: 4,
            response_days: 1,
            hold_minutes: 15,
            unconfirmed_hold_hours: 24,
            change_until_hour: 17,
            notice_days: 3,
            horizon_days: 60,
            online_minutes: 60,
            visit_minutes: 120,
            online_buffer_minutes: 15,
            travel_same_prefecture_minutes: 60,
            travel_near_region_minutes: 120,
            travel_far_minutes: 240,
            appointment_cap: 3,
            report_days: 7,
            mail_hour: 10,
            follow_up_months: [3, 6],
            draft_days: 30,
            last_appointment_month: 2,
            opens_hour: 9,
            closes_hour: 17,
            contact_retention_years: 3,
            case_retention_years: 5,
            received_mail_days: 365,
            sent_mail_days: 1095,
            attachment_days: 1825,
            mails_per_address_a_day: 5,
            mails_per_network_a_day: 30,
            mails_per_domain_a_day: 300,
            drafts_per_network_a_day: 200,
            unconfirmed_per_network: 20,
            holds_per_network: 20,
            center_name: "テレワーク相談センター".to_owned(),
            center_phone: "0120-000-000".to_owned(),
            center_email: "center@example.jp".to_owned(),
            operator_name: "テレワーク相談センター運営事務局".to_owned(),
            consent_version: "2026-04".to_owned(),
            intake_closed_notice: String::new(),
        }
    }
}

/// A setting that cannot be used, by its field name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadSetting {
    pub field: &'static str,
    pub message: String,
}

impl Settings {
    /// Returns every invalid setting; empty if the settings can be saved.
    pub fn check(&self) -> Vec<BadSetting> {
        let mut bad = Vec::new();
        let mut range = |field, value: u16, low: u16, high: u16| {
            if !(low..=high).contains(&value) {
                bad.push(BadSetting {
                    field, message: format!("{low}から{high}までの数を入力してください")
                });
            }
        };
        range("first_contact_days", self.first_contact_days, 1, 60);
        range("guide_check_days", self.guide_check_days, 1, 730);
        range("reply_days", self.reply_days, 1, 60);
        range("response_days", self.response_days, 0, 60);
        range("hold_minutes", self.hold_minutes, 5, 240);
        range("unconfirmed_hold_hours", self.unconfirmed_hold_hours, 1, 240);
        range("change_until_hour", u16::from(self.change_until_hour), 0, 23);
        range("notice_days", self.notice_days, 0, 60);
        range("horizon_days", self.horizon_days, 1, 180);
        range("session_cap", self.appointment_cap, 1, 100);
        range("report_days", self.report_days, 1, 90);
        range("mail_hour", u16::from(self.mail_hour), 0, 23);
        for months in self.follow_up_months {
            range("follow_up_months", u16::from(months), 1, 24);
        }
        range("draft_days", self.draft_days, 1, 365);
        range("last_session_month", u16::from(self.last_appointment_month), 1, 12);
        range("opens_hour", u16::from(self.opens_hour), 0, 23);
        range("closes_hour", u16::from(self.closes_hour), u16::from(self.opens_hour) + 1, 24);
        range("contact_retention_years", u16::from(self.contact_retention_years), 1, 30);
        range("case_retention_years", u16::from(self.case_retention_years), 1, 30);
        for (field, minutes, least) in [
            ("online_minutes", self.online_minutes, 15),
            ("visit_minutes", self.visit_minutes, 15),
            ("online_buffer_minutes", self.online_buffer_minutes, 0),
            ("travel_same_prefecture_minutes", self.travel_same_prefecture_minutes, 0),
            ("travel_near_region_minutes", self.travel_near_region_minutes, 0),
            ("travel_far_minutes", self.travel_far_minutes, 0),
        ] {
            if !minutes.is_multiple_of(15) || !(least..=480).contains(&minutes) {
                let message = format!("{least}から480までの、15の倍数を入力してください");
                bad.push(BadSetting { field, message });
            }
        }
        bad.extend(self.check_ways());
        bad.extend(self.check_silence());
        bad.extend(self.check_networks());
        bad.extend(self.check_kept());
        for (field, value) in [
            ("center_name", &self.center_name),
            ("center_phone", &self.center_phone),
            ("center_email", &self.center_email),
            ("operator_name", &self.operator_name),
            ("consent_version", &self.consent_version),
        ] {
            if value.trim().is_empty() {
                bad.push(BadSetting { field, message: "入力してください".to_owned() });
            }
        }
        bad
    }

    /// Checks that the steps that follow while nothing happens come one after another, and the days of other steps.
    fn check_silence(&self) -> Vec<BadSetting> {
        let after = |days: u16| days.saturating_add(1);
        let ranges = [
            ("month_closing_day", u16::from(self.month_closing_day), 1, 28),
            ("edition_comment_days", self.edition_comment_days, 0, 20),
            ("answer_notice_days", self.answer_notice_days, 1, 10),
            ("first_reminder_days", self.first_reminder_days, 1, 60),
            ("second_reminder_days", self.second_reminder_days, after(self.first_reminder_days), 90),
            ("stalled_days", self.stalled_days, after(self.second_reminder_days), 120),
            ("proposed_closing_days", self.proposed_closing_days, after(self.stalled_days), 240),
            ("missing_outcome_days", self.missing_outcome_days, 2, 60),
            ("hold_warning_hours", self.hold_warning_hours, 1, 24),
        ];
        out_of_range(&ranges)
    }

    /// Checks for how long mails and files are kept: no shorter than a consultation usually takes.
    fn check_kept(&self) -> Vec<BadSetting> {
        out_of_range(&[
            ("received_mail_days", self.received_mail_days, 90, 10950),
            ("sent_mail_days", self.sent_mail_days, 90, 10950),
            ("attachment_days", self.attachment_days, 90, 10950),
        ])
    }

    /// Checks the limits of what one network, one address and one domain can cause.
    fn check_networks(&self) -> Vec<BadSetting> {
        out_of_range(&[
            ("mails_per_address_a_day", self.mails_per_address_a_day, 1, 1000),
            ("mails_per_network_a_day", self.mails_per_network_a_day, 1, 10000),
            ("mails_per_domain_a_day", self.mails_per_domain_a_day, 1, 60000),
            ("drafts_per_network_a_day", self.drafts_per_network_a_day, 1, 10000),
            ("unconfirmed_per_network", self.unconfirmed_per_network, 1, 10000),
            ("holds_per_network", self.holds_per_network, 1, 1000),
        ])
    }

    /// Checks that travel times grow with the distance and that no detour is shorter than the direct way. Two
    /// appointments of an expert that are possible beside a third one are then also possible without it.
    fn check_ways(&self) -> Vec<BadSetting> {
        let (same, near, far) = (
            u32::from(self.travel_same_prefecture_minutes),
            u32::from(self.travel_near_region_minutes),
            u32::from(self.travel_far_minutes),
        );
        let mut bad = Vec::new();
        if near < same {
            let message = "同じ都道府県への移動と同じか、それより長い時間を入力してください".to_owned();
            bad.push(BadSetting { field: "travel_near_region_minutes", message });
        }
        if far < near || far > 2 * near {
            let message =
                format!("近くの地域への移動の{near}分から、その2倍の{}分までを入力してください", 2 * near);
            bad.push(BadSetting { field: "travel_far_minutes", message });
        }
        bad
    }
}

/// Returns the settings whose value is not within its least and its greatest.
fn out_of_range(settings: &[(&'static str, u16, u16, u16)]) -> Vec<BadSetting> {
    let wrong = settings.iter().filter(|(_, value, low, high)| !(low..=high).contains(&value));
    let message = |low, high| format!("{low}から{high}までの数を入力してください");
    wrong.map(|&(field, _, low, high)| BadSetting { field, message: message(low, high) }).collect()
}

#[cfg(test)]
mod tests {
    use super::{MailLimit, Settings};

    #[test]
    fn the_defaults_can_be_saved_and_nonsense_cannot() {
        assert_eq!(Settings::default().check(), []);
        let bad =
            Settings { online_minutes: 50, closes_hour: 3, center_name: " ".into(), ..Default::default() };
        let fields: Vec<_> = bad.check().into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["closes_hour", "online_minutes", "center_name"]);
    }

    #[test]
    fn the_operator_is_told_before_a_limit_is_reached() {
        for (limit, nearly) in [(1, 1), (4, 4), (5, 4), (30, 24), (300, 240), (301, 241)] {
            let settings = Settings { mails_per_domain_a_day: limit, ..Settings::default() };
            assert_eq!(MailLimit::Domain.nearly(&settings), nearly, "{limit}");
        }
    }

    #[test]
    fn the_center_closes_after_the_hour_in_which_it_opens() {
        let closing_at =
            |closes_hour| Settings { opens_hour: 9, closes_hour, ..Settings::default() }.check().len();
        assert_eq!([8, 9, 10].map(closing_at), [1, 1, 0]);
    }

    #[test]
    fn the_steps_while_nothing_happens_come_one_after_another() {
        let fine = Settings {
            first_reminder_days: 4,
            second_reminder_days: 5,
            stalled_days: 6,
            proposed_closing_days: 7,
            ..Settings::default()
        };
        assert_eq!(fine.check(), []);
        let wrong = |settings: Settings| settings.check().into_iter().map(|it| it.field).collect::<Vec<_>>();
        assert_eq!(wrong(Settings { second_reminder_days: 4, ..fine.clone() }), ["second_reminder_days"]);
        assert_eq!(wrong(Settings { stalled_days: 5, ..fine.clone() }), ["stalled_days"]);
        assert_eq!(wrong(Settings { proposed_closing_days: 6, ..fine.clone() }), ["proposed_closing_days"]);
        assert_eq!(wrong(Settings { missing_outcome_days: 1, ..fine }), ["missing_outcome_days"]);
    }
}
