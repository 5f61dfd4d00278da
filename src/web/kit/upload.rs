//! Forms that may carry files.
use std::{future::Future, pin::Pin};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use futures_util::StreamExt;

use crate::{
    app::App,
    ops::correspondence::attachment::{self, UploadedFile},
    web::kit::{
        form::{BadForm, FieldErrors, Fields},
        page::no_app,
    },
};

/// The name of the field for files.
pub const FILES: &str = "files";
/// The name of a page's second field for files, in the form of the internal note.
pub const NOTE_FILES: &str = "note-files";
/// The name of a page's third field for files, in the form of the note for the center alone.
pub const CENTER_NOTE_FILES: &str = "center-note-files";
pub const DESK_FILES: &str = "desk-files";

/// The fields and the files of a form.
#[derive(Debug, Default)]
pub struct FormWithFiles {
    pub fields: Fields,
    pub files: Vec<UploadedFile>,
}

/// The length of the longest field that is not a file, in bytes.
const LONGEST_FIELD: usize = 256 * 1024;
const MOST_FIELDS: usize = 200;
/// The length of the longest body that is read, in bytes. It exceeds the limits on files so that the page can
/// name the file that is too large.
const LONGEST_BODY: usize = 120 * 1024 * 1024;

impl FormWithFiles {
    /// Adds the error of the files to this field. The files have to be chosen again, and the sentence says
    /// so.
    pub fn check(&self, app: &App, field: &'static str, errors: &mut FieldErrors) {
        if let Some(why) = attachment::refusal(app, &self.files) {
            errors.add(field, format!("{why}。選び直してください"));
        }
    }
}

impl FromRequest for FormWithFiles {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let largest = req.app_data::<Data<App>>().map(|it| it.config.attachments.largest);
        if req.content_type().eq_ignore_ascii_case("multipart/form-data") {
            let multipart = Multipart::new(req.headers(), payload.take());
            return Box::pin(async move { read(multipart, largest.ok_or_else(no_app)?).await });
        }
        let fields = Fields::from_request(req, payload);
        Box::pin(async move { Ok(Self { fields: fields.await?, files: Vec::new() }) })
    }
}

async fn read(mut multipart: Multipart, largest: usize) -> Result<FormWithFiles, actix_web::Error> {
    let mut form = FormWithFiles::default();
    let (mut count, mut length) = (0, 0);
    while let Some(field) = multipart.next().await {
        let mut field = field.map_err(|_| BadForm::Unreadable)?;
        count += 1;
        if count > MOST_FIELDS {
            return Err(BadForm::TooLong.into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.content_disposition().and_then(|it| it.get_filename()).map(str::to_owned);
        let longest = if file.is_some() { largest + 1 } else { LONGEST_FIELD };
        let bytes = bytes(&mut field, longest, &mut length).await?;
        match file {
            // A field for files in which no file was chosen.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(file) => {
                let kind = field.content_type().map(|it| it.essence_str().to_owned()).unwrap_or_default();
                form.files.push(UploadedFile::new(&file, &kind, bytes));
            }
            None => form.fields.add(name, String::from_utf8(bytes).map_err(|_| BadForm::Unreadable)?),
        }
    }
    Ok(form)
}

/// Reads at most `longest` bytes of a field; further bytes are read and discarded.
async fn bytes(field: &mut Field, longest: usize, length: &mut usize) -> Result<Vec<u8>, actix_web::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| BadForm::Unreadable)?;
        *length += chunk.len();
        if *length > LONGEST_BODY {
            return Err(BadForm::TooLong.into());
        }
        let room = longest.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(&chunk[..room]);
    }
    Ok(bytes)
}
