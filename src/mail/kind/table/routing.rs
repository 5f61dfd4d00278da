//! The mails about requests to experts.

macro_rules! routing {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            Request = "request", "担当依頼" {
                Request to Expert, "相談の担当のお願い", [AnswerDue, Link]
                    [Number, WantedFields, When, Mode, IsVisit, Place, Experts, Outline, InsteadOf, OneOfTwo], asks, for_asked;
            }
            RequestTimeLost = "request_time_lost", "依頼した日時の解除" {
                RequestTimeLost to Expert, "担当のお願いは、日時を決めずに続いています",
                    [AnswerDue, When, Link] [Number, WantedFields, Mode, IsVisit, Place, Experts], cancels, for_asked;
            }
            RequestReminder = "request_reminder", "回答期限のお知らせ",
                not_waited_for, keeps_hours, topic(NotificationTopic::RequestReminder), only_if(ConditionKind::AssignmentOffered)
            {
                RequestReminder to Expert, "担当のお願いの回答期限が近づきました", [AnswerDue, Link] [Number], for_asked;
            }
            RequestLapsed = "request_lapsed", "回答期限切れ" {
                RequestLapsed to Expert, "担当のお願いの回答期限が過ぎました",
                    [Number] [When, Mode, IsVisit, Place, Experts, Link], cancels, for_asked;
            }
            RequestWithdrawn = "request_withdrawn", "依頼の取消し" {
                RequestWithdrawn to Expert, "担当のお願いを取り消しました",
                    [Number] [Reason, When, Mode, IsVisit, Place, Experts, ReportDue, Link], cancels, tells_of_report, for_asked;
                RequestDeclined = "request_declined" to Expert, "担当の辞退を受け付けました",
                    [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link], cancels, for_asked, labelled("辞退の確認");
            }
        }}
    };
}
