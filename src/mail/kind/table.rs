//! Lists the kinds of mail, one row for each. Every text has a file in `templates/mail`, named after the
//! text's code.
//!
//! ```text
//! Mail = "code in the outbox", "label", how it is delivered (the methods of `Delivery`) {
//!     Text = "code of the text, if it is not the mail's" to Reader, "subject",
//!         [variables that the body must contain] [variables that it may contain],
//!         more (the methods of `Text`);
//! }
//! ```
//!
//! Codes are stored in the database (`outbox.kind` and `mail_text.kind`), so they must not change.
use domain::correspondence::outgoing_mail::topic::NotificationTopic;

use super::define::{ConditionKind, Delivery, Reader, Text};
use crate::mail::text::Variable;

mails! {
    Frame = "frame" around all,
        "【{{ センター名 }}】{{ 件名 }}{% if 受付番号 %}（受付番号 {{ 受付番号 }}）{% endif %}",
        [Body] [Title, Number, Greeting, NoAnswers, ToStaff],
        title_requires(&[Variable::Title]), labelled("宛名、あいさつ、署名、件名の前後");

    // Intake.
    Acknowledgement = "acknowledgement", "受付完了" {
        Acknowledgement to Company, "ご相談の申込みを受け付けました",
            [Number, Link]
            [ReceivedAt, Fields, WishedSlot, WishedUntil, Confirmed, ContactDays, ContactDue, CompanyDue, DeskName, DeskVisit],
            reaches_unconfirmed;
    }
    AddressChanged = "address_changed", "連絡先の変更" {
        AddressChanged to Company, "メールアドレスの確認をお願いします", [Link] [Number, Fields], reaches_unconfirmed;
    }
    AddressReplaced = "address_replaced", "連絡先の変更のお知らせ" {
        AddressReplaced to Company, "登録のメールアドレスが変更されました", [Link] [Number, Fields, Company];
    }
    Question = "question", "追加確認", only_if(ConditionKind::AddressConfirmed) {
        Question to Company, "確認したいことがあります",
            [QuestionText, Link] [Number, Fields, CompanyDue], reaches_unconfirmed;
    }
    SlotsToChoose = "slots_to_choose", "候補日時の案内" {
        SlotsToChoose to Company, "相談の日時を選んでください", [Link] [Number, Fields, Company, Experts, CompanyDue];
    }
    FurtherAppointment = "further_appointment", "次回の相談の案内" {
        FurtherAppointment to Company,
            "{% if 専門家を調整中 %}次回の相談を担当する専門家を調整します{% else %}次回の相談の日時を選んでください{% endif %}",
            [Link] [Number, Fields, Company, Experts, CompanyDue, ContactDue, Searching, WasFields, ReportThere, Examples];
    }
    FurtherDropped = "further_dropped", "次回の相談の取りやめ" {
        FurtherDropped to Company, "次回の相談を取りやめました", [Link] [Number, Fields, Company, ReportDue];
    }
    NoShow = "missed_appointment", "欠席のお知らせ" {
        NoShow to Company, "予定の日時にお会いできませんでした",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, CompanyDue, ContactDue, Searching, IsCorrection];
        NoShowExpert = "missed_appointment_expert" to Expert, "企業の欠席が記録されました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, MayChoose],
            labelled("欠席のお知らせ（専門家あて）");
    }
    ExpertMissed = "expert_missed", "専門家の欠席のお詫び" {
        ExpertMissedCompany = "expert_missed_company" to Company, "専門家が参加できなかったことのお詫び",
            [When, Link]
            [
                Number, Fields, Company, Mode, IsVisit, Place, Experts, CompanyDue, ContactDue, Searching, MayChoose,
                ReportDue, MissedExpert, OwedField, IsCorrection
            ];
        ExpertMissedExpert = "expert_missed_expert" to Expert, "専門家の欠席を記録しました",
            [When, Link]
            [Number, Fields, Company, Mode, IsVisit, Place, Experts, MissedExpert, OwedField, MayChoose, IsCorrection];
        ExpertMissedCenter = "expert_missed_center" to Center, "専門家が来なかったと、企業から連絡がありました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, MissedExpert, OwedField, MayChoose];
    }
    OutcomeCorrected = "outcome_corrected", "相談の結果の訂正" {
        OutcomeCorrectedCompany = "outcome_corrected_company" to Company, "相談の結果の記録を訂正しました",
            [When, Link, RecordedOutcome]
            [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasOutcome, ReportDue];
        OutcomeCorrectedExpert = "outcome_corrected_expert" to Expert, "相談の結果の記録が訂正されました",
            [When, Link, RecordedOutcome]
            [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasOutcome, ReportDue, NoReport];
    }
    EarlierTime = "earlier_time", "空いた日時の案内", only_if(ConditionKind::OfferStands) {
        EarlierTime to Company, "お待ちの日時が空きました",
            [When, HeldUntil, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, CurrentBooking];
    }
    BackAtCenter = "back_at_center", "再調整のお知らせ" {
        BackAtCenter to Company,
            "{% if 希望日時あり %}担当者と日時を再調整します{% else %}担当者を調整しています{% endif %}",
            [Link] [Number, Fields, ContactDue, TimeWished, AllAsked, PartSettled, When, TimeNews], reaches_unconfirmed;
    }
    HoldEnding = "hold_ending", "仮予約の期限のお知らせ",
        not_waited_for, keeps_hours, only_if(ConditionKind::HoldStands)
    {
        HoldEnding to Company, "仮に押さえている日時の期限が近づきました",
            [When, HeldUntil, Link] [Number, Fields, Confirmed], reaches_unconfirmed;
        HoldEndingCenter = "hold_ending_center" to Center, "仮予約の期限が近づきました",
            [When, HeldUntil, Link] [Number, Fields, Company], labelled("仮予約の期限（センターあて）");
    }
    HoldReleased = "hold_released", "仮予約の解除" {
        HoldReleased to Company, "仮に押さえていた日時を解除しました",
            [When, Link] [Number, Fields, Confirmed, MayChoose, DayClosed], reaches_unconfirmed;
    }
    CompanyReminder = "company_reminder", "企業への再度のお知らせ",
        not_waited_for, keeps_hours, only_if(ConditionKind::SilenceLasts)
    {
        ChooseReminder = "choose_reminder" to Company, "相談の日時をお選びください",
            [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("日時の選択のお願い（再度）");
        AnswerReminder = "answer_reminder" to Company, "ご回答をお待ちしています",
            [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("回答のお願い（再度）");
        ConfirmReminder = "confirm_reminder" to Company, "メールアドレスの確認をお願いします",
            [Link] [Number, Fields, CompanyDue], reaches_unconfirmed, labelled("メールアドレスの確認のお願い（再度）");
    }
    OutcomeMissing = "outcome_missing", "実施の記録のお願い",
        not_waited_for, keeps_hours, only_if(ConditionKind::SilenceLasts)
    {
        OutcomeMissingExpert = "outcome_missing_expert" to Expert, "相談の実施を記録してください",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
        OutcomeMissingCenter = "outcome_missing_center" to Center, "実施の記録がない相談があります",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ExpertsAsked];
    }
    ClosedInSilence = "closed_in_silence", "返事がない相談の終了" {
        ClosedInSilence to Company, "ご相談をいったん終了しました",
            [Link] [Number, Fields], reaches_unconfirmed;
    }
    TeamChanging = "team_changing", "担当者の再調整" {
        TeamChanging to Company, "担当する専門家を再調整します",
            [Link] [Number, Fields, ContactDue, AnswerDue, Released, Wish, Reason, When, TimeNews, HasFile, MayChoose],
            cancels, reaches_unconfirmed;
    }
    FieldsChanged = "fields_changed", "相談分野の変更" {
        FieldsChanged to Company, "相談の分野を変更しました",
            [Link, Fields, WasFields]
            [Number, Released, When, TimeNews, HasFile, Experts, CompanyDue, ContactDue, AnswerDue],
            invites, reaches_unconfirmed;
    }
    CaseSplit = "case_split", "相談を分けたお知らせ" {
        CaseSplit to Company, "ご相談を2つに分けました",
            [Number, Fields, FirstNumber, FirstFields, Link] [MovedCount, Confirmed, ContactDue],
            reaches_unconfirmed;
    }
    CaseMerged = "case_merged", "案件をまとめたお知らせ" {
        CaseMerged to Company, "ご相談を1つにまとめました",
            [Number, KeptNumber, Link] [Confirmed, ContactDue], reaches_unconfirmed;
        CaseUnmerged = "case_unmerged" to Company, "まとめたご相談を、もとに戻しました",
            [Number, KeptNumber, Link] [Confirmed, ContactDue],
            reaches_unconfirmed, labelled("まとめた案件を戻したお知らせ");
    }

    // Requests to experts.
    Request = "request", "担当依頼" {
        Request to Expert, "相談の担当のお願い",
            [AnswerDue, Link] [Number, WantedFields, When, Mode, IsVisit, Place, Experts, Outline], asks;
    }
    RequestReminder = "request_reminder", "回答期限のお知らせ",
        not_waited_for, keeps_hours, topic(NotificationTopic::RequestReminder), only_if(ConditionKind::AssignmentOffered)
    {
        RequestReminder to Expert, "担当のお願いの回答期限が近づきました", [AnswerDue, Link] [Number];
    }
    RequestLapsed = "request_lapsed", "回答期限切れ" {
        RequestLapsed to Expert, "担当のお願いの回答期限が過ぎました",
            [Number] [When, Mode, IsVisit, Place, Experts, Link], cancels;
    }
    RequestWithdrawn = "request_withdrawn", "依頼の取消し" {
        RequestWithdrawn to Expert, "担当のお願いを取り消しました",
            [Number] [Reason, When, Mode, IsVisit, Place, Experts, ReportDue, Link], cancels;
        RequestDeclined = "request_declined" to Expert, "担当の辞退を受け付けました",
            [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link], cancels, labelled("辞退の確認");
    }

    // Bookings.
    Booked = "booked", "予約確定" {
        BookedCompany = "booked_company" to Company, "相談の日時が決まりました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil], invites;
        BookedExpert = "booked_expert" to Expert, "相談の予約が確定しました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays], invites;
        BookedCenter = "booked_center" to Center, "相談の予約が確定しました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    }
    Moved = "moved", "日時変更" {
        MovedCompany = "moved_company" to Company, "相談の日時が変わりました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil, Was], invites;
        MovedExpert = "moved_expert" to Expert, "相談の日時が変わりました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Was], invites;
        MovedCenter = "moved_center" to Center, "相談の日時が変わりました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Was];
    }
    Venue = "room", "接続先・訪問先の変更" {
        VenueCompany = "room_company" to Company, "{% if 訪問 %}相談の訪問先が変わりました{% else %}オンライン相談の接続先が変わりました{% endif %}",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts], invites;
        VenueExpert = "room_expert" to Expert, "{% if 訪問 %}相談の訪問先が変わりました{% else %}オンライン相談の接続先が変わりました{% endif %}",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts], invites;
        VenueCenter = "room_center" to Center, "{% if 訪問 %}相談の訪問先が変わりました{% else %}オンライン相談の接続先が変わりました{% endif %}",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    }
    ExpertChanged = "expert_changed", "担当者の変更" {
        ExpertChangedCompany = "expert_changed_company" to Company, "担当の専門家が変わりました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts], invites;
        ExpertChangedExpert = "expert_changed_expert" to Expert, "一緒に担当する専門家が変わりました",
            [When, Link]
            [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts, ReportDue], invites;
        Relieved = "relieved" to Expert, "担当を交代しました",
            [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link], cancels, labelled("担当の交代");
        ExpertChangedCenter = "expert_changed_center" to Center, "担当の専門家が交代しました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts];
    }
    WeeklyDigest = "weekly_digest", "今週の予定", not_waited_for, keeps_hours, topic(NotificationTopic::WeeklyDigest) {
        WeeklyDigest to Expert, "今週の予定のお知らせ",
            [Link, StopLink] [WeekSessions, WeekRequests, WeekReports];
    }
    SubstituteNeeded = "substitute_needed", "代わりの専門家が必要な予約" {
        SubstituteNeeded to Center, "代わりの専門家を探してください",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Declined];
        Absence = "absence" to Center, "予約のある専門家が不在になります",
            [AbsentDays, Clashing, Link] [Experts], labelled("予約のある専門家の不在");
    }
    Cancelled = "cancelled", "予約取消し" {
        CancelledCompany = "cancelled_company" to Company, "相談の予約を取り消しました",
            [When, Link]
            [
                Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason, CompanyDue, ContactDue, Searching,
                CancelledBy
            ],
            cancels;
        CancelledExpert = "cancelled_expert" to Expert, "相談の予約が取り消されました",
            [When, Link]
            [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason, CancelledBy, TimeBlocked, ReportDue],
            cancels;
        CancelledCenter = "cancelled_center" to Center, "相談の予約が取り消されました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason, CancelledBy];
    }
    Reminder = "reminder", "前営業日のお知らせ",
        not_waited_for, keeps_hours, topic(NotificationTopic::SessionReminder), only_if(ConditionKind::AppointmentStands)
    {
        ReminderCompany = "reminder_company" to Company, "相談の日が近づきました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
        ReminderExpert = "reminder_expert" to Expert, "担当する相談の日が近づきました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays];
        ReminderCenter = "reminder_center" to Center, "相談の日が近づきました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    }

    // Aftercare.
    ReportReady = "report_ready", "報告書" {
        ReportReady to Company, "相談の報告書ができました",
            [Link] [Number, Fields, Company, When, Mode, IsVisit, Place, Experts, Examples];
    }
    ExampleWanted = "example_wanted", "事例への協力のお願い", not_waited_for, keeps_hours {
        ExampleWanted to Company, "事例への協力のお願い", [Link] [Number, Fields, Company, CompanyDue];
    }
    ExampleReview = "example_review", "事例の文章の確認" {
        ExampleReview to Company, "事例の文章を確認してください", [Link] [Number, Fields, Company, CompanyDue];
    }
    ExampleReminder = "example_reminder", "事例の文章の確認（再度）",
        not_waited_for, keeps_hours, only_if(ConditionKind::ExampleWaits)
    {
        ExampleReminder to Company, "事例の文章の確認をお待ちしています",
            [Link] [Number, Fields, Company, CompanyDue];
    }
    ExamplePublic = "example_public", "事例の公開" {
        ExamplePublic to Company, "事例の公開のお知らせ", [Link, ExamplePage] [Number, Fields, Company, PublicFrom];
    }
    ExampleOver = "example_over", "事例への協力の終了" {
        ExampleOver to Company, "事例への協力が終わりました", [Link] [Number, Fields, Company, WasPublic, InSilence];
    }
    ExampleTold = "example_told", "事例への協力についての返事", keeps_hours {
        ExampleTold to Center, "事例への協力について、企業から返事がありました",
            [Link, ExampleNews] [Number, Fields, Company];
    }
    Survey = "survey", "アンケート", not_waited_for, keeps_hours, only_if(ConditionKind::FollowUpOpen) {
        Survey to Company, "アンケートのお願い", [Link] [Number, Fields, Company, WaitsDays, EditableDays];
    }
    FollowUp = "follow_up", "フォローアップ", not_waited_for, keeps_hours, only_if(ConditionKind::FollowUpOpen) {
        FollowUp to Company, "その後の状況をお知らせください",
            [Lead, Choices] [Number, Fields, Company, WaitsDays];
    }
    ReportDue = "report_due", "報告書の提出依頼", not_waited_for, keeps_hours, only_if(ConditionKind::ReportMissing) {
        ReportDue to Expert,
            "{% if 期限超過 %}報告書の提出期限を過ぎています{% else %}報告書を提出してください{% endif %}",
            [ReportDue, Link] [Number, Fields, Company, Overdue];
    }
    ReportWritten = "report_written", "センターが作成した報告書", keeps_hours {
        ReportWritten to Expert, "実施報告書をセンターが作成しました",
            [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    }
    ReportReturned = "report_returned", "報告書の差戻し", keeps_hours {
        ReportReturned to Expert, "報告書を直してください", [Reason, Link] [Number, Fields, Company, ReportDue];
    }

    // Correspondence.
    NewMessage = "new_message", "新着メッセージ",
        topic(NotificationTopic::NewMessage), only_if(ConditionKind::AddressConfirmed)
    {
        NewMessageCompany = "new_message_company" to Company, "新しいメッセージが届きました",
            [Link] [Number, Fields], reaches_unconfirmed;
        NewMessageExpert = "new_message_expert" to Expert, "新しいメッセージが届きました",
            [Link] [Number, Fields, Company];
        NewMessageCenter = "new_message_center" to Center, "新しいメッセージが届きました",
            [Link] [Number, Fields, Company];
    }
    Withdrawn = "withdrawn", "取下げ" {
        WithdrawnCompany = "withdrawn_company" to Company, "相談の申込みを取り下げました",
            [Link] [Number, Fields, ApplyLink, When, Mode, IsVisit, CancelledPlace, Experts],
            cancels, reaches_unconfirmed;
        WithdrawnExpert = "withdrawn_expert" to Expert, "相談の申込みが取り下げられました",
            [Number] [Link, Fields, Company];
        WithdrawnCenter = "withdrawn_center" to Center, "相談の申込みが取り下げられました",
            [Number] [Link, Fields, Company];
    }
    Finished = "finished", "相談の終了" {
        Finished to Company, "ご相談を終えました",
            [Link] [Number, Fields, ApplyLink, When, Mode, IsVisit, CancelledPlace, Experts, ReportDue],
            cancels, reaches_unconfirmed;
    }
    Unfulfilled = "unfulfilled", "不成立" {
        Unfulfilled to Company, "ご相談についてのお知らせ",
            [Reason]
            [Number, Fields, Help, When, Mode, IsVisit, CancelledPlace, Experts, Advised, ReportDue],
            cancels, reaches_unconfirmed;
    }
    Referred = "referred", "他機関案内" {
        Referred to Company, "ほかの窓口のご案内",
            [Organization]
            [Number, Fields, Note, When, Mode, IsVisit, CancelledPlace, Experts, ReportDue, DeskCalls],
            cancels, reaches_unconfirmed;
    }
    NoDelegates = "no_delegates", "代理についてのお知らせ" {
        NoDelegatesCompany = "no_delegates_company" to Company, "代理の方について", [When] [Number, Fields];
        NoDelegatesExpert = "no_delegates_expert" to Expert, "代理の方について", [When] [Number, Fields];
    }
    NobodyLeft = "nobody_left", "担当者が見つからない案件" {
        NobodyLeft to Center, "担当できる専門家が見つかりません", [Link] [Number, Fields, Company, ContactDue];
    }
    Undelivered = "undelivered", "不達のお知らせ", keeps_hours {
        Undelivered to Center, "メールが届きませんでした", [Address, Link] [Number, Fields, Company, Reason];
    }
    Digest = "digest", "対応が必要な案件", not_waited_for, keeps_hours, topic(NotificationTopic::DailyDigest) {
        Digest to Center, "対応が必要な案件のお知らせ", [NewCount, OverdueCount, Link] [Urgent, StopLink, StalledCount, CallCount];
    }
    Reopened = "reopened", "相談の再開" {
        ReopenedCompany = "reopened_company" to Company, "ご相談を再開しました",
            [Link] [Number, Fields, ContactDue, ReportDue], reaches_unconfirmed;
        ReopenedExpert = "reopened_expert" to Expert, "担当の相談が再開されました",
            [Link] [Number, Fields, Company, ReportDue];
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
        HandedBack to Desk, "センターから相談を引き継ぎました", [Link] [];
    }
    HandOverResult = "hand_over_result", "引継ぎの結果", not_waited_for, keeps_hours {
        HandOverResult to Desk, "引き継いでいただいた相談の結果",
            [Number, Outcome] [Link, Fields, Organization, Note, HandedBack];
    }

    // Events of the programme.
    SignUpConfirm = "sign_up_confirm", "イベント申込みの確認", asked_for {
        SignUpConfirm to Participant, "イベントの申込みを確定してください",
            [EventTitle, When, Link, ConfirmUntil] [Seat, Hall], reaches_unconfirmed;
    }
    SignUpKnown = "sign_up_known", "イベント申込み済みの案内", asked_for {
        SignUpKnown to Participant, "イベントの申込みはお済みです", [EventTitle, When, Link] [Seat, Hall];
    }
    SignUpSeated = "sign_up_seated", "イベント申込みの確定" {
        SignUpSeated to Participant, "イベントの申込みが確定しました", [EventTitle, When, Link] [Seat, Hall], invites;
    }
    SignUpWaiting = "sign_up_waiting", "イベントの空き待ち" {
        SignUpWaiting to Participant, "空き待ちを受け付けました", [EventTitle, When, Link] [Seat, Hall];
    }
    SeatOffered = "seat_offered", "空いた席の案内" {
        SeatOffered to Participant, "イベントの席が空きました", [EventTitle, When, Link, SeatUntil] [Seat, Hall];
    }
    WaitEnded = "wait_ended", "空き待ちの終了" {
        SeatOfferLapsed = "seat_offer_lapsed" to Participant, "席のお取り置きの期限が過ぎました",
            [EventTitle, When, Link] [Seat, Hall], labelled("空いた席の期限切れ");
        WaitEnded to Participant, "席をご用意できませんでした", [EventTitle, When, Link] [Seat, Hall];
    }
    SeatCancelled = "seat_cancelled", "イベント申込みの取消し" {
        SeatCancelled to Participant, "イベントの申込みを取り消しました", [EventTitle, When] [Link, Seat, Hall], cancels;
    }
    EventMoved = "event_moved", "イベントの変更" {
        EventMoved to Participant, "イベントの日時または会場が変わりました",
            [EventTitle, When, Link] [Seat, Hall, Was, HasFile], invites;
    }
    EventCalledOff = "event_called_off", "イベントの中止" {
        EventCalledOff to Participant, "イベントを中止します",
            [EventTitle, When] [Link, Seat, Hall, Reason, HasFile], cancels;
    }
    EventReminder = "event_reminder", "イベントの前営業日のお知らせ",
        not_waited_for, keeps_hours, only_if(ConditionKind::SeatStands)
    {
        EventReminder to Participant, "イベントの日が近づきました", [EventTitle, When, Link] [Seat, Hall];
    }
    EventSoon = "event_soon", "イベントの1時間前のお知らせ", not_waited_for, only_if(ConditionKind::SeatStands) {
        EventSoon to Participant, "まもなくイベントが始まります", [EventTitle, When, Link] [Seat, Hall];
    }
    EventThanks = "event_thanks", "イベントのあとのお知らせ", not_waited_for, keeps_hours {
        EventThanks to Participant, "イベントにご参加いただき、ありがとうございました",
            [EventTitle, When, Link] [Seat, Hall, MaterialsThere, AnswersUntil];
    }

    // The telework month.
    RegistrationProve = "registration_prove", "月間の登録の確認", asked_for {
        RegistrationProve to Registrant, "テレワーク月間の登録を確定してください",
            [Campaign, Link, ConfirmUntil] [], reaches_unconfirmed;
    }
    RegistrationKnown = "registration_known", "月間に登録済みの案内", asked_for {
        RegistrationKnown to Registrant, "テレワーク月間の登録はお済みです", [Campaign, Link] [Registrant];
    }
    RegistrationReceived = "registration_received", "月間の登録の受付" {
        RegistrationReceived to Registrant,
            "{% if 登録の変更 %}テレワーク月間の登録の変更を受け付けました{% else %}テレワーク月間の登録を受け付けました{% endif %}",
            [Campaign, Link, DecidedBy] [Registrant, IsChange, SameNumber];
    }
    RegistrationApproved = "registration_approved", "月間の登録の承認" {
        RegistrationApproved to Registrant,
            "{% if 登録の変更 %}テレワーク月間の登録を変更しました{% else %}テレワーク月間に登録しました{% endif %}",
            [Campaign, Link] [Registrant, IsChange];
    }
    RegistrationRejected = "registration_rejected", "月間の登録の見送り" {
        RegistrationRejected to Registrant, "テレワーク月間の登録についてのお知らせ",
            [Campaign, Link, Reason] [Registrant, IsChange, WasApproved];
    }
    RegistrationWithdrawn = "registration_withdrawn", "月間の登録の取下げ" {
        RegistrationWithdrawn to Registrant, "テレワーク月間の登録を取り下げました", [Campaign] [Registrant, Link];
    }
    RegistrationLapsed = "registration_lapsed", "月間の登録の審査の終了", keeps_hours {
        RegistrationLapsed to Registrant, "テレワーク月間の登録を確認できませんでした",
            [Campaign, Link] [Registrant, IsChange];
    }
    RegistrationInvitation = "registration_invitation", "月間の登録者への相談の案内",
        not_waited_for, keeps_hours, only_if(ConditionKind::OptInStands)
    {
        RegistrationInvitation to Registrant, "テレワークの専門家に無料で相談できます",
            [Campaign, Link, StopLink] [Registrant];
    }
    RegistrationsWaiting = "registrations_waiting", "承認待ちの登録のお知らせ", not_waited_for, keeps_hours {
        RegistrationsWaiting to Center, "承認を待っているテレワーク月間の登録があります",
            [Campaign, WaitingCount, Link] [WaitingSince];
    }

    // Access.
    SignIn = "sign_in", "ログイン用リンク", asked_for {
        SignIn to Company, "ログイン用のリンク", [Link] [], reaches_unconfirmed;
    }
    ResumeDraft = "resume_draft", "申込み再開用リンク", asked_for {
        ResumeDraft to Company, "申込みの続きを入力するリンク", [Link] [DraftUntil], reaches_unconfirmed;
    }
    Invitation = "invitation", "利用者の招待" {
        Invitation to Staff, "利用者の登録のご案内", [Link] [Role];
    }
    PasswordReset = "password_reset", "パスワードの再設定", asked_for {
        PasswordReset to Staff, "パスワードの再設定", [Link] [];
    }
}
