//! The certificate of a registration for a telework month: a page to print, and the same as a PDF document.
use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path, block},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{calendar::jst, wording::long_date};

use super::registrant::{facts_of, gone};
use crate::{
    app::App,
    ops,
    pdf::{Block, Document},
    problem::Problem,
    url,
    web::kit::{
        campaign_view::days,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/certificate.html")]
struct CertificatePage {
    shell: Shell,
    /// The address of the registrant's page.
    back: String,
    /// The address of the PDF document.
    file: String,
    certificate: Certificate,
}

/// The words of a certificate.
struct Certificate {
    /// The title of the telework month.
    title: String,
    name: String,
    number: String,
    period: String,
    words: String,
    /// The time of the approval.
    approved_at: DateTime<Utc>,
}

#[get("/m/{token}/certificate")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    match find(&app, &token).await? {
        Found::Certificate(certificate) => {
            let back = url::registration(&token);
            let file = format!("{back}/certificate.pdf");
            page::html(&CertificatePage { shell, back, file, certificate }).map(page::unlisted)
        }
        Found::NotListed => Ok(page::see_other(url::registration(&token))),
        Found::Nothing => gone(shell),
    }
}

#[get("/m/{token}/certificate.pdf")]
pub async fn pdf(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let certificate = match find(&app, &token).await? {
        Found::Certificate(it) => it,
        Found::NotListed => return Ok(page::see_other(url::registration(&token))),
        Found::Nothing => return gone(shell),
    };
    let name = format!("attachment; filename=\"certificate-{}.pdf\"", certificate.number);
    let document = certificate.document(&shell.settings.operator_name);
    // Setting the type takes milliseconds, which other requests of this thread would wait for.
    let file = block(move || document.write()).await.map_err(anyhow::Error::from)?;
    let answer = HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(file.map_err(anyhow::Error::from)?);
    Ok(page::unlisted(answer))
}

/// The registration of a link.
enum Found {
    Certificate(Certificate),
    /// It is not in the public list, so that there is nothing to certify.
    NotListed,
    Nothing,
}

async fn find(app: &App, token: &str) -> Result<Found, Problem> {
    let Some((it, campaign)) = ops::campaign::registration_of(app, token).await? else {
        return Ok(Found::Nothing);
    };
    let Some((listed, number)) = it.life.listed.as_ref().zip(it.number) else { return Ok(Found::NotListed) };
    let shelf = app.shelf_to_show().await?;
    let words = facts_of(&shelf, app, &campaign).and_then(|it| it.certificate.as_ref());
    let words = words.map_or_else(
        || format!("「{}」の趣旨に賛同し、活動に取り組む登録者であることを証します。", campaign.title),
        ToString::to_string,
    );
    Ok(Found::Certificate(Certificate {
        name: listed.name.to_string(),
        number: format!("{}-{number:05}", campaign.year),
        period: days(campaign.starts_on, campaign.ends_on),
        words,
        approved_at: it.decided.map_or(it.created_at, |it| it.0),
        title: campaign.title,
    }))
}

impl Certificate {
    /// Returns the day of the approval in words.
    fn day(&self) -> String {
        long_date(self.approved_at)
    }

    /// Returns the document. The same certificate gives the same bytes.
    fn document(&self, operator: &str) -> Document {
        let value = |label: &str, value: &str| Block::Value(label.to_owned(), value.to_owned());
        Document {
            title: "登録証".to_owned(),
            made_at: self.approved_at.with_timezone(&jst()),
            blocks: vec![
                Block::Heading(format!("{}　殿", self.name)),
                Block::Paragraph(self.words.clone()),
                value("登録番号", &self.number),
                value("名称", &self.title),
                value("期間", &self.period),
                value("登録した日", &self.day()),
                Block::Paragraph(operator.to_owned()),
            ],
        }
    }
}
