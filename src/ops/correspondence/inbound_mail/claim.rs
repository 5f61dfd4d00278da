//! Determines which consultation a mail is about and who wrote it. Both must be proved by something that we sent to
//! that very address.
use domain::{
    actor::{Actor, Role},
    id::{AccountId, ConsultationId, DeskId, ExpertId},
};

use super::InboundMail;
use crate::{
    app::App,
    problem::Problem,
    secret::reply_subject,
    store::{
        self,
        consultation::ContactPerson,
        correspondence::{inbound_mail::SentMail, message::Audience},
    },
};

/// The consultation that a mail names by something that only we can have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseClaim {
    pub consultation: ConsultationId,
    /// The address that it was sent to, lower-cased.
    pub sent_to: String,
}

/// The author of a mail, who has a part in the consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailAuthor {
    Company,
    Coordinator(AccountId),
    /// A person of the desk that handed the consultation over.
    Desk(DeskId, AccountId),
    /// An expert who was asked and has not answered.
    Asked(ExpertId),
    /// An expert who has accepted.
    Expert(ExpertId),
    /// An expert who has declined, has let the request lapse, or whose request was withdrawn.
    Former(ExpertId),
}

impl MailAuthor {
    /// Returns the actor and the audience of such an author's mail. The company does not learn of an expert who has not
    /// accepted.
    pub const fn speaks(&self) -> Option<(Actor, Audience)> {
        match *self {
            Self::Company => Some((Actor::Company, Audience::Everyone)),
            Self::Coordinator(id) => Some((Actor::Coordinator(id), Audience::Everyone)),
            Self::Desk(id, person) => Some((Actor::Desk(id, Some(person)), Audience::Desk)),
            Self::Asked(id) => Some((Actor::Expert(id), Audience::Internal)),
            Self::Expert(id) => Some((Actor::Expert(id), Audience::Everyone)),
            Self::Former(_) => None,
        }
    }
}

/// Returns the consultation named by the token in a recipient address, or else by a Message-ID of ours that the mail
/// answers.
///
/// The token comes first: it is in the address that we asked the sender to write to. Of several Message-IDs, the one of
/// the mail that went to the sender counts.
pub async fn of(app: &App, received: &InboundMail) -> Result<Option<CaseClaim>, Problem> {
    if let Some(claim) = by_token(app, received).await? {
        return Ok(Some(claim));
    }
    let mut ids: Vec<_> =
        received.read.in_reply_to.iter().chain(received.read.references.iter().rev()).collect();
    ids.extend(received.report.iter().flat_map(|it| &it.message_ids));
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    let sent = store::correspondence::inbound_mail::sent_as(&app.db, &ids).await?;
    let sender = received.sender();
    let about = |it: &&SentMail| it.consultation.is_some();
    let own = sent.iter().filter(about).find(|it| Some(it.recipient.to_lowercase()) == sender);
    let named = own.or_else(|| sent.iter().find(about));
    Ok(named.and_then(|it| {
        Some(CaseClaim { consultation: it.consultation?, sent_to: it.recipient.to_lowercase() })
    }))
}

async fn by_token(app: &App, received: &InboundMail) -> Result<Option<CaseClaim>, Problem> {
    for token in tokens(app, received) {
        let Some(consultation) = reply_subject(&token).map(ConsultationId) else { continue };
        let mut known = store::correspondence::inbound_mail::written_to(&app.db, consultation).await?;
        let person = store::consultation::person(&app.db, consultation).await?;
        known.extend(person.into_iter().flat_map(ContactPerson::addresses));
        known.extend(received.sender());
        let found = app.secret.reply_verify(&token, known.iter().map(String::as_str));
        if let Some((_, sent_to)) = found
            && store::consultation::find(&app.db, consultation).await?.is_some()
        {
            return Ok(Some(CaseClaim { consultation, sent_to: sent_to.to_lowercase() }));
        }
    }
    Ok(None)
}

/// Returns the reply tokens among the recipients. No person's mail holds more than a few.
pub fn tokens(app: &App, received: &InboundMail) -> Vec<String> {
    let headers = received.read.recipients().map(|it| it.address.as_str());
    let addresses = std::iter::once(received.row.envelope_to.as_str()).chain(headers);
    let found = addresses.filter_map(|it| token(it, &app.config.mail_reply_domain));
    found.take(20).map(str::to_owned).collect()
}

/// Returns the part between `reply+` and `@` of an address of our domain.
fn token<'a>(address: &'a str, domain: &str) -> Option<&'a str> {
    let (local, host) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (name, token) = local.split_once('+')?;
    (host.eq_ignore_ascii_case(domain) && name.eq_ignore_ascii_case("reply")).then_some(token)
}

/// Returns the author of a mail, if they have a part in the consultation and prove it by a mail that we sent to their
/// own address.
pub async fn author(
    app: &App,
    received: &InboundMail,
    claim: &CaseClaim,
) -> Result<Option<MailAuthor>, Problem> {
    let Some(sender) = received.sender() else { return Ok(None) };
    let db = &app.db;
    let account = store::accounts::account::find_by_email(db, &sender).await?.filter(|it| it.active);
    if let Some(it) = account.as_ref().filter(|it| works_at_center(it.role)) {
        // Mail to the center goes to an address that its staff share.
        let programme = app.programme().await?;
        let shared = programme.settings_at(app.clock.now()).center_email.to_lowercase();
        let own = claim.sent_to == sender || claim.sent_to == shared;
        return Ok(own.then_some(MailAuthor::Coordinator(it.id)));
    }
    if claim.sent_to != sender {
        return Ok(None);
    }
    let person = store::consultation::person(db, claim.consultation).await?;
    if person.is_some_and(|it| it.addresses().any(|it| it.to_lowercase() == sender)) {
        return Ok(Some(MailAuthor::Company));
    }
    if let Some((desk, person)) = account.as_ref().and_then(|it| Some((it.desk?, it.id))) {
        let record = store::consultation::find(db, claim.consultation).await?;
        return Ok(record.filter(|it| it.desk == Some(desk)).map(|_| MailAuthor::Desk(desk, person)));
    }
    let Some(account) = account.filter(|it| it.role == Role::Expert) else { return Ok(None) };
    let id = ExpertId(account.id.0);
    let assignments = store::routing::assignment::of(db, claim.consultation).await?;
    let own: Vec<_> = assignments.into_iter().filter(|it| it.expert == id).collect();
    Ok(if own.iter().any(domain::routing::assignment::Assignment::is_accepted) {
        Some(MailAuthor::Expert(id))
    } else if own.iter().any(domain::routing::assignment::Assignment::is_live) {
        Some(MailAuthor::Asked(id))
    } else if own.is_empty() {
        None
    } else {
        Some(MailAuthor::Former(id))
    })
}

const fn works_at_center(role: Role) -> bool {
    match role {
        Role::Coordinator | Role::Administrator => true,
        Role::Expert | Role::Desk | Role::Observer | Role::Editor => false,
    }
}
