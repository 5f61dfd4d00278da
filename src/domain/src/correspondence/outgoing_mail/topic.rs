//! The mails that a person can opt out of. A mail that a case needs in order to continue is not among them.
use codes::codes;

use crate::actor::Role;

codes! {
    /// Mails that a person can opt out of. The codes stand in page addresses and database rows.
    pub enum NotificationTopic {
        /// The list of new and late items at the center, every business day.
        DailyDigest = "daily_digest" => "対応が必要な案件のお知らせ",
        /// The week of an expert: appointments, requests, reports.
        WeeklyDigest = "weekly_digest" => "今週の予定のお知らせ",
        /// The reminder on the business day before an appointment.
        AppointmentReminder = "session_reminder" => "相談の前営業日のお知らせ",
        /// The reminder before a request lapses.
        RequestReminder = "request_reminder" => "回答期限のお知らせ",
        /// The notice of a new message in a thread.
        NewMessage = "new_message" => "新しいメッセージのお知らせ",
    }
}

impl NotificationTopic {
    /// Returns the topics that a person of this role gets and can opt out of.
    pub const fn of(role: Role) -> &'static [Self] {
        match role {
            Role::Coordinator => &[Self::DailyDigest],
            Role::Expert => {
                &[Self::WeeklyDigest, Self::AppointmentReminder, Self::RequestReminder, Self::NewMessage]
            }
            Role::Desk | Role::Observer | Role::Editor | Role::Administrator => &[],
        }
    }

    /// Returns when the mail is sent, as a sentence for the page.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::DailyDigest => {
                "営業日の朝に1通。新着、期限超過、未返信などの案件か、期日の来た自分の作業があるときだけ送ります。"
            }
            Self::WeeklyDigest => {
                "週の最初の営業日の朝に1通。相談、回答待ちの依頼、報告書があるときだけ送ります。"
            }
            Self::AppointmentReminder => "相談の前の営業日に送ります。",
            Self::RequestReminder => "担当依頼に回答していないとき、期限の前に送ります。",
            Self::NewMessage => "業務時間に、1つの相談につき1日1通まで送ります。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NotificationTopic;
    use crate::actor::Role;

    #[test]
    fn each_topic_has_a_code_that_is_read_back_and_words_of_its_own() {
        let all = NotificationTopic::ALL;
        for topic in all {
            assert_eq!(NotificationTopic::from_code(topic.code()), Some(topic));
            assert!(topic.hint().ends_with('。'), "{topic:?}");
            assert_eq!(all.iter().filter(|it| it.label() == topic.label()).count(), 1, "{topic:?}");
        }
        assert_eq!(NotificationTopic::NewMessage.code(), "new_message");
        assert_eq!(NotificationTopic::NewMessage.label(), "新しいメッセージのお知らせ");
        assert_eq!(NotificationTopic::from_code("news"), None);
    }

    #[test]
    fn a_topic_belongs_to_one_role() {
        let of = [Role::Coordinator, Role::Expert, Role::Desk].map(NotificationTopic::of);
        assert_eq!(of.map(<[_]>::len), [1, 4, 0]);
        assert_eq!(of.concat(), NotificationTopic::ALL);
    }
}
