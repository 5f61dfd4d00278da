//! The mails about what the programme does beside consultations: events, the telework month, figures, surveys and the network.

macro_rules! programme {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
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
                EventCalledOff to Participant, "イベントを中止します", [EventTitle, When] [Link, Seat, Hall, Reason, HasFile], cancels;
            }
            EventReminder = "event_reminder", "イベントの前営業日のお知らせ",
                not_waited_for, keeps_hours, only_if(ConditionKind::SeatStands) {
                EventReminder to Participant, "イベントの日が近づきました", [EventTitle, When, Link] [Seat, Hall];
            }
            EventSoon = "event_soon", "イベントの1時間前のお知らせ",
                not_waited_for, only_if(ConditionKind::SeatStands), needs_meeting_link {
                EventSoon to Participant, "まもなくイベントが始まります", [EventTitle, When, Link] [Seat, Hall];
            }
            EventLink = "event_link", "イベントの接続先のお知らせ" {
                EventLink to Participant, "イベントの接続先の用意ができました", [EventTitle, When, Link] [Seat, Hall];
            }
            LinkMissing = "link_missing", "接続先のないイベントのお知らせ" {
                LinkMissing to Center, "イベントの接続先を登録してください", [EventTitle, When, Link] [];
            }
            EventThanks = "event_thanks", "イベントのあとのお知らせ", not_waited_for, keeps_hours {
                EventThanks to Participant, "イベントにお申し込みいただき、ありがとうございました",
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
                RegistrationApproved to Registrant, "{% if 登録の変更 %}テレワーク月間の登録を変更しました{% else %}テレワーク月間に登録しました{% endif %}",
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
                RegistrationLapsed to Registrant, "テレワーク月間の登録を確認できませんでした", [Campaign, Link] [Registrant, IsChange];
            }
            RegistrationInvitation = "registration_invitation", "月間の登録者への相談の案内",
                not_waited_for, keeps_hours, only_if(ConditionKind::OptInStands) {
                RegistrationInvitation to Registrant, "テレワークの専門家に無料で相談できます", [Campaign, Link, StopLink] [Registrant];
            }
            RegistrationsWaiting = "registrations_waiting", "承認待ちの登録のお知らせ", not_waited_for, keeps_hours {
                RegistrationsWaiting to Center, "承認を待っているテレワーク月間の登録があります", [Campaign, WaitingCount, Link] [WaitingSince];
            }

            EditionClosed = "edition_closed", "月の集計のお知らせ", not_waited_for, keeps_hours {
                EditionClosed to Center, "{{ 集計の月 }}分の集計がまとまりました", [EditionMonth, Link] [CommentUntil];
            }

            ErasureAhead = "erasure_ahead", "保存期間による消去の予告", not_waited_for, keeps_hours {
                ErasureAhead to Center, "{{ 消去の日 }}に、保存期間が過ぎた相談を消去します",
                    [ErasureDay, ErasedContacts, ErasedRecords, Link] [];
            }

            // Surveys.
            SurveyInvitation = "survey_invitation", "調査への協力のお願い", not_waited_for, keeps_hours, only_if(ConditionKind::SurveyOpen) {
                SurveyInvitation to Registrant, "調査へのご協力をお願いします",
                    [SurveyTitle, SurveyUntil, Link, StopLink] [SurveyOffice, SurveyNotice];
            }
            SurveyReminder = "survey_reminder", "調査の回答のご確認", not_waited_for, keeps_hours, only_if(ConditionKind::SurveyOpen) {
                SurveyReminder to Registrant, "調査の締切りが近づきました",
                    [SurveyTitle, SurveyUntil, Link, StopLink] [SurveyOffice, SurveyNotice];
            }
            DoubtsWaiting = "doubts_waiting", "疑わしい調査の連絡", not_waited_for, keeps_hours {
                DoubtsWaiting to Center, "疑わしい調査について、確認していない連絡があります", [DoubtCount, Link] [DoubtLookBy];
            }
            // Network.
            MentorProve = "mentor_prove", "推進企業の登録の確認", asked_for {
                MentorProve to Network, "推進企業ネットワークの登録を確認してください", [Link, ConfirmUntil] [], reaches_unconfirmed;
            }
            MentorDecided = "mentor_decided", "推進企業の登録の結果" {
                MentorDecided to Network, "推進企業ネットワークの登録の結果", [Link] [IsListed, Reason];
            }
            NetworkProve = "network_prove", "推進企業への質問の確認", asked_for {
                NetworkProve to Network, "推進企業への質問を送るには、確認が必要です", [Link, ConfirmUntil] [], reaches_unconfirmed;
            }
            NetworkQuestion = "mentor_question", "推進企業への質問" {
                NetworkQuestion to Network, "テレワークについての質問が届きました", [NetworkWords, Link, AnswerDue] [NetworkOutline];
            }
            MentorReminder = "mentor_reminder", "推進企業への質問の再連絡",
                not_waited_for, keeps_hours, only_if(ConditionKind::QuestionWaits) {
                MentorReminder to Network, "質問への回答をお待ちしています", [NetworkWords, Link, AnswerDue] [NetworkOutline];
            }
            NetworkPassed = "network_passed", "質問をお渡しした連絡" {
                NetworkPassed to Network, "質問を企業にお渡ししました", [Link, Mentor, AnswerDue] [];
            }
            NetworkWords = "network_words", "質問への返事" {
                NetworkWords to Network, "質問への返事が届きました", [NetworkFrom, NetworkWords, Link] [];
            }
            NetworkBack = "network_back", "質問が戻った連絡" {
                NetworkBack to Network, "質問への回答をいただけませんでした", [Link, Reason] [];
            }
            NetworkIntroduced = "network_introduced", "連絡先のご紹介" {
                NetworkIntroduced to Network, "連絡先をお知らせします", [Company, OtherPerson, OtherAddress] [];
            }
            NetworkWaiting = "network_waiting", "ネットワークの対応待ち", not_waited_for, keeps_hours {
                NetworkWaiting to Center, "推進企業ネットワークに、対応待ちのものがあります", [QuestionCount, MentorCount, Link] [NetworkSince];
            }
        }}
    };
}
