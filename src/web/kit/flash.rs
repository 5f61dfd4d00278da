//! One sentence for the next page, such as 「下書きを保存しました」, in a cookie that lives until it is shown.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

const COOKIE: &str = "madoguchi_flash";
/// The longest accepted cookie value, in bytes; a longer one is not ours.
const LONGEST: usize = 1000;

/// The mark that a page has shown the sentence.
struct Shown;

pub fn cookie(message: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, URL_SAFE_NO_PAD.encode(message))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::minutes(5))
        .finish()
}

/// Returns the sentence that was left for this page and marks it as shown.
pub fn take(req: &HttpRequest) -> Option<String> {
    let cookie = req.cookie(COOKIE).filter(|it| it.value().len() <= LONGEST)?;
    let message = String::from_utf8(URL_SAFE_NO_PAD.decode(cookie.value()).ok()?).ok()?;
    req.extensions_mut().insert(Shown);
    Some(message)
}

/// Removes the cookie once its sentence was shown.
pub fn clear_if_shown(req: &HttpRequest, response: &mut HttpResponse) {
    if req.extensions().get::<Shown>().is_some() && !response.cookies().any(|it| it.name() == COOKIE) {
        // A removal cookie is valid by construction.
        let _ = response.add_removal_cookie(&Cookie::build(COOKIE, "").path("/").finish());
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{cookie::Cookie, test::TestRequest};

    use super::{cookie, take};

    #[test]
    fn a_sentence_survives_the_journey_and_rubbish_does_not() {
        let req = TestRequest::get().cookie(cookie("日時を変更しました。<b>")).to_http_request();
        assert_eq!(take(&req).as_deref(), Some("日時を変更しました。<b>"));
        let req = TestRequest::get().cookie(Cookie::new("madoguchi_flash", "%%%")).to_http_request();
        assert_eq!(take(&req), None);
    }
}
