//! The fields of a form as they were typed, and the errors of each field.
use std::{borrow::Cow, fmt, future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, ResponseError, dev::Payload, http::StatusCode, web};
use domain::prefecture::Prefecture;

use crate::url::percent_decoded;

/// The longest accepted body, in bytes: more than the longest form needs.
const LONGEST_BODY: usize = 256 * 1024;

/// The fields of a form exactly as they were typed, in their order; a name may occur several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// The errors of a form, in the order of its fields; at most one sentence for each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the field. It is also the `id` of the control (in a group, of the first) that the summary
    /// links to.
    pub field: &'static str,
    pub message: String,
}

/// One answer of a select, a radio group or a group of checkboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: Cow<'static, str>,
    pub label: Cow<'static, str>,
    /// A second line; may be empty.
    pub hint: Cow<'static, str>,
}

/// Why a body cannot be read as a form.
#[derive(Debug, thiserror::Error)]
pub enum BadForm {
    #[error("the body is longer than a form may be")]
    TooLong,
    #[error("the body is not a form in UTF-8")]
    Unreadable,
}

impl Fields {
    /// Parses a urlencoded body or query. Fails if an escape does not decode to UTF-8.
    pub fn parse(encoded: &[u8]) -> Result<Self, BadForm> {
        let pairs = encoded.split(|it| *it == b'&').filter(|it| !it.is_empty());
        let fields = pairs.map(|pair| {
            let at = pair.iter().position(|it| *it == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(at);
            Ok((decode(name)?, decode(value.get(1..).unwrap_or_default())?))
        });
        fields.collect::<Result<_, _>>().map(Self)
    }

    /// Returns the fields of an address's query; a query that cannot be parsed counts as absent.
    pub fn of_query(req: &HttpRequest) -> Self {
        Self::parse(req.query_string().as_bytes()).unwrap_or_default()
    }

    /// Returns the first value of a field; an empty string if nothing was typed or the field is absent.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether this value of a field was chosen.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|it| it == value)
    }

    /// Adds a value that is already known.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Returns all names and values, for drafts and for passing them on.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl FromRequest for Fields {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = req.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = web::Payload::from_request(req, payload).into_inner();
        Box::pin(async move {
            let body = body?.to_bytes_limited(LONGEST_BODY).await.map_err(|_| BadForm::TooLong)??;
            if is_form || body.is_empty() { Ok(Self::parse(&body)?) } else { Err(BadForm::Unreadable.into()) }
        })
    }
}

impl FieldErrors {
    /// Returns the parsed value, or adds its error to `field`.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, impl fmt::Display>) -> Option<T> {
        parsed.map_err(|err| self.add(field, err.to_string())).ok()
    }

    /// Adds an error to `field`, unless the field has one already.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        if self.of(field).is_none() {
            self.0.push(FieldError { field, message: message.into() });
        }
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the prefix of the page's title.
    pub fn title_prefix(&self) -> &'static str {
        if self.is_empty() { "" } else { "エラー：" }
    }
}

/// Returns all prefectures as choices, in the order of their codes.
pub fn prefectures() -> Vec<Choice> {
    Prefecture::all().map(|it| Choice::new(it.two_digits(), it.name())).collect()
}

impl Choice {
    pub fn new(value: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>) -> Self {
        Self { value: value.into(), label: label.into(), hint: Cow::Borrowed("") }
    }

    pub fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl ResponseError for BadForm {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// Decodes a value: `+` is a blank, the rest is percent-encoded.
fn decode(text: &[u8]) -> Result<String, BadForm> {
    let text: Vec<_> = text.iter().map(|it| if *it == b'+' { b' ' } else { *it }).collect();
    percent_decoded(&text).ok_or(BadForm::Unreadable)
}

#[cfg(test)]
mod tests;
