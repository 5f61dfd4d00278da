//! The mails that a person can opt out of. A mail that a case needs in order to continue is not among them.
pub use codes::NotificationTopic;

use crate::actor::Role;

/// Returns the topics that a person of this role gets and can opt out of.
pub const fn of(role: Role) -> &'static [NotificationTopic] {
    match role {
        Role::Coordinator => &[NotificationTopic::DailyDigest],
        Role::Expert => &[
            NotificationTopic::WeeklyDigest,
            NotificationTopic::AppointmentReminder,
            NotificationTopic::RequestReminder,
            NotificationTopic::NewMessage,
        ],
        Role::Desk | Role::Observer | Role::Editor | Role::Administrator => &[],
    }
}

/// Returns when the mails of a topic are sent, as a sentence for the page.
pub const fn hint(topic: NotificationTopic) -> &'static str {
    match topic {
        NotificationTopic::DailyDigest => {
            "営業日の朝に1通。新着、期限超過、未返信などの案件か、期日の来た自分の作業があるときだけ送ります。"
        }
        NotificationTopic::WeeklyDigest => {
            "週の最初の営業日の朝に1通。相談、回答待ちの依頼、報告書があるときだけ送ります。"
        }
        NotificationTopic::AppointmentReminder => "相談の前の営業日に送ります。",
        NotificationTopic::RequestReminder => "担当依頼に回答していないとき、期限の前に送ります。",
        NotificationTopic::NewMessage => "業務時間に、1つの相談につき1日1通まで送ります。",
    }
}

#[cfg(test)]
mod tests {
    use super::{NotificationTopic, hint, of};
    use crate::actor::Role;

    #[test]
    fn each_topic_has_a_code_that_is_read_back_and_words_of_its_own() {
        let all = NotificationTopic::ALL;
        for topic in all {
            assert_eq!(NotificationTopic::from_code(topic.code()), Some(topic));
            assert!(hint(topic).ends_with('。'), "{topic:?}");
            assert_eq!(all.iter().filter(|it| it.label() == topic.label()).count(), 1, "{topic:?}");
        }
        assert_eq!(NotificationTopic::NewMessage.code(), "new_message");
        assert_eq!(NotificationTopic::NewMessage.label(), "新しいメッセージのお知らせ");
        assert_eq!(NotificationTopic::from_code("news"), None);
    }

    #[test]
    fn a_topic_belongs_to_one_role() {
        let topics = [Role::Coordinator, Role::Expert, Role::Desk].map(of);
        assert_eq!(topics.map(<[_]>::len), [1, 4, 0]);
        assert_eq!(topics.concat(), NotificationTopic::ALL);
    }
}
