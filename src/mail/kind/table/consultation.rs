//! The mails about the consultation as a whole: its application, its addresses, its experts and what becomes of it.

macro_rules! consultation {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            Acknowledgement = "acknowledgement", "受付完了", address(AddressUse::Proves) {
                Acknowledgement to Company, "ご相談の申込みを受け付けました", [Number, Link]
                    [ReceivedAt, Fields, WishedSlot, WishedUntil, Confirmed, ContactDays, ContactDue, CompanyDue, DeskName, DeskVisit],
                    reaches_unconfirmed;
            }
            AddressChanged = "address_changed", "連絡先の変更", address(AddressUse::ProvesCorrected) {
                AddressChanged to Company, "メールアドレスの確認をお願いします",
                    [Link] [Number, Fields, WishedSlot, WishedUntil], reaches_unconfirmed;
            }
            AddressReplaced = "address_replaced", "連絡先の変更のお知らせ", address(AddressUse::TellsEarlier) {
                AddressReplaced to Company, "登録のメールアドレスが変更されました", [Link] [Number, Fields, Company];
            }
            Question = "question", "追加確認", only_if(ConditionKind::AddressConfirmed), entry(EntryUse::Quotes) {
                Question to Company, "確認したいことがあります", [QuestionText, Link] [Number, Fields, CompanyDue], reaches_unconfirmed;
            }
            SlotsToChoose = "slots_to_choose", "候補日時の案内" {
                SlotsToChoose to Company, "相談の日時を選んでください", [Link] [Number, Fields, Company, Experts, CompanyDue];
            }
            FurtherAppointment = "further_appointment", "次回の相談の案内" {
                FurtherAppointment to Company, "{% if 専門家を調整中 %}次回の相談を担当する専門家を調整します{% else %}次回の相談の日時を選んでください{% endif %}",
                    [Link] [Number, Fields, Company, Experts, CompanyDue, ContactDue, Searching, WasFields, ReportThere, Examples, Guides];
            }
            FurtherDropped = "further_dropped", "次回の相談の取りやめ" {
                FurtherDropped to Company, "次回の相談を取りやめました", [Link] [Number, Fields, Company, ReportDue];
            }
            NoShow = "missed_appointment", "欠席のお知らせ" {
                NoShow to Company, "予定の日時にお会いできませんでした",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, CompanyDue, ContactDue, Searching, IsCorrection];
                NoShowExpert = "missed_appointment_expert" to Expert, "企業の欠席が記録されました",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, MayChoose, ByTelephone],
                    labelled("欠席のお知らせ（専門家あて）");
            }
            ExpertMissed = "expert_missed", "専門家の欠席のお詫び" {
                ExpertMissedCompany = "expert_missed_company" to Company, "専門家が参加できなかったことのお詫び", [When, Link] [
                        Number, Fields, Company, Mode, IsVisit, Place, Experts, CompanyDue, ContactDue, Searching, MayChoose,
                        ReportDue, MissedExpert, OwedField, IsCorrection
                    ];
                ExpertMissedExpert = "expert_missed_expert" to Expert, "専門家の欠席を記録しました", [When, Link] [
                        Number, Fields, Company, Mode, IsVisit, Place, Experts, MissedExpert, OwedField, MayChoose, IsCorrection,
                        ByTelephone
                    ];
                ExpertMissedCenter = "expert_missed_center" to Center, "専門家が来なかったと、企業から連絡がありました",
                    [When, Link] [
                        Number, Fields, Company, Mode, IsVisit, Place, Experts, MissedExpert, OwedField, MayChoose, ByTelephone
                    ];
            }
            OutcomeCorrected = "outcome_corrected", "相談の結果の訂正" {
                OutcomeCorrectedCompany = "outcome_corrected_company" to Company, "相談の結果の記録を訂正しました",
                    [When, Link, RecordedOutcome]
                    [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasOutcome, ReportDue];
                OutcomeCorrectedExpert = "outcome_corrected_expert" to Expert, "相談の結果の記録が訂正されました",
                    [When, Link, RecordedOutcome]
                    [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasOutcome, ReportDue, NoReport], tells_of_report;
            }
            EarlierTime = "earlier_time", "空いた日時の案内", only_if(ConditionKind::OfferStands) {
                EarlierTime to Company, "お待ちの日時が空きました",
                    [When, HeldUntil, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, CurrentBooking];
            }
            BackAtCenter = "back_at_center", "再調整のお知らせ" {
                BackAtCenter to Company, "{% if 希望日時あり %}専門家と日時を再調整します{% else %}担当の専門家を調整しています{% endif %}",
                    [Link] [Number, Fields, ContactDue, TimeWished, AllAsked, PartSettled, When, TimeNews], reaches_unconfirmed;
            }
            HoldEnding = "hold_ending", "仮予約の期限のお知らせ",
                not_waited_for, keeps_hours, only_if(ConditionKind::HoldStands), address(AddressUse::ProvesBesides) {
                HoldEnding to Company, "仮に押さえている日時の期限が近づきました",
                    [When, HeldUntil, Link] [Number, Fields, Confirmed], reaches_unconfirmed;
                HoldEndingCenter = "hold_ending_center" to Center, "仮予約の期限が近づきました",
                    [When, HeldUntil, Link] [Number, Fields, Company], labelled("仮予約の期限（センターあて）");
            }
            HoldReleased = "hold_released", "仮予約の解除" {
                HoldReleased to Company, "仮に押さえていた日時を解除しました",
                    [When, Link] [Number, Fields, Confirmed, MayChoose, DayClosed, ContactDue], reaches_unconfirmed;
            }
            CompanyReminder = "company_reminder", "企業への再度のお知らせ",
                not_waited_for, keeps_hours, only_if(ConditionKind::SilenceLasts), address(AddressUse::ProvesBesides) {
                ChooseReminder = "choose_reminder" to Company, "相談の日時をお選びください",
                    [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("日時の選択のお願い（再度）");
                AnswerReminder = "answer_reminder" to Company, "ご回答をお待ちしています",
                    [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("回答のお願い（再度）");
                ConfirmReminder = "confirm_reminder" to Company, "メールアドレスの確認をお願いします",
                    [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("メールアドレスの確認のお願い（再度）");
            }
            Searching = "searching", "担当者を調整中のお知らせ", keeps_hours, only_if(ConditionKind::SilenceLasts) {
                Searching to Company, "担当する専門家に依頼しています", [Link] [Number, Fields, AnswerDue], reaches_unconfirmed;
            }
            OutcomeMissing = "outcome_missing", "実施の記録のお願い", not_waited_for, keeps_hours, only_if(ConditionKind::SilenceLasts)
            {
                OutcomeMissingExpert = "outcome_missing_expert" to Expert, "相談の実施を記録してください",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
                OutcomeMissingCenter = "outcome_missing_center" to Center, "実施の記録がない相談があります",
                    [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ExpertsAsked];
            }
            ExpertAway = "expert_away", "担当者が不在の予約", only_if(ConditionKind::ExpertAway) {
                ExpertAwayCompany = "expert_away_company" to Company, "担当の専門家が不在のため、調整しています",
                    [When, ContactUntil, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
                ExpertAwayCenter = "expert_away_center" to Center, "代わりの専門家が決まっていない予約があります",
                    [When, ContactUntil, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ByTelephone];
            }
            ClosedInSilence = "closed_in_silence", "返事がない相談の終了" {
                ClosedInSilence to Company, "ご相談をいったん終了しました", [Link] [Number, Fields], reaches_unconfirmed;
            }
            TeamChanging = "team_changing", "担当者の再調整" {
                TeamChanging to Company, "担当する専門家を再調整します",
                    [Link] [Number, Fields, ContactDue, AnswerDue, Released, Wish, Reason, When, TimeNews, HasFile, MayChoose],
                    cancels, reaches_unconfirmed;
            }
            FieldsChanged = "fields_changed", "相談分野の変更" {
                FieldsChanged to Company, "相談の分野を変更しました", [Link, Fields, WasFields]
                    [Number, Released, MissingField, When, TimeNews, HasFile, Experts, CompanyDue, ContactDue, AnswerDue],
                    invites, reaches_unconfirmed;
                FieldsChangedExpert = "fields_changed_expert" to Expert, "担当する相談の分野が変わりました",
                    [Link, Fields, WasFields] [Number, Company];
            }
            PartChanged = "part_changed", "担当する相談の変更" {
                PartChanged to Expert,
                    "{% if 以前の専門家名 %}一緒に担当する専門家が変わりました{% else %}担当する相談の内容が変わりました{% endif %}",
                    [Link] [Number, Fields, Company, Mode, Experts, WasExperts, WasFields, WasMode, Searching];
            }
            CaseSplit = "case_split", "相談を分けたお知らせ" {
                CaseSplit to Company, "ご相談を2つに分けました",
                    [Number, Fields, FirstNumber, FirstFields, Link] [MovedCount, Confirmed, ContactDue], reaches_unconfirmed;
            }
            CaseMerged = "case_merged", "案件をまとめたお知らせ" {
                CaseMerged to Company, "ご相談を1つにまとめました",
                    [Number, KeptNumber, Link]
                    [Confirmed, ContactDue, When, TimeNews, HasFile, CurrentBooking, WasSplit],
                    cancels, reaches_unconfirmed;
                CaseUnmerged = "case_unmerged" to Company, "まとめたご相談を、もとに戻しました",
                    [Number, KeptNumber, Link] [Confirmed, ContactDue, When, Experts, HasFile],
                    invites, reaches_unconfirmed, labelled("まとめた案件を戻したお知らせ");
                CaseRestored = "case_restored" to Company, "ご相談の連絡先を、もとに戻しました",
                    [Number, KeptNumber, Link] [Confirmed, ContactDue], labelled("連絡先を戻したお知らせ");
            }
        }}
    };
}
