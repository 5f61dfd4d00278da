//! A corrected mail address: it is confirmed anew, and the mails for the earlier one go to it.
mod proven;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use codes::MailStatus;
use domain::{
    booking::appointment::Appointment,
    consultation::correction::CorrectedField,
    id::{AccountId, ConsultationId},
    text::TextLine,
};
use entity::outbox;
use ical::invite::{Attendee, Participation, Person, readdressed as readdressed_invitation};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    app::App,
    mail::{
        mail_event::MailEvent,
        outgoing_mail::{AddressUse, MailKind},
    },
    ops::{
        booking::notices::{appointment_text, plan_reminders},
        case::{
            save::{Save, Target},
            transaction::{CaseTransaction, PORTAL_LINK},
        },
        consultation::to_call::settle,
    },
    problem::Problem,
    secret::{self, token_hash},
    store::{
        self,
        accounts::link::{self, Purpose},
        consultation::ProvenAddress,
        correspondence::outbox::readdressed::{self, ReaddressedMail},
    },
};

/// The time for which the link that confirms an address is valid, as after an application.
const CONFIRM_LINK: TimeDelta = TimeDelta::days(14);
/// The time for which the reader of an address that was replaced can object.
const OBJECTION_LINK: TimeDelta = TimeDelta::days(30);

/// A corrected mail address of a contact.
pub struct AddressChange<'a> {
    pub old: &'a str,
    /// When the old address was confirmed.
    pub was_confirmed: Option<DateTime<Utc>>,
    /// When the new address was confirmed, if that is known: a correction is taken back, or a value is taken over.
    pub confirmed: Option<DateTime<Utc>>,
    /// The position of the correction that is taken back.
    pub undone: Option<i32>,
    /// The address, in lower case, with which the company is signed in that makes the correction itself.
    pub signed_in: Option<&'a str>,
    /// Whether the day's mails to the new address are used up.
    pub over_limit: bool,
    /// Whether another mail tells the reader of the old address.
    pub told_besides: bool,
    /// Whether another mail has the new address proved.
    pub proved_besides: bool,
}

/// Has the new address confirmed. Until then the address that was proved before speaks for the company, if the company has
/// made the correction itself: it opens the page, and gets the mails. Otherwise the mails wait for the new address. If a
/// correction is taken back before its address was proved, the address speaks again that spoke before it.
pub async fn follow(work: &mut CaseTransaction<'_>, change: AddressChange<'_>) -> Result<(), Problem> {
    let AddressChange { old, was_confirmed, confirmed, undone, signed_in, over_limit, .. } = change;
    let AddressChange { told_besides, proved_besides, .. } = change;
    let id = work.record.consultation.id;
    let (new, before) = (work.person.email.clone(), work.person.proven.take());
    let spoke = spoke_for(work.now(), old, was_confirmed, before.clone(), signed_in);
    let is_new = |it: &ProvenAddress| new.as_ref().is_some_and(|new| new.to_lowercase() == it.key());
    // The company has corrected the address back to the one that it had proved.
    let confirmed = confirmed.or_else(|| spoke.as_ref().filter(|it| is_new(it)).map(|it| it.at));
    let stays = new.is_some() && confirmed.is_none() && signed_in.is_some();
    let restored = match undone.filter(|_| new.is_some() && confirmed.is_none() && was_confirmed.is_none()) {
        Some(seq) => proven::spoke_before(work, seq).await?,
        None => None,
    };
    work.record.consultation.address_confirmed = confirmed.is_some();
    work.person.proven = restored.or_else(|| spoke.clone().filter(|_| stays));
    work.save(AddressProof(id, confirmed, work.person.proven.clone())).await?;
    work.check_addresses().await?;
    // The center removes an address because it is no more; a company's page can be in other hands.
    let is_told = (new.is_some() || signed_in.is_some()) && !told_besides;
    if let Some(spoke) = spoke.filter(|it| is_told && before.is_none() && !is_new(it)) {
        tell_replaced(work, &spoke).await?;
    }
    let Some(email) = new else { return removed(work, old).await };
    let earlier = [Some(old.to_lowercase()), before.map(|it| it.key())];
    move_mails(work, earlier.into_iter().flatten().filter(|it| !it.is_empty()).collect()).await?;
    if old.is_empty() {
        // Without an address no reminder was planned.
        if let Some(booked) = work.appointment.clone().filter(Appointment::is_confirmed) {
            plan_reminders(work, &booked)?;
        }
    } else {
        // The old address can have been the reason for the call.
        settle(work, false, &[old.to_lowercase()]).await?;
    }
    if confirmed.is_some() || proved_besides {
        return Ok(());
    }
    ask_for_proof(work, &email, over_limit)
}

/// Returns the address that was proved last, before the present correction. A company that is signed in by a link to the
/// old address has proved that one.
fn spoke_for(
    now: DateTime<Utc>,
    old: &str,
    was_confirmed: Option<DateTime<Utc>>,
    before: Option<ProvenAddress>,
    signed_in: Option<&str>,
) -> Option<ProvenAddress> {
    let is_signed_in = signed_in == Some(old.to_lowercase().as_str());
    let at = was_confirmed.or_else(|| is_signed_in.then_some(now));
    match at.filter(|_| !old.is_empty()) {
        Some(at) if before.is_none() || was_confirmed.is_some() => {
            Some(ProvenAddress { email: old.to_owned(), at })
        }
        _ => before,
    }
}

/// Tells the address that was proved, if mail reaches it, that it was replaced, and how to object.
async fn tell_replaced(work: &mut CaseTransaction<'_>, to: &ProvenAddress) -> Result<(), Problem> {
    if !work.reaches(to.key()).await? {
        return Ok(());
    }
    let (id, until) = (work.record.consultation.id, work.now() + OBJECTION_LINK);
    let token = work.app.secret.sign(secret::Purpose::AddressObjection, id.0, until);
    let object = work.app.site.absolute(&crate::url::address_objection(&token));
    work.mail_proven(to, MailEvent::AddressReplaced { object: &object })
}

/// Mails the link that confirms the contact's present address.
pub fn ask_for_proof(work: &mut CaseTransaction<'_>, email: &str, over_limit: bool) -> Result<(), Problem> {
    let purpose =
        Purpose::Confirm { email_key: email.to_lowercase(), consultation: work.record.consultation.id };
    let confirm = work.link(&purpose, CONFIRM_LINK)?;
    let held = work.appointment.clone();
    let held = held.as_ref().and_then(|it| Some((appointment_text(it, &[]), it.held_until()?)));
    let slot = held.filter(|(_, until)| work.now() < *until);
    if let Some(mail) = work.mail_company(MailEvent::AddressChanged { confirm: &confirm, slot })? {
        mail.over_limit = over_limit;
    }
    Ok(())
}

/// Gives the mails that wait for `earlier` addresses of the contact, in lower case, to the address to which its mail goes
/// now.
pub async fn move_mails(work: &mut CaseTransaction<'_>, mut earlier: Vec<String>) -> Result<(), Problem> {
    let present = work.company_address().map(str::to_lowercase);
    earlier.retain(|it| Some(it) != present.as_ref());
    let waiting = readdressed::waiting(work.read(), work.record.consultation.id, &earlier).await?;
    for row in waiting {
        match MailKind::from_code(&row.kind).and_then(MailKind::address) {
            // The link that confirms an earlier address serves no purpose any more.
            Some(AddressUse::ProvesCorrected) => {
                work.save(SupersededMail(row.id, "the address was corrected again")).await?;
            }
            // A mail to an earlier address about that address concerns no other one.
            Some(AddressUse::TellsEarlier) => {}
            Some(AddressUse::Proves | AddressUse::ProvesBesides) | None => {
                let old = row.recipient.clone();
                let mail = readdress(work, row, &old).await?;
                work.save(mail).await?;
            }
        }
    }
    Ok(())
}

/// Has the contact's present address proved anew, because its confirmation in a conversation is taken back: the address that
/// was proved before speaks again, and the mails that wait are held unless they can go there.
pub async fn confirmed_by_mistake(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    work.record.consultation.address_confirmed = false;
    work.person.proven = proven::spoke_before(work, i32::MAX).await?;
    work.save(AddressProof(id, None, work.person.proven.clone())).await?;
    work.check_addresses().await?;
    let Some(key) = work.person.email.as_ref().map(|it| it.to_lowercase()) else { return Ok(()) };
    for row in readdressed::waiting(work.read(), id, std::slice::from_ref(&key)).await? {
        if !MailKind::from_code(&row.kind).is_some_and(MailKind::is_about_correction) {
            let mail = readdress(work, row, &key).await?;
            work.save(mail).await?;
        }
    }
    Ok(())
}

/// Drops the mails that wait for an address which was removed. The company has to be called instead.
async fn removed(work: &mut CaseTransaction<'_>, old: &str) -> Result<(), Problem> {
    let mut waiting =
        readdressed::waiting(work.read(), work.record.consultation.id, &[old.to_lowercase()]).await?;
    waiting.retain(|it| {
        MailKind::from_code(&it.kind).and_then(MailKind::address) != Some(AddressUse::TellsEarlier)
    });
    if !waiting.is_empty() {
        work.record.to_call_since.get_or_insert(work.context.now);
    }
    for row in waiting {
        if row.send_condition.is_none()
            || MailKind::from_code(&row.kind).is_some_and(MailKind::is_correspondence)
        {
            work.save(MailForCall(row.id)).await?;
        } else {
            work.save(SupersededMail(row.id, "the address was removed")).await?;
        }
    }
    Ok(())
}

/// Returns how many mails did not reach an earlier address of the contact and can be sent to the present one.
pub async fn undelivered(app: &App, id: ConsultationId) -> Result<usize, Problem> {
    Ok(to_send_again(&app.db, id).await?.1.len())
}

/// Sends the mails that did not reach an earlier address to the present one. Returns their number.
pub async fn send_undelivered(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: AccountId,
) -> Result<usize, Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let (earlier, rows) = to_send_again(work.read(), id).await?;
    if rows.is_empty() {
        return Err(Problem::Refused("送り直すメールはありません。".to_owned()));
    }
    let count = rows.len();
    for row in rows {
        let old = row.recipient.clone();
        let mail = readdress(&mut work, row, &old).await?;
        let why = "sent again to the corrected address";
        work.save(ResentMail { mail, by, why, domain: &app.config.mail_reply_domain }).await?;
    }
    work.save(SettledBounces(id, &earlier)).await?;
    settle(&mut work, false, &[]).await?;
    let by = domain::actor::Actor::Coordinator(by);
    work.note(by, format!("届かなかったメール{count}件を、訂正したメールアドレスに送り直しました"));
    work.commit().await?;
    Ok(count)
}

/// The way in which a mail to an earlier address of a contact was sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentAgain {
    /// The address to which it goes now.
    pub to: String,
    /// Whether it waits until that address is confirmed.
    pub is_held: bool,
}

/// Sends a mail that went to an earlier address of the contact once more, to the present one. Does nothing and returns
/// `None` if its recipient is not an earlier address.
pub async fn send_one_again(
    app: &App,
    mail: outbox::Model,
    by: AccountId,
    reason: &TextLine,
) -> Result<Option<SentAgain>, Problem> {
    let Some(id) = mail.consultation_id.map(ConsultationId) else { return Ok(None) };
    let mut work = CaseTransaction::begin_even_merged(app, id).await?;
    let (earlier, present) = addresses(work.read(), id).await?;
    if !earlier.contains(&mail.recipient.to_lowercase()) {
        return Ok(None);
    }
    let refused = |why: &str| Err(Problem::Refused(why.to_owned()));
    if present.is_none() {
        return refused(
            "この宛先は、連絡先から削除されました。いまの連絡先にはメールアドレスがないため、電話でお伝えください。",
        );
    }
    if MailKind::from_code(&mail.kind).is_some_and(MailKind::is_about_correction) {
        return refused("訂正前のメールアドレスについてのメールのため、送り直せません。");
    }
    if mail.state == MailStatus::Waiting || mail.state == MailStatus::Sending {
        return refused(
            "このメールの状態が変わったため、操作できませんでした。最新の状態を確認してください。",
        );
    }
    let old = mail.recipient.clone();
    let mail = readdress(&mut work, mail, &old).await?;
    let again = SentAgain { to: mail.to.clone(), is_held: !mail.goes_at_once() };
    work.save(ResentMail { mail, by, why: reason.as_str(), domain: &app.config.mail_reply_domain }).await?;
    if readdressed::undelivered(work.read(), id, &earlier).await?.is_empty() {
        work.save(SettledBounces(id, &earlier)).await?;
    }
    settle(&mut work, false, &[]).await?;
    let note = "以前の宛先へのメール1件を、いまのメールアドレスに送り直しました";
    work.note(domain::actor::Actor::Coordinator(by), note);
    work.commit().await?;
    Ok(Some(again))
}

/// Returns the address to which the contact's mail goes now, if `recipient` is an earlier one.
pub async fn replaced_by(
    app: &App,
    id: ConsultationId,
    recipient: &str,
) -> Result<Option<Option<String>>, Problem> {
    let (earlier, present) = addresses(&app.db, id).await?;
    Ok(earlier.contains(&recipient.to_lowercase()).then_some(present))
}

/// Returns the earlier addresses of the contact in lower case, and the address to which its mail goes now. The one that
/// was proved before the present one is no earlier address.
async fn addresses(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<(Vec<String>, Option<String>), Problem> {
    let corrections = store::consultation::correction::of(db, id).await?;
    let of_email = corrections.into_iter().filter(|it| it.field == CorrectedField::Email);
    let mut earlier: Vec<_> =
        of_email.filter_map(|it| it.old).filter(|it| !it.is_empty()).map(|it| it.to_lowercase()).collect();
    let person = store::consultation::person(db, id).await?;
    let (own, proven) = person.map(|it| (it.email, it.proven)).unwrap_or_default();
    let live = [own.as_ref().map(|it| it.to_lowercase()), proven.as_ref().map(ProvenAddress::key)];
    earlier.retain(|it| !live.contains(&Some(it.clone())));
    Ok((earlier, own))
}

/// Returns the earlier addresses of the contact in lower case, and the mails that did not reach them.
async fn to_send_again(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<(Vec<String>, Vec<outbox::Model>), Problem> {
    let (earlier, present) = addresses(db, id).await?;
    if present.is_none() {
        return Ok((Vec::new(), Vec::new()));
    }
    let rows = readdressed::undelivered(db, id, &earlier).await?;
    Ok((earlier, rows))
}

/// Returns a mail to `old` as it goes to the present address. Links that would sign the old address in are replaced.
async fn readdress(
    work: &mut CaseTransaction<'_>,
    row: outbox::Model,
    old: &str,
) -> Result<ReaddressedMail, Problem> {
    let key = old.to_lowercase();
    let email = work.company_address().unwrap_or_default().to_owned();
    let (email_key, id) = (email.to_lowercase(), work.record.consultation.id);
    let is_confirmed = work.record.consultation.address_confirmed || work.reached_proven().is_some();
    let mut tokens = BTreeMap::new();
    for token in tokens_of(work.app, &row.text_body) {
        let purpose = link::find_any_state(work.read(), &token_hash(&token)).await?;
        let is_of_old = matches!(
            &purpose,
            Some(Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) if *email_key == key
        );
        if is_of_old {
            let email_key = email_key.clone();
            let purpose = if is_confirmed {
                Purpose::SignIn { email_key }
            } else {
                Purpose::Confirm { email_key, consultation: id }
            };
            let new = work.token(&purpose, PORTAL_LINK)?;
            tokens.insert(token, new);
        }
    }
    let replaced =
        |text: &str| tokens.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    // A mail to an unconfirmed address was written without the name of its reader.
    let names_nobody = row.recipient_name.is_empty();
    let to_name = if names_nobody && !is_confirmed { String::new() } else { work.person.name.clone() };
    Ok(ReaddressedMail {
        text: replaced(&row.text_body),
        html: replaced(&row.html_body),
        calendar: row.calendar.as_deref().map(|it| invitation(work, it, &email, &to_name)),
        to: email,
        to_name,
        is_confirmed,
        names_nobody,
        row,
    })
}

/// Returns a calendar part for the company's new address, with the reply address that belongs to it.
fn invitation(work: &CaseTransaction<'_>, written: &str, address: &str, name: &str) -> String {
    let organizer = work.app.reply_address(work.record.consultation.id, address);
    let to = Attendee { person: Person { address, name }, participation: Participation::Accepted };
    readdressed_invitation(written, &organizer, to)
}

/// The instant at which the address of the contact was confirmed; `None` has it confirmed anew. The last value is the
/// address that speaks for the company until then.
struct AddressProof(ConsultationId, Option<DateTime<Utc>>, Option<ProvenAddress>);

impl Save for AddressProof {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        let Self(id, confirmed, proven) = self;
        Ok(store::consultation::correction::set_confirmed(to.tx, id, confirmed, proven.as_ref()).await?)
    }
}

/// A mail that serves no purpose any more, and the reason.
struct SupersededMail(Uuid, &'static str);

impl Save for SupersededMail {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::drop_superseded(to.tx, self.0, self.1).await?)
    }
}

/// A waiting mail whose words are said in a call, because its reader's address was removed.
struct MailForCall(Uuid);

impl Save for MailForCall {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::leave_to_call(to.tx, self.0, to.now).await?)
    }
}

/// Saves a waiting mail with its new recipient.
impl Save for ReaddressedMail {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::change_recipient(to.tx, self).await?)
    }
}

/// A mail that is sent once more, to the present address.
struct ResentMail<'a> {
    mail: ReaddressedMail,
    by: AccountId,
    why: &'a str,
    domain: &'a str,
}

impl Save for ResentMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::send_again(to.tx, self.mail, (self.by, self.why), self.domain, to.now).await?)
    }
}

/// The bounces of a consultation's mails to these addresses, which are dealt with.
struct SettledBounces<'a>(ConsultationId, &'a [String]);

impl Save for SettledBounces<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::settle_bounces(to.tx, self.0, self.1, to.now).await?)
    }
}

/// Returns the tokens of the single-use links in a text.
fn tokens_of(app: &App, text: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some((_, address, after)) = app.site.next_own(rest) {
        if let Some((_, token)) = address.split_once("/l/") {
            let token = token.split(['?', '#', '/']).next().unwrap_or_default();
            if !token.is_empty() && !tokens.iter().any(|it| it == token) {
                tokens.push(token.to_owned());
            }
        }
        rest = after;
    }
    tokens
}
