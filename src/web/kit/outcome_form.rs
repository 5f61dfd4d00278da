//! The form that corrects the recorded outcome of an appointment: the center's and the experts'.
use domain::{booking::appointment::AppointmentOutcome, text::TextLine};

use super::form::{Choice, FieldErrors, Fields};

/// The sentence that the next page shows.
pub const DONE: &str = "相談の結果を訂正しました。企業と専門家にメールで知らせました。";
/// The length of the longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Returns the outcomes to which `recorded` can be corrected.
pub fn choices(recorded: AppointmentOutcome) -> Vec<Choice> {
    let others = AppointmentOutcome::ALL.into_iter().filter(|it| *it != recorded);
    others.map(|it| Choice::new(it.code(), it.label()).with_hint(consequence(it))).collect()
}

/// Parses the corrected outcome and the reason, or adds the errors of the fields.
pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<(AppointmentOutcome, TextLine)> {
    let to = AppointmentOutcome::from_code(form.get("outcome"));
    let to = errors.take("outcome", to.ok_or("正しい結果を選択してください"));
    let reason = errors.take("reason", TextLine::parse("訂正の理由", form.get("reason"), LONGEST_REASON));
    to.zip(reason)
}

const fn consequence(to: AppointmentOutcome) -> &'static str {
    match to {
        AppointmentOutcome::Done => {
            "専門家に報告書を依頼します。提出の期限は、今日から数えます。欠席のお知らせは、企業へのメールで取り消します。"
        }
        AppointmentOutcome::NoShow => {
            "報告書の依頼を取り消します。書いた報告書は残ります。企業に、欠席のお知らせと次の日時の選び方を送ります。"
        }
        AppointmentOutcome::ExpertNoShow => {
            "報告書の依頼を取り消します。書いた報告書は残ります。企業に、お詫びと次の日時の選び方を送ります。"
        }
    }
}
