//! The mails about appointments.

macro_rules! booking {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            Booked = "booked", "予約確定" {
                BookedCompany = "booked_company" to Company, "相談の日時が決まりました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil], invites;
                BookedExpert = "booked_expert" to Expert, "相談の予約が確定しました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays], invites;
            }
            Moved = "moved", "日時変更" {
                MovedCompany = "moved_company" to Company, "相談の日時が変わりました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil, Was], invites;
                MovedExpert = "moved_expert" to Expert, "相談の日時が変わりました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Was], invites;
            }
            Venue = "room", "接続先・訪問先の変更" {
                VenueCompany = "room_company" to Company, "{% if 訪問 %}相談の訪問先が変わりました{% else %}オンライン相談の接続先が変わりました{% endif %}",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts], invites;
                VenueExpert = "room_expert" to Expert, "{% if 訪問 %}相談の訪問先が変わりました{% else %}オンライン相談の接続先が変わりました{% endif %}",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts], invites;
            }
            ExpertChanged = "expert_changed", "担当者の変更" {
                ExpertChangedCompany = "expert_changed_company" to Company, "担当の専門家が変わりました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts], invites;
                ExpertChangedExpert = "expert_changed_expert" to Expert, "一緒に担当する専門家が変わりました", [When, Link]
                    [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts, ReportDue], invites, tells_of_report;
                Relieved = "relieved" to Expert, "担当を交代しました",
                    [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link], cancels, labelled("担当の交代");
                ExpertChangedCenter = "expert_changed_center" to Center, "担当の専門家が交代しました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts];
            }
            WeeklyDigest = "weekly_digest", "今週の予定", not_waited_for, keeps_hours, topic(NotificationTopic::WeeklyDigest) {
                WeeklyDigest to Expert, "今週の予定のお知らせ", [Link, StopLink] [WeekAppointments, WeekRequests, WeekReports];
            }
            SubstituteNeeded = "substitute_needed", "代わりの専門家が必要な予約" {
                SubstituteNeeded to Center, "代わりの専門家を探してください",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Declined];
                Absence = "absence" to Center, "予約のある専門家が不在になります",
                    [AbsentDays, Clashing, Link] [Experts], labelled("予約のある専門家の不在");
            }
            Cancelled = "cancelled", "予約取消し" {
                CancelledCompany = "cancelled_company" to Company, "相談の予約を取り消しました", [When, Link] [
                        Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason, CompanyDue, ContactDue, Searching,
                        CancelledBy
                    ], cancels;
                CancelledExpert = "cancelled_expert" to Expert,
                    "{% if 取消しの事情 %}相談の予約が取り消されました{% else %}仮に押さえていた予定がなくなりました{% endif %}", [When, Link]
                    [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason, CancelledBy, TimeBlocked, ReportDue],
                    cancels, tells_of_report;
            }
            Reminder = "reminder", "前営業日のお知らせ",
                not_waited_for, keeps_hours, topic(NotificationTopic::AppointmentReminder), only_if(ConditionKind::AppointmentStands)
            {
                ReminderCompany = "reminder_company" to Company, "相談の日が近づきました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil];
                ReminderExpert = "reminder_expert" to Expert, "担当する相談の日が近づきました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays];
            }
        }}
    };
}
