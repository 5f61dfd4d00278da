//! The sentences above every view of a consultation: what the center does next, and by when.
use domain::{
    aftercare::report::ReportGap,
    consultation::State,
    correspondence::company_channel::CompanyChannel,
    due::{DueClock, DueKind},
    settings::Settings,
    silence::SilenceStep,
    wording,
};

use super::Head;

impl Head {
    /// Returns what follows by itself if nothing happens, and when.
    pub fn next_by_itself(&self, settings: &Settings) -> Option<String> {
        let (at, step) = self.case.record.silence?.next_step(settings).filter(|(at, _)| self.now < *at)?;
        let day = wording::month_day_weekday(at);
        Some(match step {
            SilenceStep::RemindCompany if self.case.channel.is_mail() => {
                format!("{day}までに返事がないときは、企業にもう一度お知らせします。")
            }
            SilenceStep::RemindCompany => format!("{day}までに返事がないときは、「電話する」に表示します。"),
            SilenceStep::TellCompany if self.case.channel.is_mail() => {
                format!("{day}までに担当が決まらないときは、依頼していることを企業にお知らせします。")
            }
            SilenceStep::TellCompany => {
                format!("{day}までに担当が決まらないときは、「電話する」に表示します。")
            }
            SilenceStep::ShowToCenter => {
                format!("{day}までに動きがないときは、「動きがない案件」に表示します。")
            }
            SilenceStep::ProposeClosing => format!("{day}までに返事がないときは、終了を提案します。"),
            SilenceStep::AskOutcome => {
                format!("{day}までに実施の記録がないときは、専門家とセンターにお知らせします。")
            }
        })
    }

    /// Returns for what the case has waited for days, if it stands in the worklist for that.
    pub fn stalled(&self) -> Option<String> {
        let record = &self.case.record;
        let (clock, _) = record.silence.zip(record.stalled_since)?;
        let since = wording::month_day_weekday(clock.since);
        let waits_for = if record.approves_report() { DueKind::Approval.label() } else { clock.kind.label() };
        Some(format!("{waits_for}を{since}から待っています。"))
    }

    /// Returns the field that is still owed, and what follows: that of an expert who did not come, or one that was added when
    /// the experts were chosen.
    pub fn owed(&self) -> Option<String> {
        let field = self.case.record.owed.filter(|_| self.is_open())?.label();
        let is_planned = !matches!(self.state(), State::Consulted | State::FollowUp);
        Some(match is_planned {
            true => format!("行われなかった{field}の相談の日程を調整しています。回数には数えません。"),
            false => format!(
                "{field}の相談は、まだ行われていません（専門家の欠席、または予約のあとで加えた分野）。企業に確認し、「次回の相談を計画する」から日時を案内してください。回数には数えません。"
            ),
        })
    }

    /// Returns for which field alone a further appointment was planned.
    pub fn next_field(&self) -> Option<String> {
        let record = &self.case.record;
        let is_planned = record.wanted_fields() != record.consultation.fields && record.owed.is_none();
        let field = record.next_field.filter(|_| is_planned && self.is_open())?.label();
        Some(format!("次回の相談は、{field}だけを行います。"))
    }

    /// Returns for whose answer a booking waits, if a substitute is asked.
    pub fn replacement(&self) -> Option<String> {
        let name = self.case.asked_substitute.as_ref()?;
        Some(format!(
            "{name}さんに、代わりの担当を依頼しています。引き受けるまで、予約と担当は変わりません。"
        ))
    }

    /// Returns the deadline, such as 「企業への連絡：11月26日（木）17:00」.
    pub fn due(&self) -> Option<String> {
        let record = &self.case.record;
        let due = record.due.as_ref()?;
        let label = match due.kind {
            DueKind::FirstContact if record.wants_help_since.is_some() => "相談継続の希望への連絡",
            DueKind::FirstContact if record.appointments_done > 0 => "企業への連絡",
            DueKind::FirstContact | DueKind::Reply | DueKind::Report | DueKind::Approval => due.label(),
        };
        Some(match &due.clock {
            DueClock::Running(deadline) => format!("{label}：{}", wording::month_day_time(deadline.at)),
            DueClock::Paused(_) => format!("{label}：企業の回答を待つ間、停止しています"),
        })
    }

    /// Returns the center's next step, in one sentence.
    pub fn next_step(&self) -> &'static str {
        if self.case.record.consultation.is_erased {
            return "連絡先は、保存期間が過ぎたか、本人の求めにより消去しました。内容は変更できません。";
        }
        if self.case.record.consultation.merged_into.is_some() {
            return "統合した案件の記録です。統合先の案件で対応してください。";
        }
        match self.state() {
            State::Received if !self.address_confirmed() => {
                "連絡先を確認してください。連絡先が確認できると、専門家に依頼できます。"
            }
            State::Received => "内容を確認し、専門家に依頼してください。",
            State::Checking if !self.address_confirmed() => {
                "企業に連絡し、連絡先を確認してください。確認できると、専門家に依頼できます。"
            }
            State::Checking => "分野を確認し、専門家に依頼してください。",
            State::WaitingCompany => {
                "企業の回答を待っています。電話で聞いたときは、回答を記録してください。「確認中」に戻ります。"
            }
            State::Matching => "専門家の回答を待っています。辞退や期限切れのときは、次の候補に依頼します。",
            State::Scheduling => {
                "企業が日時を選ぶのを待っています。電話で希望を聞いたときは、センターで日時を決められます。"
            }
            State::Booked if self.has_begun() => "相談が終わったら、実施または欠席を記録してください。",
            State::Booked => "相談当日を待っています。終わったら、実施または欠席を記録できます。",
            State::Consulted if self.case.submitted_reports > 0 => {
                "報告書が提出されました。内容を確認し、企業に渡してください。"
            }
            State::Consulted => self.report_step(),
            State::FollowUp if self.case.record.wants_help_since.is_some() => {
                "企業が相談の継続を希望しています。連絡し、次回の相談を計画してください。"
            }
            State::FollowUp if self.case.record.owed.is_some() => {
                "まだ行われていない分野の相談があります。企業に連絡し、次回の相談を計画してください。"
            }
            State::FollowUp if !self.case.proved_channel.is_mail() => {
                "アンケートとその後の確認の日になると、「電話する」に表示します。終わると「完了」になります。"
            }
            State::FollowUp => {
                "アンケートとその後の確認を、予定どおりお送りします。終わると「完了」になります。"
            }
            State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }
                if self.case.submitted_reports > 0 =>
            {
                "この相談は終了しています。実施した相談の報告書が提出されました。内容を確認し、企業に渡してください。"
            }
            State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }
                if self.case.record.report_by_center.is_some() =>
            {
                "この相談は終了しています。実施した相談の報告書を、センターが書いてください。"
            }
            State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. }
                if self.case.record.due.is_some() =>
            {
                "この相談は終了しています。実施した相談について、専門家の報告書を待っています。"
            }
            State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. } => {
                "この相談は終了しています。手続きは必要ありません。"
            }
        }
    }

    /// Returns what the center does while a report is due.
    fn report_step(&self) -> &'static str {
        match self.case.record.report_by_center.filter(|_| self.case.record.writes_report()) {
            Some(ReportGap::Absent) => {
                "専門家が報告書の期限に不在です。専門家に確認するか、代わりに実施報告書を書いてください。"
            }
            Some(ReportGap::Overdue) => {
                "期限を過ぎても報告書が提出されていません。専門家に連絡するか、代わりに実施報告書を書いてください。"
            }
            Some(ReportGap::NoExpert) => {
                "報告書を書ける専門家がいません。センターが実施報告書を書いてください。"
            }
            None => "専門家の報告書を待っています。",
        }
    }

    /// Returns how the consultation ended, beyond the label of the state.
    pub fn ending(&self) -> Option<String> {
        match self.state() {
            State::Unfulfilled { reason } => Some(format!("理由：{}", reason.label())),
            State::Referred { organization } => Some(format!("案内した機関：{organization}")),
            State::Received
            | State::Checking
            | State::WaitingCompany
            | State::Matching
            | State::Scheduling
            | State::Booked
            | State::Consulted
            | State::FollowUp
            | State::Completed
            | State::Withdrawn => None,
        }
    }

    /// Returns what the company was told in vain, where the closing of its case is proposed, and how it hears of that.
    pub fn closing_proposal(&self) -> &'static str {
        match self.case.channel {
            CompanyChannel::Mail => {
                "お知らせを2回送りましたが、返事がありません。いったん終了することもできます。企業には、再開のしかたをメールで知らせます。"
            }
            CompanyChannel::Telephone => {
                "2回の電話のお願いのあとも、返事がありません。いったん終了することもできます。企業にメールは届かないため、再開のしかたは電話で伝えてください。"
            }
        }
    }

    /// Returns why the company gets no mail, if it gets none.
    pub fn no_mail(&self) -> Option<&'static str> {
        if !self.address_confirmed() && self.case.contact.proven_email.is_some() {
            Some(
                "新しいメールアドレスの確認が終わるまで、企業へのメールは、以前に確認したアドレスに送ります。",
            )
        } else if self.case.contact.email.is_none() {
            Some("メールアドレスの登録がないため、企業にメールは送られません。電話で伝えてください。")
        } else if !self.address_confirmed() {
            Some("連絡先が未確認です。メールが届かないことがあるため、電話でも伝えてください。")
        } else {
            None
        }
    }

    /// Returns whether every question is over, so that the consultation may become an example.
    pub fn is_completed(&self) -> bool {
        *self.state() == State::Completed
    }

    /// Returns why mails written to the company now are held, if they are.
    pub fn held_mail(&self) -> Option<&'static str> {
        let contact = &self.case.contact;
        let is_held = contact.email.is_some() && contact.proven_email.is_none() && !self.address_confirmed();
        if is_held {
            Some(
                "連絡先が未確認のため、企業へのメールは保留し、確認できたときに送ります。急ぐときは電話で伝えてください。",
            )
        } else {
            self.no_mail()
        }
    }
}
