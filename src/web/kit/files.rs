//! Handing out a file of a message: to be saved, never to be shown by us.
use actix_web::{
    HttpResponse,
    http::header::{
        CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam, DispositionType,
        ExtendedValue,
    },
};
use domain::id::{AttachmentId, ConsultationId};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, correspondence::message::Audience},
};

/// A file of this consultation, for an audience that may read the message that it came with.
///
/// Whatever it says that it is, it goes out as bytes: a browser that showed it would do so in our name.
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
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: file.name.into_bytes(),
    };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    };
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(disposition)
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .body(bytes))
}
