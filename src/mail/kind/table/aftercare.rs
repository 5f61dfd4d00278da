//! The mails about reports, examples and follow-up questions.

macro_rules! aftercare {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            ReportReady = "report_ready", "報告書" {
                ReportReady to Company, "{% if 訂正 %}相談の報告書を訂正しました{% else %}相談の報告書ができました{% endif %}", [Link] [
                        Number, Fields, Company, When, Mode, IsVisit, Place, Experts, Examples, Guides, Follows,
                        MayContinue, CaseOver, IsCorrection
                    ];
            }
            ExampleWanted = "example_wanted", "事例への協力のお願い", not_waited_for, keeps_hours {
                ExampleWanted to Company, "事例への協力のお願い", [Link] [Number, Fields, Company, CompanyDue];
            }
            ExampleReview = "example_review", "事例の文章の確認" {
                ExampleReview to Company, "事例の文章を確認してください", [Link] [Number, Fields, Company, CompanyDue];
            }
            ExampleReminder = "example_reminder", "事例の文章の確認（再度）",
                not_waited_for, keeps_hours, only_if(ConditionKind::ExampleWaits) {
                ExampleReminder to Company, "事例の文章の確認をお待ちしています", [Link] [Number, Fields, Company, CompanyDue];
            }
            ExamplePublic = "example_public", "事例の公開" {
                ExamplePublic to Company, "事例の公開のお知らせ", [Link, ExamplePage] [Number, Fields, Company, PublicFrom];
            }
            ExampleOver = "example_over", "事例への協力の終了" {
                ExampleOver to Company, "事例への協力が終わりました", [Link] [Number, Fields, Company, WasPublic, InSilence];
            }
            ExampleTold = "example_told", "事例への協力についての返事", keeps_hours {
                ExampleTold to Center, "事例への協力について、企業から返事がありました", [Link, ExampleNews] [Number, Fields, Company];
            }
            Survey = "survey", "アンケート", not_waited_for, keeps_hours, only_if(ConditionKind::FollowUpOpen) {
                Survey to Company, "アンケートのお願い", [Link] [Number, Fields, Company, WaitsDays, EditableDays, AnswersUntil];
            }
            FollowUp = "follow_up", "フォローアップ", not_waited_for, keeps_hours, only_if(ConditionKind::FollowUpOpen) {
                FollowUp to Company, "その後の状況をお知らせください", [Lead, Choices] [Number, Fields, Company, WaitsDays, AnswersUntil];
            }
            ReportDue = "report_due", "報告書の提出依頼",
                not_waited_for, keeps_hours, only_if(ConditionKind::ReportMissing), outlasts_case {
                ReportDue to Expert, "{% if 期限超過 %}報告書の提出期限を過ぎています{% else %}報告書を提出してください{% endif %}",
                    [ReportDue, Link] [Number, Fields, Company, Overdue];
            }
            ReportWritten = "report_written", "センターが作成した報告書", keeps_hours {
                ReportWritten to Expert, "実施報告書をセンターが作成しました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
            }
            ReportReturned = "report_returned", "報告書の差戻し", keeps_hours {
                ReportReturned to Expert, "報告書を直してください", [Reason, Link] [Number, Fields, Company, ReportDue];
            }
        }}
    };
}
