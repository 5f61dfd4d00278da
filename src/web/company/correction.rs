//! The application as it was sent, with what was corrected since, and the company's own corrections.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    post,
    web::{Data, Path, block},
};
use askama::Template;
use domain::{
    actor::Party,
    calendar::jst,
    consultation::correction::{CaseValues, CorrectedField, Correction, CorrectionSection, corrections},
    wording::{long_date_time, month_day_time},
};

use super::{
    own_consultation::{self, OwnConsultation},
    sign_in,
};
use crate::{
    app::App,
    ops::consultation::correction::{self as ops, SignedInCompany},
    pdf::{Block, Document},
    problem::Problem,
    store::{self, reference::programme::Programme},
    web::kit::{
        correction::{CorrectionForm, ShownCorrection, as_sent, fields_of, reason, touched},
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::CompanyUser,
    },
};

#[derive(Template)]
#[template(path = "company/application.html")]
struct ApplicationPage {
    shell: Shell,
    number: String,
    path: String,
    received: String,
    sections: Vec<SentSection>,
    corrections: Vec<SinceThen>,
}

struct SentSection {
    title: &'static str,
    code: &'static str,
    rows: Vec<(&'static str, String)>,
}

/// A correction that was made after the application was sent.
struct SinceThen {
    when: String,
    who: &'static str,
    correction: ShownCorrection,
}

#[derive(Template)]
#[template(path = "company/correct.html")]
struct CorrectPage {
    shell: Shell,
    number: String,
    path: String,
    values: CaseValues,
    correction: CorrectionForm,
    refused: Option<String>,
}

#[get("/my/{number}/application")]
pub async fn application(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    page::html(&as_it_was_sent(&app, shell, &own).await?)
}

/// Sends the application as a PDF document.
#[get("/my/{number}/application.pdf")]
pub async fn application_pdf(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let page = as_it_was_sent(&app, shell, &own).await?;
    let name = format!("attachment; filename=\"application-{}.pdf\"", page.number);
    let document = Document {
        title: format!("申込みの内容（{}）", page.number),
        made_at: app.clock.now().with_timezone(&jst()),
        blocks: blocks(&page),
    };
    // Setting the type takes milliseconds, which other requests of this thread would wait for.
    let file = block(move || document.write()).await.map_err(anyhow::Error::from)?;
    let file = file.map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(file))
}

fn blocks(page: &ApplicationPage) -> Vec<Block> {
    let received = format!("{}に受け付けました。", page.received);
    let mut all = vec![Block::Paragraph(received), Block::Paragraph(page.shell.settings.center_name.clone())];
    for section in &page.sections {
        all.push(Block::Heading(section.title.to_owned()));
        for (label, value) in &section.rows {
            let value = if value.trim().is_empty() { "入力なし" } else { value };
            all.push(Block::Value((*label).to_owned(), value.to_owned()));
        }
    }
    all.push(Block::Heading("そのあとの訂正".to_owned()));
    if page.corrections.is_empty() {
        all.push(Block::Paragraph("訂正はありません。".to_owned()));
    }
    for it in &page.corrections {
        let ShownCorrection { label, old, new, .. } = &it.correction;
        let change = format!("訂正前：{old}\n訂正後：{new}");
        all.push(Block::Value(format!("{}　{}　{label}", it.when, it.who), change));
    }
    all
}

async fn as_it_was_sent(app: &App, shell: Shell, own: &OwnConsultation) -> Result<ApplicationPage, Problem> {
    let id = own.0.consultation.id;
    let values = ops::values(app, id).await?;
    let saved = store::consultation::correction::of(&app.db, id).await?;
    // A link has a page of its own, and the way by which the request came in is the center's note.
    let is_own = |it: &store::consultation::correction::SavedCorrection| {
        !matches!(it.field, CorrectedField::MeetingLink | CorrectedField::Origin)
    };
    let saved: Vec<_> = saved.into_iter().filter(is_own).collect();
    let events = store::audit::event::of(&app.db, id).await?;
    let events: BTreeMap<_, _> = events.iter().map(|it| (it.seq, it)).collect();
    let programme = app.programme().await?;
    let sent = as_sent(&values, &saved);
    let since = saved.iter().filter_map(|it| {
        let event = events.get(&it.seq)?;
        let correction = ShownCorrection { reason: String::new(), ..ShownCorrection::of(it, &programme) };
        Some(SinceThen { when: month_day_time(event.at), who: event.by.party().label(), correction })
    });
    Ok(ApplicationPage {
        shell,
        number: own.0.number.to_string(),
        path: own.path(""),
        received: long_date_time(own.0.received_at),
        sections: CorrectionSection::ALL.map(|it| section(it, &sent, &programme)).into(),
        corrections: since.collect(),
    })
}

#[get("/my/{number}/correct/{section}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let values = ops::values(&app, own.0.consultation.id).await?;
    let programme = app.programme().await?;
    let correction = CorrectionForm::of(section, Party::Company, &values, &programme);
    let (number, path) = (own.0.number.to_string(), own.path(""));
    page::html(&CorrectPage { shell, number, path, values, correction, refused: None })
}

#[post("/my/{number}/correct/{section}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    (user, own): (CompanyUser, OwnConsultation),
    req: HttpRequest,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let network = sign_in::network(&app, &req);
    let company = SignedInCompany { email_key: &user.email_key, network: &network };
    let id = own.0.consultation.id;
    let values = ops::values(&app, id).await?;
    let typed = touched(&form, &fields_of(section, Party::Company));
    let mut state = FormState::of(form);
    let reason = reason(&state.form, &mut state.errors);
    match (corrections(&values, &typed, section), reason) {
        (Err(mistakes), _) => {
            for (field, message) in mistakes {
                state.errors.add(field, message);
            }
        }
        (Ok(_), None) => {}
        (Ok(found), Some(_)) if has_conflict(&state.form, &found) => {
            state.refused = Some(Problem::Stale.to_string());
        }
        (Ok(_), Some(reason)) => {
            match ops::correct_own(&app, id, company, section, &typed, reason.as_ref()).await {
                Ok(found) => return done(&app, &user, &own, &found).await,
                Err(problem) => state.refused = Some(crate::web::kit::form_state::sentence(problem)?),
            }
        }
    }
    let values = ops::values(&app, id).await?;
    let programme = app.programme().await?;
    let (status, refused) = (state.status(), state.refused);
    let correction =
        CorrectionForm::typed(section, Party::Company, &values, &programme, (&state.form, state.errors));
    let (number, path) = (own.0.number.to_string(), own.path(""));
    page::html_with(status, &CorrectPage { shell, number, path, values, correction, refused })
}

/// Returns whether a value is not the one that the form had shown.
fn has_conflict(form: &Fields, found: &[Correction]) -> bool {
    found.iter().any(|it| {
        let seen = format!("was_{}", it.field.code());
        form.all(&seen).next().is_some_and(|seen| seen.replace("\r\n", "\n") != it.old)
    })
}

/// Leads on after a correction. With another address, the page stays open for the address with which the company is
/// signed in, and asks for the proof of the new one.
async fn done(
    app: &App,
    user: &CompanyUser,
    own: &OwnConsultation,
    found: &[Correction],
) -> Result<HttpResponse, Problem> {
    let email = found.iter().find(|it| it.field == CorrectedField::Email);
    let number = own.0.number.to_string();
    let to = match own_consultation::find(app, user, &number).await {
        Ok(own) => own.path(""),
        Err(Problem::NotFound) => "/my".to_owned(),
        Err(problem) => return Err(problem),
    };
    let confirmed = store::consultation::find(&app.db, own.0.consultation.id).await?;
    let is_confirmed = confirmed.is_some_and(|it| it.consultation.address_confirmed);
    Ok(match email {
        Some(it) if it.new.is_empty() => page::see_other_with(
            to,
            "メールアドレスを削除しました。このあとは、センターからお電話でご連絡します。",
        ),
        Some(_) if is_confirmed => page::see_other_with(to, "確認済みのメールアドレスに戻しました。"),
        Some(it) => {
            let flash = format!("メールアドレスを訂正し、{}に確認のメールを送りました。", it.new);
            page::see_other_with(to, &flash)
        }
        None if found.is_empty() => {
            page::see_other_with(own.path("/application"), "訂正した項目はありません。")
        }
        None => page::see_other_with(own.path("/application"), "登録内容を訂正しました。"),
    })
}

fn section(it: CorrectionSection, sent: &CaseValues, programme: &Programme) -> SentSection {
    let rows = it.fields().iter().filter_map(|&field| {
        let value = CaseValues::shown(field, sent.get(field), |code| programme.theme_label(code).to_owned());
        // The application does not ask for these.
        let is_extra = matches!(
            field,
            CorrectedField::SecondName
                | CorrectedField::SecondKana
                | CorrectedField::SecondEmail
                | CorrectedField::SecondPhone
                | CorrectedField::VisitPrefecture
                | CorrectedField::VisitPlace
                | CorrectedField::Participants
                | CorrectedField::Origin
        );
        (!is_extra).then_some((field.label(), value))
    });
    SentSection { title: it.label(), code: it.code(), rows: rows.collect() }
}
