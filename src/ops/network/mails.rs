//! The mails of the network. Those about a question have our relay address, at which the reader answers.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::{MentorId, NetworkQuestionId},
    network::{KEPT, NetworkSide, without_addresses},
    text::Prose,
};

use super::transaction::NetworkTransaction;
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, NetworkMailEvent, Recipient},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    ops::case::context::Context,
    problem::Problem,
    secret::Purpose,
    store::network::mentor::Mentor,
    url,
};

/// The time for which the links of the network are valid.
const LINK: TimeDelta = TimeDelta::days(KEPT.num_days() * 3);

/// Returns the address of a mentor's own page.
pub fn mentor_page(app: &App, id: MentorId) -> String {
    let token = app.secret.sign(Purpose::Mentor, id.0, app.clock.now() + LINK);
    app.site.absolute(&url::mentor(&token))
}

/// Returns the address of the page of a side of a question.
pub fn question_page(app: &App, id: NetworkQuestionId, side: NetworkSide) -> String {
    let purpose = if side == NetworkSide::Mentor { Purpose::NetworkAnswer } else { Purpose::NetworkQuestion };
    let token = app.secret.sign(purpose, id.0, app.clock.now() + LINK);
    let path =
        if side == NetworkSide::Mentor { url::network_answer(&token) } else { url::network_question(&token) };
    app.site.absolute(&path)
}

/// Returns the beginning of the keys of all mails about a question, and of all mails about a mentor.
pub fn key_of_question(id: NetworkQuestionId) -> String {
    format!("network/question/{}/", id.0.simple())
}

pub fn key_of_mentor(id: MentorId) -> String {
    format!("network/mentor/{}/", id.0.simple())
}

/// Writes a mail to a mentor about its registration.
pub fn to_mentor(
    app: &App,
    context: &Context,
    it: &Mentor,
    event: NetworkMailEvent<'_>,
) -> Result<OutgoingMail, Problem> {
    let kind = event.text().code();
    let address = it.entry.email.to_string();
    let to = Recipient { address: &address, name: it.entry.contact_name.as_str() };
    let mut mails = context.mails(app);
    let outgoing = mails.mail(AccountMailEvent::Network(event), to)?.clone();
    let key = format!("{}{kind}/{}/{}", key_of_mentor(it.id), it.version, context.now.timestamp_micros());
    Ok(OutgoingMail { dedup_key: Some(key), ..outgoing })
}

impl NetworkTransaction<'_> {
    /// Adds a mail to the asker. An address that is not proved gets nothing but the request to prove it.
    pub fn tell_asker(&mut self, event: NetworkMailEvent<'_>) -> Result<(), Problem> {
        let address = self.question.entry.email.to_string();
        let name = self.question.entry.contact_name.to_string();
        self.tell(event, Recipient { address: &address, name: &name })
    }

    /// Adds a mail to the mentor who has the question.
    pub fn tell_mentor(&mut self, it: &Mentor, event: NetworkMailEvent<'_>) -> Result<(), Problem> {
        let address = it.entry.email.to_string();
        self.tell(event, Recipient { address: &address, name: it.entry.contact_name.as_str() })
    }

    /// Adds the mail that reminds the mentor at `at`, unless the question is answered or taken away until then.
    pub fn remind_mentor(
        &mut self,
        it: &Mentor,
        event: NetworkMailEvent<'_>,
        (at, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), Problem> {
        self.tell_mentor(it, event)?;
        let question = self.question.id;
        if let Some(mail) = self.mails.last_mut() {
            mail.due_at = at;
            mail.send_condition = Some(SendCondition::QuestionWaits { question, until });
        }
        Ok(())
    }

    fn tell(&mut self, event: NetworkMailEvent<'_>, to: Recipient<'_>) -> Result<(), Problem> {
        let kind = event.text().code();
        let mut mails = self.context.mails(self.app);
        let outgoing = mails.mail(AccountMailEvent::Network(event), to)?.clone();
        let version = self.question.version;
        let key = format!("{}{kind}/{version}/{}", key_of_question(self.question.id), self.mails.len());
        let relay = event.is_relayed().then_some(self.question.id);
        self.mails.push(OutgoingMail { dedup_key: Some(key), relay, ..outgoing });
        Ok(())
    }

    /// Returns words as the other side reads them: without mail addresses before both agree.
    pub fn shown_words(&self, words: &Prose) -> String {
        if self.question.life.is_open_to_both() {
            return words.to_string();
        }
        without_addresses(words.as_str())
    }
}
