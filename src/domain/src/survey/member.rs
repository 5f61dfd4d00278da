//! The consent to invitations to surveys that is given outside of the telework month.
use chrono::TimeDelta;

/// The words of the consent, with their version. It names surveys alone.
pub const MEMBER_OPT_IN: (&str, &str) =
    ("survey-2026-12", "テレワークに関する調査へのご協力のお願いを、メールで受け取ります。");

/// The time for which a consent lasts, and its data are kept.
pub const MEMBER_KEPT: TimeDelta = TimeDelta::days(730);

/// The time for which the data are kept once the consent was taken back, as a proof of it.
pub const STOPPED_KEPT: TimeDelta = TimeDelta::days(365);
