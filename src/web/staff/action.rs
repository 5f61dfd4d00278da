//! The actions that a coordinator confirms on a page of their own: their names, texts and forms.
use codes::codes;
use domain::{
    actor::{Actor, Represented},
    consultation::{ActionKind, UnfulfilledReason},
    id::{AccountId, ExpertId},
    text::{Prose, TextLine, optional},
};

use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        self,
        case::actor::ActorAt,
        consultation::{Ending, NextTeam},
    },
    problem::Problem,
    store::consultation::case_details::CaseDetails,
    web::kit::{
        form::{FieldErrors, Fields},
        outcome_form,
    },
};

codes! {
    /// An action that a coordinator confirms on a page of its own, with its name in addresses.
    pub enum StaffAction {
        StartCheck = "start-check",
        Ask = "ask",
        Answer = "answer",
        ConfirmAddress = "confirm-address",
        Called = "called",
        ReleaseHold = "release-hold",
        Cancel = "cancel",
        NoShow = "no-show",
        ExpertNoShow = "expert-no-show",
        Done = "done",
        Further = "further",
        DropFurther = "drop-further",
        DropHelp = "drop-help",
        Complete = "complete",
        Withdraw = "withdraw",
        Unfulfilled = "unfulfilled",
        CloseInSilence = "close-in-silence",
        Refer = "refer",
        Reopen = "reopen",
    }
}

/// The values that an action needs beside the consultation, read from its form.
#[derive(Clone, Debug)]
pub enum StaffActionInput {
    StartCheck,
    Ask(Prose),
    Answer(Prose),
    ConfirmAddress,
    Called,
    ReleaseHold,
    Cancel(TextLine),
    NoShow,
    /// With the one of two experts who did not come; `None` if none of them came.
    ExpertNoShow(Option<ExpertId>),
    Done,
    Further(Option<TextLine>, Option<NextTeam>),
    DropFurther,
    DropHelp,
    End(Ending),
    Reopen(TextLine),
}

impl StaffAction {
    /// Returns the action in the table of transitions; `None` if the state does not change.
    pub const fn kind(self) -> Option<ActionKind> {
        match self {
            Self::StartCheck => Some(ActionKind::StartCheck),
            Self::Ask => Some(ActionKind::Ask),
            Self::Answer => Some(ActionKind::Answer),
            Self::ConfirmAddress | Self::Called | Self::DropHelp => None,
            // A hold can be released only while experts could still be asked.
            Self::ReleaseHold => Some(ActionKind::RequestExperts),
            Self::Cancel => Some(ActionKind::CancelAppointment),
            Self::NoShow => Some(ActionKind::RecordNoShow),
            Self::ExpertNoShow => Some(ActionKind::RecordExpertNoShow),
            Self::Done => Some(ActionKind::RecordDone),
            Self::Further => Some(ActionKind::PlanFurtherAppointment),
            Self::DropFurther => Some(ActionKind::DropFurtherAppointment),
            Self::Complete => Some(ActionKind::Complete),
            Self::Withdraw => Some(ActionKind::Withdraw),
            Self::Unfulfilled | Self::CloseInSilence => Some(ActionKind::CloseUnfulfilled),
            Self::Refer => Some(ActionKind::Refer),
            Self::Reopen => Some(ActionKind::Reopen),
        }
    }

    /// Returns the page's action for an `ActionKind`, if there is one.
    pub fn of(kind: ActionKind) -> Option<Self> {
        let usual = |it: &Self| !matches!(it, Self::ReleaseHold | Self::CloseInSilence);
        Self::ALL.into_iter().filter(usual).find(|it| it.kind() == Some(kind))
    }

    /// Returns the label of the button.
    pub const fn button(self) -> &'static str {
        match self {
            Self::StartCheck => "確認を始める",
            Self::Ask => "追加確認を依頼する",
            Self::Answer => "企業の回答を記録する",
            Self::ConfirmAddress => "連絡先を確認済みにする",
            Self::Called => "電話したことを記録する",
            Self::ReleaseHold => "仮予約を解除する",
            Self::Cancel => "予約を取り消す",
            Self::NoShow => "企業の欠席を記録する",
            Self::ExpertNoShow => "専門家の欠席を記録する",
            Self::Done => "実施を記録する",
            Self::Further => "次回の相談を計画する",
            Self::DropFurther => "次回の相談を取りやめる",
            Self::DropHelp => "次回の相談の希望を取り下げる",
            Self::Complete => "完了にする",
            Self::Withdraw => "企業の申し出で終了する",
            Self::Unfulfilled => "不成立にする",
            Self::CloseInSilence => "返事がないため終了する",
            Self::Refer => "他機関を案内する",
            Self::Reopen => "相談を再開する",
        }
    }

    /// Returns the description of the effects.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::StartCheck => "この案件の担当になり、状況が「確認中」に変わります。",
            Self::Ask => "質問を企業に送ります。企業の回答を待つ間、期限は停止します。",
            Self::Answer => {
                "電話などで聞いた回答を、企業に代わって記録します。状況が「確認中」に戻り、期限が再び動きます。"
            }
            Self::ConfirmAddress => {
                "電話などで担当者と話し、メールアドレスと電話番号が正しいことを確かめたときに記録します。仮予約があり、自動で依頼する設定のときは、すぐに専門家に依頼します。"
            }
            Self::Called => {
                "メールで知らせられない内容を、電話で伝えたときに記録します。「電話する」の一覧から外れます。"
            }
            Self::ReleaseHold => {
                "企業が選んだ日時の仮予約を解除します。専門家が決まったあと、企業があらためて日時を選びます。"
            }
            Self::Cancel => "予約を取り消し、企業と専門家に知らせます。",
            Self::NoShow => "企業の欠席を記録し、企業に知らせます。",
            Self::ExpertNoShow => {
                "専門家が来なかったことを記録します。企業にお詫びを、専門家に記録の内容を知らせます。相談の回数には数えません。別の専門家に依頼するときは、記録のあとに「取消し・交代」で候補を選べます。"
            }
            Self::Done => "相談の実施を記録します。専門家に報告書の提出を依頼します。",
            Self::Further => {
                "企業に、次回の日時の選び方を知らせます。専門家がいない分野があるときは、先に専門家を調整します。予定していたアンケートなどは送りません。"
            }
            Self::DropFurther => {
                "次回の相談を取りやめ、企業に知らせます。これまでの相談と報告書は残り、予定していたアンケートなどをあらためて送ります。"
            }
            Self::DropHelp => {
                "次回の相談を希望しないことを電話などで聞いたときに、企業に代わって記録します。連絡の期限がなくなり、残りのアンケートなどは予定どおりお送りします。すべて終わっているときは「完了」になります。"
            }
            Self::Complete => "相談をすべて終了します。まだ送っていないアンケートなどは送りません。",
            Self::Withdraw => {
                "企業の申し出による終了を記録します。相談の実施前は「取下げ」、実施後は「完了」になります。予約と依頼はすべて取り消します。"
            }
            Self::Unfulfilled => {
                "不成立として終了します。予約と依頼はすべて取り消し、企業に理由を知らせます。実施した相談と報告書は残ります。"
            }
            Self::CloseInSilence => {
                "返事がない相談をいったん終了し、企業に再開のしかたを知らせます。仮予約と依頼はすべて取り消します。"
            }
            Self::Refer => {
                "ほかの機関を案内して終了します。予約と依頼はすべて取り消し、機関名を企業に知らせます。実施した相談と報告書は残ります。"
            }
            Self::Reopen => {
                "終了した相談を再開します。相談の実施前は「確認中」に、実施後は「相談実施済み」または報告書の確認後の「フォロー中」に戻ります。"
            }
        }
    }

    /// Returns the sentence that the next page shows once the action is done.
    pub const fn done(self) -> &'static str {
        match self {
            Self::StartCheck => "確認を始めました。この案件の担当になりました。",
            Self::Ask => "追加確認を依頼しました。",
            Self::Answer => "企業の回答を記録しました。",
            Self::ConfirmAddress => "連絡先を確認済みにしました。間違えたときは、「履歴」から取り消せます。",
            Self::Called => "電話したことを記録しました。間違えたときは、「履歴」から取り消せます。",
            Self::ReleaseHold => "仮予約を解除しました。",
            Self::Cancel => "予約を取り消しました。",
            Self::NoShow => "企業の欠席を記録しました。",
            Self::ExpertNoShow => "専門家の欠席を記録しました。",
            Self::Done => "実施を記録しました。報告書の提出を依頼しました。",
            Self::Further => "次回の相談を計画しました。",
            Self::DropFurther => "次回の相談を取りやめました。",
            Self::DropHelp => "次回の相談の希望の取下げを記録しました。",
            Self::Complete => "相談を完了にしました。",
            Self::Withdraw => "企業の申し出による終了を記録しました。",
            Self::Unfulfilled => "不成立として終了しました。",
            Self::CloseInSilence => "返事がないため終了しました。",
            Self::Refer => "他機関の案内を記録しました。",
            Self::Reopen => "相談を再開しました。",
        }
    }

    /// Returns whether the company is told of the action, so that the page says if it gets no mail.
    pub const fn tells_company(self) -> bool {
        match self {
            Self::ReleaseHold
            | Self::Cancel
            | Self::NoShow
            | Self::ExpertNoShow
            | Self::Further
            | Self::DropFurther
            | Self::Withdraw
            | Self::Unfulfilled
            | Self::CloseInSilence
            | Self::Refer
            | Self::Reopen => true,
            // A question has a sentence of its own.
            Self::Ask
            | Self::StartCheck
            | Self::Answer
            | Self::ConfirmAddress
            | Self::Called
            | Self::Done
            | Self::DropHelp
            | Self::Complete => false,
        }
    }

    /// Returns whether the action cannot simply be undone.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::Cancel | Self::Withdraw | Self::Unfulfilled | Self::CloseInSilence | Self::Refer)
    }

    /// Parses the action's form, or returns the errors of its fields.
    pub fn read(self, form: &Fields) -> Result<StaffActionInput, FieldErrors> {
        let mut errors = FieldErrors::default();
        let input = match self {
            Self::StartCheck => Some(StaffActionInput::StartCheck),
            Self::ConfirmAddress => Some(StaffActionInput::ConfirmAddress),
            Self::Called => Some(StaffActionInput::Called),
            Self::ReleaseHold => Some(StaffActionInput::ReleaseHold),
            Self::NoShow => Some(StaffActionInput::NoShow),
            Self::ExpertNoShow => {
                outcome_form::missed(form, &mut errors, false).map(StaffActionInput::ExpertNoShow)
            }
            Self::Done => Some(StaffActionInput::Done),
            Self::DropFurther => Some(StaffActionInput::DropFurther),
            Self::DropHelp => Some(StaffActionInput::DropHelp),
            Self::Complete => Some(StaffActionInput::End(Ending::Complete)),
            Self::CloseInSilence => Some(StaffActionInput::End(Ending::CloseInSilence)),
            Self::Ask => errors
                .take("text", Prose::parse("確認したいこと", form.get("text"), 2000))
                .map(StaffActionInput::Ask),
            Self::Answer => errors
                .take("text", Prose::parse("企業の回答", form.get("text"), 2000))
                .map(StaffActionInput::Answer),
            Self::Cancel => errors
                .take("reason", TextLine::parse("理由", form.get("reason"), 200))
                .map(StaffActionInput::Cancel),
            Self::Reopen => errors
                .take("reason", TextLine::parse("理由", form.get("reason"), 200))
                .map(StaffActionInput::Reopen),
            Self::Further => {
                let reason = optional(form.get("reason"), |it| TextLine::parse("上限を超える理由", it, 200));
                let team = next_team(form, &mut errors);
                errors.take("reason", reason).map(|it| StaffActionInput::Further(it, team))
            }
            Self::Withdraw => errors
                .take("reason", Prose::parse("理由", form.get("reason"), 500))
                .map(|it| StaffActionInput::End(Ending::Withdraw { reason: Some(it) })),
            Self::Unfulfilled => {
                let reason = UnfulfilledReason::from_code(form.get("reason"));
                errors
                    .take("reason", reason.ok_or("理由を選択してください"))
                    .map(|reason| StaffActionInput::End(Ending::CloseUnfulfilled { reason }))
            }
            Self::Refer => referral(form, &mut errors),
        };
        input.ok_or(errors)
    }
}

impl StaffActionInput {
    /// Performs the action on the consultation as it was at `version`. `by` is the coordinator `me`, who may act in
    /// another's stead.
    pub async fn perform(
        self,
        app: &App,
        case: &CaseDetails,
        version: i32,
        me: AccountId,
        by: Actor,
    ) -> Result<(), Problem> {
        let id = case.record.consultation.id;
        let seen = ActorAt::new(by, version);
        match self {
            Self::StartCheck => ops::consultation::start_check(app, id, version, me).await,
            Self::Ask(text) => ops::correspondence::message::ask(app, id, version, by, &text).await,
            Self::Answer(text) => {
                ops::correspondence::message::answer_in_stead(app, id, version, me, &text).await
            }
            Self::ConfirmAddress if !case.record.consultation.state.is_open() => {
                Err(domain::consultation::ActionRefused::HasEnded(case.record.consultation.state.clone())
                    .into())
            }
            Self::ConfirmAddress => ops::consultation::confirm_address(app, id, by).await,
            Self::Called => ops::consultation::called(app, id, version, by).await,
            Self::ReleaseHold => ops::booking::release::release_hold(app, id, version, by).await,
            Self::Cancel(reason) => {
                ops::booking::appointment::cancel(app, id, seen, reason.as_str().to_owned()).await
            }
            Self::NoShow => ops::booking::appointment::record_no_show(app, id, seen).await,
            Self::ExpertNoShow(absent) => {
                ops::booking::attendance::record_absent_expert(app, id, seen, absent).await
            }
            Self::Done => ops::booking::appointment::record_done(app, id, seen).await,
            Self::Further(reason, team) => {
                let (reason, team) = (reason.as_ref(), team.as_ref());
                ops::consultation::plan_with_team(app, id, seen, reason, team).await
            }
            Self::DropFurther => ops::aftercare::further::take_back(app, id, seen).await,
            Self::DropHelp => {
                let by = Actor::Stead(me, Represented::Company);
                ops::aftercare::follow_up::drop_help(app, id, version, by).await
            }
            // It is the company that withdraws.
            Self::End(ending @ Ending::Withdraw { .. }) => {
                let by = Actor::Stead(me, Represented::Company);
                ops::consultation::end(app, id, Some(version), by, ending).await
            }
            Self::End(ending) => ops::consultation::end(app, id, Some(version), by, ending).await,
            Self::Reopen(reason) => ops::consultation::reopening::reopen(app, id, version, by, &reason).await,
        }
    }
}

/// Reads the team of the next appointment; `None` if the form leaves it as it is.
fn next_team(form: &Fields, errors: &mut FieldErrors) -> Option<NextTeam> {
    if form.get("fields").is_empty() {
        return None;
    }
    let fields = domain::field::Fields::from_code(form.get("fields"));
    let fields = errors.take("fields", fields.ok_or("次回の分野を選択してください"))?;
    let keeps = form.all("keep").filter_map(|it| Uuid::try_parse(it).ok()).map(ExpertId).collect();
    Some(NextTeam { fields, keeps })
}

fn referral(form: &Fields, errors: &mut FieldErrors) -> Option<StaffActionInput> {
    let organization =
        errors.take("organization", TextLine::parse("案内する機関", form.get("organization"), 120));
    let note = errors.take("note", optional(form.get("note"), |it| Prose::parse("企業への補足", it, 1000)));
    let (organization, note) = (organization?, note?);
    Some(StaffActionInput::End(Ending::Refer { organization, note }))
}
