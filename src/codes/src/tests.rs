use super::{ActionKind, AppointmentStatus, FollowUpKind, Industry, Party};

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
}
