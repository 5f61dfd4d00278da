//! The mails about messages, endings and desks.

macro_rules! correspondence {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            NewMessage = "new_message", "新着メッセージ",
                topic(NotificationTopic::NewMessage), only_if(ConditionKind::AddressConfirmed), entry(EntryUse::Announces) {
                NewMessageCompany = "new_message_company" to Company, "新しいメッセージが届きました",
                    [Link] [Number, Fields], reaches_unconfirmed;
                NewMessageExpert = "new_message_expert" to Expert, "新しいメッセージが届きました", [Link] [Number, Fields, Company];
                NewMessageCenter = "new_message_center" to Center, "新しいメッセージが届きました", [Link] [Number, Fields, Company];
            }
            Withdrawn = "withdrawn", "取下げ" {
                WithdrawnCompany = "withdrawn_company" to Company, "相談の申込みを取り下げました",
                    [Link] [Number, Fields, ApplyLink, When, Mode, IsVisit, CancelledPlace, Experts],
                    cancels, reaches_unconfirmed;
            }
            Finished = "finished", "相談の終了" {
                Finished to Company, "ご相談を終了しました",
                    [Link] [Number, Fields, ApplyLink, When, Mode, IsVisit, CancelledPlace, Experts, ReportDue],
                    cancels, reaches_unconfirmed;
            }
            Unfulfilled = "unfulfilled", "不成立" {
                Unfulfilled to Company, "{% if 相談実施済み %}ご相談を終了しました{% else %}今回のご相談は実施できませんでした{% endif %}", [Reason]
                    [Number, Fields, Help, When, Mode, IsVisit, CancelledPlace, Experts, Advised, ReportDue],
                    cancels, reaches_unconfirmed;
            }
            Referred = "referred", "他機関案内" {
                Referred to Company, "ほかの窓口のご案内", [Organization] [
                        Number, Fields, Note, When, Mode, IsVisit, CancelledPlace, Experts, ReportDue, DeskCalls, DeskDue
                    ], cancels, reaches_unconfirmed;
            }
            NoDelegates = "no_delegates", "代理についてのお知らせ" {
                NoDelegatesCompany = "no_delegates_company" to Company, "カレンダーでの代理の指名は、受け付けていません", [When] [Number, Fields];
                NoDelegatesExpert = "no_delegates_expert" to Expert, "カレンダーでの代理の指名は、受け付けていません", [When] [Number, Fields];
            }
            DeclineNoted = "decline_noted", "カレンダーの欠席の回答について" {
                DeclineNotedCompany = "decline_noted_company" to Company, "予約は、まだ取り消されていません",
                    [When, ContactDue, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil];
                DeclineNotedExpert = "decline_noted_expert" to Expert, "予約は、まだ取り消されていません",
                    [When, ContactDue, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
            }
            NobodyLeft = "nobody_left", "担当者が見つからない案件" {
                NobodyLeft to Center, "担当できる専門家が見つかりません", [Link]
                    [Number, Fields, Company, ContactDue, ByTelephone], told_to_a_stranger;
            }
            Undelivered = "undelivered", "不達のお知らせ", keeps_hours {
                Undelivered to Center, "メールが届きませんでした", [Address, Link] [Number, Fields, Company, Reason];
            }
            Digest = "digest", "対応が必要な案件", not_waited_for, keeps_hours, topic(NotificationTopic::DailyDigest) {
                Digest to Center, "対応が必要な案件のお知らせ", [NewCount, OverdueCount, Link]
                    [Urgent, StopLink, StalledCount, CallCount, UnansweredCount, LateResponseCount, ReportCount, TaskCount];
            }
            Reopened = "reopened", "相談の再開" {
                ReopenedCompany = "reopened_company" to Company, "ご相談を再開しました",
                    [Link] [Number, Fields, ContactDue, ReportDue], reaches_unconfirmed;
                ReopenedExpert = "reopened_expert" to Expert, "担当の相談が再開されました", [Link] [Number, Fields, Company, ReportDue];
            }
            HandOverReopened = "hand_over_reopened", "引継ぎの再開", keeps_hours {
                HandOverReopened to Desk, "引き継いでいただいた相談を再開しました", [Number] [Link, Fields, ContactDue];
            }
            HandOverAccepted = "hand_over_accepted", "引継ぎの受付", not_waited_for {
                HandOverAccepted to Desk, "引継ぎを受け付けました", [Number] [Link, Fields, ContactDue];
            }
            DeskMessage = "desk_message", "窓口への連絡" {
                DeskMessage to Desk, "センターから連絡があります", [Number, Link] [Fields];
            }
            HandedBack = "handed_back", "センターからの引継ぎ" {
                HandedBack to Desk, "センターから相談の引継ぎがあります", [DeskDue, Link] [Number];
            }
            HandedBackReminder = "handed_back_reminder", "センターからの引継ぎの期限のお知らせ",
                not_waited_for, keeps_hours, only_if(ConditionKind::DeskEntryOpen) {
                HandedBackReminder to Desk, "引き継いだ相談の企業に、ご連絡ください", [DeskDue, Link] [Number];
            }
            DeskUnstaffed = "desk_unstaffed", "使う人のいない窓口のお知らせ", keeps_hours {
                DeskUnstaffed to Center, "一次相談窓口の画面を使う人がいなくなりました", [DeskName, Link] [DeskHolds];
            }
            HandOverResult = "hand_over_result", "引継ぎの結果", not_waited_for, keeps_hours {
                HandOverResult to Desk, "引き継いでいただいた相談の結果", [Number, Outcome] [Link, Fields, Organization, Note, HandedBack];
            }
        }}
    };
}
