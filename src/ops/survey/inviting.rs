//! The codes of a survey: printed for a firm that sends them, or mailed to people who have opted in to surveys.
use chrono::TimeDelta;
use codes::EditorAct;
use domain::{
    calendar::japan_date,
    id::{AccountId, PublicationId, SurveyCodeId},
    publication::{PublicationKind, survey::SurveyTarget},
    survey::SurveyAccess,
};
use uuid::Uuid;

use super::transaction::SurveyTransaction;
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, Recipient, SurveyMailEvent},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    problem::Problem,
    secret::Purpose,
    store::survey::{
        code,
        recipient::{self, SurveyRecipient},
    },
    url,
};

/// The most codes that are made at once.
pub const MOST_CODES: usize = 5_000;

/// The number of signs of a code.
const SIGNS: usize = 16;

/// The time for which the link that stops these mails is valid.
const STOP_LINK: TimeDelta = TimeDelta::days(400);

/// Returns the code with this id as it is printed: four groups of hexadecimal digits. It follows from our key, so that it
/// is stored nowhere and can be printed again.
pub fn code_of(app: &App, id: SurveyCodeId) -> String {
    let signs = app.secret.pseudonym(&format!("survey-code/{id}"));
    let signs: Vec<char> = signs.chars().take(SIGNS).collect();
    signs.chunks(4).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Returns the keyed hash of a typed code of a survey. Width, case, blanks and hyphens do not matter.
pub(super) fn code_key(app: &App, survey: PublicationId, typed: &str) -> String {
    let folded = domain::text::digits(typed).to_lowercase();
    let signs: String = folded.chars().filter(char::is_ascii_hexdigit).collect();
    app.secret.pseudonym(&format!("survey-code-key/{survey}/{signs}"))
}

fn new_code(app: &App, survey: PublicationId) -> (SurveyCodeId, String) {
    let id = SurveyCodeId(Uuid::now_v7());
    (id, code_key(app, survey, &code_of(app, id)))
}

/// Makes `count` codes that are printed.
pub async fn print_codes(
    app: &App,
    survey: PublicationId,
    count: usize,
    by: AccountId,
) -> Result<(), Problem> {
    let work = SurveyTransaction::begin(app, survey).await?;
    work.refuse_codes()?;
    let codes: Vec<_> = (0..count.min(MOST_CODES)).map(|_| new_code(app, survey)).collect();
    code::insert_printed(&work.tx, survey, &codes, work.now()).await?;
    work.record(EditorAct::CodesMade, Some(codes.len()), by).await?;
    work.commit().await
}

/// Invites the people whom a filter chooses, each address once. `shown` is the number that the page showed: if it is
/// another one now, no person is invited, and the number is shown again.
pub async fn invite(
    app: &App,
    survey: PublicationId,
    filter: &SurveyTarget,
    office: &str,
    shown: usize,
    by: AccountId,
) -> Result<usize, Problem> {
    let mut work = SurveyTransaction::begin(app, survey).await?;
    work.refuse_codes()?;
    if work.now() < work.survey.opens_at {
        return Err(Problem::Refused("公開が始まってから送れます。".to_owned()));
    }
    let chosen = recipient::chosen(&work.tx, survey, filter).await?;
    if chosen.len() != shown {
        let why = "送る相手の数が変わりました。いまの数を確認して、もう一度送ってください。";
        return Err(Problem::Refused(why.to_owned()));
    }
    let codes: Vec<_> = chosen
        .into_iter()
        .map(|to| {
            let (id, key) = new_code(app, survey);
            (id, key, to)
        })
        .collect();
    code::insert_mailed(&work.tx, survey, &codes, work.now()).await?;
    for (id, _, to) in &codes {
        work.write(*id, to, office, false)?;
    }
    work.record(EditorAct::SurveyInvited, Some(codes.len()), by).await?;
    work.commit().await?;
    Ok(codes.len())
}

/// Returns the beginning of the keys of all mails of a survey, by which they are found when it is erased.
pub(super) fn key_of(survey: PublicationId) -> String {
    format!("survey/{}/", survey.0.simple())
}

impl SurveyTransaction<'_> {
    /// Refuses codes for a survey that needs none or takes no answers any more.
    fn refuse_codes(&self) -> Result<(), Problem> {
        let why = if self.survey.access == SurveyAccess::Everyone {
            "この調査は、どなたでも回答できるため、回答番号を使いません。"
        } else if self.survey.closes_at <= self.now() {
            "回答の締切りが過ぎています。"
        } else {
            return Ok(());
        };
        Err(Problem::Refused(why.to_owned()))
    }

    /// Writes the invitation with a code, or its reminder.
    pub(super) fn write(
        &mut self,
        id: SurveyCodeId,
        to: &SurveyRecipient,
        office: &str,
        is_reminder: bool,
    ) -> Result<(), Problem> {
        let token = self.app.secret.sign(Purpose::StopOutreach, to.id().uuid(), self.now() + STOP_LINK);
        let site = &self.app.site;
        let stop = site.absolute(&url::stop_outreach(&token));
        let page = site.absolute(&url::survey_answer(self.survey.number, &code_of(self.app, id)));
        let notice = site.absolute(&url::publication(PublicationKind::Survey, self.survey.number));
        let event = SurveyMailEvent {
            is_reminder,
            title: &self.survey.title,
            office,
            closes_on: japan_date(self.survey.closes_at - TimeDelta::seconds(1)),
            page: &page,
            notice: &notice,
            stop: &stop,
        };
        let kind = event.text().code();
        let reader = Recipient { address: to.address(), name: to.name() };
        let mut mails = self.context.mails(self.app);
        let outgoing = mails.mail(AccountMailEvent::Survey(event), reader)?.clone();
        let key = format!("{}{}/{kind}", key_of(self.survey.id), id.0.simple());
        let send_condition = Some(SendCondition::SurveyOpen { code: id });
        self.mails.push(OutgoingMail { dedup_key: Some(key), send_condition, ..outgoing });
        Ok(())
    }
}
