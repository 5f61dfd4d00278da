//! Corrections of the values of a consultation, and what follows from them (`docs/spec/lifecycle.md` §6).
mod address;
mod carried;
mod company;
mod fit;
mod narrowed;
mod routed;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    consultation::correction::{
        CaseValues, CorrectedField, Correction, CorrectionRefused, CorrectionSection, apply, check_fields,
        corrections, may_correct,
    },
    field::Fields,
    id::{CompanyId, ConsultationId, DraftId},
    intake::contact::EmailAddress,
    text::TextLine,
};
use entity::correction;

pub use address::{
    SentAgain, confirmed_by_mistake, move_mails, replaced_by, send_one_again, send_undelivered, undelivered,
};
pub use carried::{CarriedOver, carry_over, sharing};
pub use fit::{ExpertFit, Fit, fit_of, fit_with};
pub use narrowed::ONLY_TEAM;

use address::AddressChange;

use super::super::{
    booking::meeting_link,
    case::{
        actor::ActorAt,
        save::{NewCorrection, Save, Target},
        transaction::CaseTransaction,
    },
    correspondence::mail_budget::{MailBudget, spend_in},
};
use crate::{
    app::App,
    problem::Problem,
    store::{self, audit::event::HistoryEntry, consultation::correction::SavedCorrection},
};

/// The reason that is given for corrections, and the correction that they take back.
#[derive(Clone, Copy, Debug, Default)]
pub struct CorrectionCause<'a> {
    pub reason: Option<&'a TextLine>,
    undone: Option<&'a SavedCorrection>,
    /// When the new address was confirmed in the case from which it is taken over.
    confirmed: Option<DateTime<Utc>>,
    /// The address, in lower case, with which the company is signed in that corrects its own data.
    signed_in: Option<&'a str>,
    /// Whether the day's mails to the new address are used up, so that the link that confirms it is not mailed.
    pub over_limit: bool,
    /// Whether the reader of an address that is replaced hears of it by another mail of the same operation.
    told_besides: bool,
    /// Whether another mail of the same operation has the new address proved.
    proved_besides: bool,
}

/// A company that is signed in: the address in lower case, and the pseudonym of the network by which a day's mails are
/// counted.
#[derive(Clone, Copy, Debug)]
pub struct SignedInCompany<'a> {
    pub email_key: &'a str,
    pub network: &'a str,
}

impl<'a> CorrectionCause<'a> {
    pub const fn reason(reason: Option<&'a TextLine>) -> Self {
        Self {
            reason,
            undone: None,
            confirmed: None,
            signed_in: None,
            over_limit: false,
            told_besides: false,
            proved_besides: false,
        }
    }

    /// The cause of corrections by which a case takes over the values of another one. `proved_besides` says that the mail
    /// about the merge has the address proved.
    pub const fn merge(reason: &'a TextLine, confirmed: Option<DateTime<Utc>>, proved_besides: bool) -> Self {
        Self { confirmed, proved_besides, ..Self::reason(Some(reason)) }
    }
}

/// Returns the current values of a consultation.
pub async fn values(app: &App, id: ConsultationId) -> Result<CaseValues, Problem> {
    store::consultation::correction::values(&app.db, id).await?.ok_or(Problem::NotFound)
}

/// Replaces the values of a section that were typed differently. Returns what was corrected.
pub async fn correct(
    app: &App,
    id: ConsultationId,
    by: ActorAt,
    section: CorrectionSection,
    typed: &CaseValues,
    cause: CorrectionCause<'_>,
) -> Result<Vec<Correction>, Problem> {
    let mut work = CaseTransaction::begin_for(app, id, by).await?;
    let found = correct_in(&mut work, by.actor, section, typed, cause).await?;
    if !found.is_empty() {
        work.commit().await?;
    }
    Ok(found)
}

const NO_SUCH_THEME: &str =
    "選んだテーマの中に、いまは使われていないものがあります。もう一度選んでください。";

/// Replaces values, as part of another operation.
pub async fn correct_in(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    section: CorrectionSection,
    typed: &CaseValues,
    cause: CorrectionCause<'_>,
) -> Result<Vec<Correction>, Problem> {
    let current = current(work).await?;
    let found = corrections(&current, typed, section).map_err(first_mistake)?;
    let is_offered = |code: &str| work.context.programme.themes.iter().any(|it| it.code == code);
    // A theme that was retired since stays where it is.
    let stays = |code: &str| current.themes().any(|it| it == code);
    if typed.has(CorrectedField::Themes) && !typed.themes().all(|it| is_offered(it) || stays(it)) {
        return Err(Problem::Refused(NO_SUCH_THEME.to_owned()));
    }
    carry_out(work, by, &current, &found, cause).await?;
    Ok(found)
}

/// Takes the correction with this position in the history back: a correction to the earlier value, which is refused if
/// something has been built on the later one.
pub async fn undo(
    app: &App,
    id: ConsultationId,
    by: ActorAt,
    seq: i32,
    reason: Option<&TextLine>,
) -> Result<Correction, Problem> {
    let mut work = CaseTransaction::begin_for(app, id, by).await?;
    let all = store::consultation::correction::of(work.read(), id).await?;
    let saved = all.iter().find(|it| it.seq == seq).ok_or(CorrectionRefused::Unknown)?;
    if all.iter().any(|it| it.undoes == Some(seq)) {
        return Err(CorrectionRefused::Undone.into());
    }
    let (Some(old), Some(new)) = (saved.old.clone(), saved.new.clone()) else {
        return Err(CorrectionRefused::Erased.into());
    };
    let back = Correction { field: saved.field, old: new, new: old };
    let Some(section) = CorrectionSection::of(back.field) else {
        meeting_link::restore(&mut work, by.actor, &back, (seq, reason)).await?;
        work.commit().await?;
        return Ok(back);
    };
    let current = current(&work).await?;
    if current.get(back.field) != back.old {
        return Err(CorrectionRefused::Corrected { field: back.field }.into());
    }
    // Values that were corrected since may need this one: without a telephone number, the address has to stay.
    let mut typed = CaseValues::default();
    typed.set(back.field, back.new.clone());
    corrections(&current, &typed, section).map_err(first_mistake)?;
    let cause = CorrectionCause { undone: Some(saved), ..CorrectionCause::reason(reason) };
    carry_out(&mut work, by.actor, &current, std::slice::from_ref(&back), cause).await?;
    work.commit().await?;
    Ok(back)
}

/// Returns the values as they would be if the correction were taken back; `None` if it cannot be taken back, or if
/// experts and times are not chosen by its value.
pub async fn values_undone(
    app: &App,
    id: ConsultationId,
    saved: &SavedCorrection,
) -> Result<Option<CaseValues>, Problem> {
    let (Some(old), Some(new)) = (saved.old.clone(), saved.new.clone()) else { return Ok(None) };
    let back = Correction { field: saved.field, old: new, new: old };
    if !back.concerns_routing() {
        return Ok(None);
    }
    Ok(apply(&values(app, id).await?, std::slice::from_ref(&back)).ok())
}

/// Takes the corrections with these positions back, the latest first, as part of another operation. One that was taken
/// back already is left out. Refused with the fields that were corrected since. `told_besides` says that the reader of an address
/// that was taken over hears of it by another mail.
pub async fn undo_in(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    seqs: &[i32],
    told_besides: bool,
) -> Result<(), Problem> {
    let all = store::consultation::correction::of(work.read(), work.record.consultation.id).await?;
    let undone = |seq: i32| all.iter().any(|it| it.undoes == Some(seq));
    let values = current(work).await?;
    let (mut back, mut changed) = (Vec::new(), Vec::new());
    for saved in all.iter().rev().filter(|it| seqs.contains(&it.seq) && !undone(it.seq)) {
        let (Some(old), Some(new)) = (saved.old.clone(), saved.new.clone()) else {
            return Err(CorrectionRefused::Erased.into());
        };
        if values.get(saved.field) != new {
            changed.push(saved.field.label());
        }
        back.push((saved, Correction { field: saved.field, old: new, new: old }));
    }
    if !changed.is_empty() {
        let number = work.record.number;
        return Err(Problem::Refused(format!(
            "統合のあとに、{number}の{}が変更されています。統合したときの内容に戻してから、取り消してください。",
            changed.join("、")
        )));
    }
    for (saved, it) in back {
        let values = current(work).await?;
        let cause = CorrectionCause { undone: Some(saved), told_besides, ..CorrectionCause::default() };
        carry_out(work, by, &values, std::slice::from_ref(&it), cause).await?;
    }
    Ok(())
}

/// Corrects the address of a new application before it is confirmed: the browser that sent the application knows the
/// secret id of its draft.
pub async fn correct_address(app: &App, draft: DraftId, email: &EmailAddress) -> Result<(), Problem> {
    let draft = store::intake::draft::find(&app.db, draft).await?.ok_or(Problem::NotFound)?;
    let id = draft.consultation.ok_or(Problem::NotFound)?;
    let mut work = CaseTransaction::begin(app, id).await?;
    // The browser that applied has proved no address: it replaces none that ever was.
    let earlier = store::consultation::correction::of(work.read(), id).await?;
    let was_proved = work.person.proven.is_some() || earlier.iter().any(|it| it.confirmed_before.is_some());
    let consultation = &work.record.consultation;
    if consultation.address_confirmed || was_proved || !consultation.state.is_open() {
        return Err(CorrectionRefused::AddressConfirmed.into());
    }
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::Email, email.as_str());
    let budget = spend_in(&mut work, &email.key(), &draft.network).await?;
    let cause = CorrectionCause { over_limit: budget == MailBudget::Spent, ..CorrectionCause::default() };
    let found = correct_in(&mut work, Actor::Company, CorrectionSection::Contact, &typed, cause).await?;
    if !found.is_empty() {
        work.commit().await?;
    }
    Ok(())
}

/// Replaces the values of a section that a company has corrected on its own page, as `correct` does. Refused if no more
/// mails may go to a new address today.
pub async fn correct_own(
    app: &App,
    id: ConsultationId,
    company: SignedInCompany<'_>,
    section: CorrectionSection,
    typed: &CaseValues,
    reason: Option<&TextLine>,
) -> Result<Vec<Correction>, Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let cause = CorrectionCause { signed_in: Some(company.email_key), ..CorrectionCause::reason(reason) };
    let found = correct_in(&mut work, Actor::Company, section, typed, cause).await?;
    let is_asked = !work.record.consultation.address_confirmed;
    if is_asked && found.iter().any(|it| it.field == CorrectedField::Email && !it.new.is_empty()) {
        within_limit(&mut work, company).await?;
    }
    if !found.is_empty() {
        work.commit().await?;
    }
    Ok(found)
}

/// Mails the link that confirms the contact's new address once more.
pub async fn prove_again(app: &App, id: ConsultationId, company: SignedInCompany<'_>) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let Some(email) = work.person.email.clone().filter(|_| !work.record.consultation.address_confirmed)
    else {
        return Err(CorrectionRefused::AddressConfirmed.into());
    };
    within_limit(&mut work, company).await?;
    address::ask_for_proof(&mut work, &email, false)?;
    work.note(Actor::Company, "新しいメールアドレスの確認メールを、もう一度送りました");
    work.commit().await?;
    Ok(())
}

/// Counts a mail to the contact's new address; refused if the day's mails are used up.
async fn within_limit(work: &mut CaseTransaction<'_>, company: SignedInCompany<'_>) -> Result<(), Problem> {
    let email_key = work.person.email.as_deref().unwrap_or_default().to_lowercase();
    match spend_in(work, &email_key, company.network).await? {
        MailBudget::Within => Ok(()),
        MailBudget::Spent => Err(Problem::Refused(
            "確認のメールは、今日はこれ以上送れません。明日もう一度お試しいただくか、相談センターへお電話ください。"
                .to_owned(),
        )),
    }
}

/// Takes the correction of an address back that is not proved yet, because the reader of the one that was proved before
/// objects. Returns whether there was one.
pub async fn take_back_address(work: &mut CaseTransaction<'_>, reason: &TextLine) -> Result<bool, Problem> {
    let Some(proven) = work.person.proven.clone() else { return Ok(false) };
    let mut typed = CaseValues::default();
    typed.set(CorrectedField::Email, proven.email);
    let cause = CorrectionCause::reason(Some(reason));
    correct_in(work, Actor::Company, CorrectionSection::Contact, &typed, cause).await?;
    Ok(true)
}

/// Returns the present values. The fields are those of the unit of work, which writes them at its end.
async fn current(work: &CaseTransaction<'_>) -> Result<CaseValues, Problem> {
    let it = &work.record.consultation;
    let values = store::consultation::correction::values(work.read(), it.id).await?;
    let mut values = values.ok_or(Problem::NotFound)?;
    values.set(CorrectedField::Fields, it.fields.code());
    Ok(values)
}

/// Writes the corrections, each with its event, and does what follows from them.
async fn carry_out(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    current: &CaseValues,
    all: &[Correction],
    cause: CorrectionCause<'_>,
) -> Result<(), Problem> {
    if let Some(it) = all.iter().find(|it| !may_correct(it.field, by.party())) {
        return Err(CorrectionRefused::NotYours(it.field).into());
    }
    let after = apply(current, all)?;
    let before = Before::of(work).await?;
    let fields = after.fields().unwrap_or(before.fields);
    check_fields(fields, &work.assignments, narrowed::can_release(work))?;
    company::follow(work, by, all, &after, cause.undone).await?;
    work.save(CorrectedValues(work.record.consultation.id, all, &after)).await?;
    refresh(work, &after);
    for it in all {
        note(work, by, it, cause, &before).await?;
    }
    if let Some(it) = all.iter().find(|it| it.field == CorrectedField::Email) {
        let change = AddressChange {
            old: &it.old,
            was_confirmed: before.confirmed,
            confirmed: cause.undone.and_then(|it| it.confirmed_before).or(cause.confirmed),
            undone: cause.undone.map(|it| it.seq),
            signed_in: cause.signed_in,
            over_limit: cause.over_limit,
            told_besides: cause.told_besides,
            proved_besides: cause.proved_besides,
        };
        address::follow(work, change).await?;
    }
    routed::follow(work, by, before.fields, all).await
}

/// Gives the consultation the fields of a further appointment. It is a correction, so that it is taken back with the
/// appointment.
pub async fn extend_fields(work: &mut CaseTransaction<'_>, by: Actor, fields: Fields) -> Result<(), Problem> {
    if fields == work.record.consultation.fields {
        return Ok(());
    }
    let reason = TextLine::parse("理由", "次回の相談の分野", 100).ok();
    replace_fields(work, by, fields, CorrectionCause::reason(reason.as_ref())).await
}

/// Restores the fields from before the further appointment that was planned last, unless they were corrected since.
/// `history` is that of the consultation.
pub async fn restore_fields(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    history: &[HistoryEntry],
) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let Some(seq) = store::audit::event::notes_of_further(history) else { return Ok(()) };
    let all = store::consultation::correction::of(work.read(), id).await?;
    let undone = |seq: i32| all.iter().any(|it| it.undoes == Some(seq));
    let extended = all.iter().rfind(|it| seq.contains(&it.seq) && it.field == CorrectedField::Fields);
    let Some(saved) = extended.filter(|it| !undone(it.seq)) else { return Ok(()) };
    let fields = saved.old.as_deref().and_then(Fields::from_code);
    let is_present = saved.new.as_deref() == Some(work.record.consultation.fields.code());
    let Some(fields) = fields.filter(|_| is_present) else { return Ok(()) };
    let reason = TextLine::parse("理由", "次回の相談の取りやめ", 100).ok();
    let cause = CorrectionCause { undone: Some(saved), ..CorrectionCause::reason(reason.as_ref()) };
    replace_fields(work, by, fields, cause).await
}

/// Replaces the fields, with the event of a correction. What follows from it is the caller's.
async fn replace_fields(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    fields: Fields,
    cause: CorrectionCause<'_>,
) -> Result<(), Problem> {
    let before = Before::of(work).await?;
    let (old, new) = (before.fields.code().to_owned(), fields.code().to_owned());
    let change = Correction { field: CorrectedField::Fields, old, new };
    work.record.consultation.fields = fields;
    note(work, by, &change, cause, &before).await
}

/// The corrected values of a consultation, with all values as they are then.
struct CorrectedValues<'a>(ConsultationId, &'a [Correction], &'a CaseValues);

impl Save for CorrectedValues<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::consultation::correction::write(to.tx, self.0, self.1, self.2).await?)
    }
}

/// Facts that change with the corrections and are kept with them, so that they can be restored.
struct Before {
    company: CompanyId,
    confirmed: Option<DateTime<Utc>>,
    fields: Fields,
}

impl Before {
    async fn of(work: &CaseTransaction<'_>) -> Result<Self, Problem> {
        let consultation = &work.record.consultation;
        Ok(Self {
            company: store::consultation::correction::filed_under(work.read(), consultation.id).await?,
            confirmed: store::consultation::correction::confirmed_at(work.read(), consultation.id).await?,
            fields: consultation.fields,
        })
    }
}

/// Brings the loaded consultation and its contact up to date with the corrected values.
fn refresh(work: &mut CaseTransaction<'_>, after: &CaseValues) {
    let filled = |field| Some(after.get(field).to_owned()).filter(|it| !it.is_empty());
    let record = &mut work.record;
    after.get(CorrectedField::CompanyName).clone_into(&mut record.company_name);
    record.prefecture = domain::prefecture::Prefecture::parse(after.get(CorrectedField::Prefecture)).ok();
    record.visit_prefecture =
        domain::prefecture::Prefecture::parse(after.get(CorrectedField::VisitPrefecture)).ok();
    record.industry = domain::intake::company::Industry::from_code(after.get(CorrectedField::Industry));
    record.mode = after.mode().unwrap_or(record.mode);
    record.origin = codes::Origin::from_code(after.get(CorrectedField::Origin)).unwrap_or(record.origin);
    record.consultation.fields = after.fields().unwrap_or(record.consultation.fields);
    after.get(CorrectedField::ContactName).clone_into(&mut work.person.name);
    work.person.email = filled(CorrectedField::Email);
    work.person.phone = filled(CorrectedField::Phone);
}

/// Adds the event of a correction, which names the field, and its values, which the event does not repeat.
async fn note(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    it: &Correction,
    cause: CorrectionCause<'_>,
    before: &Before,
) -> Result<(), Problem> {
    let seq = work.next_seq();
    let done =
        if cause.undone.is_some() { "の訂正を取り消しました" } else { "を訂正しました" };
    work.note(by, format!("「{}」{done}", it.field.label()));
    work.save(NewCorrection(correction::Model {
        consultation_id: work.record.consultation.id.0,
        seq,
        field: it.field.into(),
        old_value: Some(it.old.clone()),
        new_value: Some(it.new.clone()),
        reason: cause.reason.map(|it| it.as_str().to_owned()),
        undoes: cause.undone.map(|it| it.seq),
        company_before: (it.field == CorrectedField::CorporateNumber).then_some(before.company.0),
        confirmed_before: before.confirmed.filter(|_| it.field == CorrectedField::Email),
    }))
    .await
}

/// Returns the first mistake of typed values as a refusal; the pages show all of them before.
fn first_mistake(mistakes: domain::intake::application::Mistakes) -> Problem {
    let first = mistakes.into_iter().next().map(|it| it.1);
    Problem::Refused(first.unwrap_or_else(|| "入力内容を確認してください。".to_owned()))
}
