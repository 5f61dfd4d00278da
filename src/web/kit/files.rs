//! Downloads of files: a file is always saved, never displayed.
use actix_web::{
    HttpResponse,
    http::header::{
        CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam, DispositionType,
        ExtendedValue,
    },
};
use domain::id::{AttachmentId, ConsultationId, PublicationFileId, PublicationId};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, correspondence::message::Audience},
};

/// Sends a file of this consultation to an audience that may read the file's message.
///
/// The file is sent as plain bytes, whatever type it claims: a browser that displayed it would do so under
/// our origin.
pub async fn answer(
    app: &App,
    consultation: ConsultationId,
    id: &str,
    audience: Audience,
) -> Result<HttpResponse, Problem> {
    let id = Uuid::parse_str(id).map(AttachmentId).map_err(|_| Problem::NotFound)?;
    let file = store::correspondence::attachment::find(&app.db, consultation, id, audience).await?;
    let file = file.ok_or(Problem::NotFound)?;
    let bytes = ops::correspondence::attachment::bytes(app, &file).await?;
    Ok(download(file.name, "application/octet-stream", bytes))
}

/// Sends a file of this publication, which is always saved, never displayed.
pub async fn of_publication(app: &App, of: PublicationId, id: Uuid) -> Result<HttpResponse, Problem> {
    let found = store::publication::file::find(&app.db, PublicationFileId(id)).await?;
    let it = found.filter(|it| it.publication == of).ok_or(Problem::NotFound)?;
    let bytes = ops::publication::file::bytes(app, &it).await?;
    Ok(download(it.name, &it.content_type, bytes))
}

/// Answers with a file that the browser saves under this name.
pub fn download(name: String, content_type: &str, bytes: Vec<u8>) -> HttpResponse {
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.into_bytes(),
    };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    };
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(disposition)
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .body(bytes)
}

/// Returns the size of a file in words, such as 「12KB」.
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes}バイト"),
        1024..1_048_576 => format!("{}KB", bytes / 1024),
        _ => format!("{}.{}MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
