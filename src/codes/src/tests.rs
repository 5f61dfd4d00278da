use super::{
    ActionKind, AppointmentStatus, CalendarMethod, Code, Dropped, FollowUpKind, InboundReason, Industry,
    NotificationTopic, Party, Quarantine,
};

#[test]
fn a_value_is_found_by_its_code_and_by_nothing_else() {
    for it in AppointmentStatus::ALL {
        assert_eq!(AppointmentStatus::from_code(it.code()), Some(it));
        assert_eq!(it.to_string(), it.code());
    }
    for it in ActionKind::ALL {
        assert_eq!(ActionKind::from_code(it.code()), Some(it));
    }
    for wrong in ["", "Held", "held ", "gone"] {
        assert_eq!(AppointmentStatus::from_code(wrong), None);
    }
    assert_eq!(Industry::from_code("I1").map(Industry::label), Some("卸売業"));
}

/// Histories are hashed with these codes, and addresses that contain them were mailed.
#[test]
fn stored_codes_never_change() {
    assert_eq!(Party::ALL.map(Party::code), ["company", "coordinator", "expert", "desk", "system"]);
    assert_eq!(
        AppointmentStatus::ALL.map(AppointmentStatus::code),
        [
            "held",
            "confirmed",
            "done",
            "no_show",
            "expert_no_show",
            "cancelled_by_company",
            "cancelled_by_expert",
            "cancelled_by_center",
            "released"
        ]
    );
    assert_eq!(
        FollowUpKind::ALL.map(FollowUpKind::code),
        ["survey", "three_months", "six_months", "next_year", "custom"]
    );
    assert_eq!(
        NotificationTopic::ALL.map(NotificationTopic::code),
        ["daily_digest", "weekly_digest", "session_reminder", "request_reminder", "new_message"]
    );
    assert_eq!(CalendarMethod::ALL.map(CalendarMethod::code), ["REQUEST", "CANCEL"]);
}

#[test]
fn a_reason_is_found_by_its_code_and_an_empty_text_is_no_reason() {
    let all = Quarantine::ALL
        .map(InboundReason::Quarantine)
        .into_iter()
        .chain(Dropped::ALL.map(InboundReason::Dropped));
    for it in all {
        assert_eq!(<InboundReason as Code>::from_code(it.code()), Some(it));
        assert_eq!(<Option<InboundReason> as Code>::from_code(it.code()), Some(Some(it)));
    }
    assert_eq!(<InboundReason as Code>::from_code(""), None);
    assert_eq!(<Option<InboundReason> as Code>::from_code(""), Some(None));
    assert_eq!(<Option<InboundReason> as Code>::from_code("gone"), None);
    assert_eq!(Code::code(None::<InboundReason>), "");
}
