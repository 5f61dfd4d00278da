//! The status and the page for a `Problem` or any other failure.
use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};
use askama::Template;
use domain::settings::Settings;

use crate::{
    app::App,
    fault::{self, Fault},
    problem::Problem,
    web::kit::{
        log::RequestNumber,
        page::{self, Shell},
    },
};

/// The text of a page about a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    title: &'static str,
    what: String,
    /// The sentence that says what is kept and what the visitor can do.
    then: &'static str,
}

#[derive(Template)]
#[template(path = "problem/page.html")]
struct ProblemPage {
    shell: Shell,
    text: Text,
    /// The request's number, to be quoted on the telephone.
    request_number: Option<String>,
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignInFirst => StatusCode::SEE_OTHER,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Refused(_) | Self::Stale | Self::SlotTaken => StatusCode::CONFLICT,
            Self::Expired => StatusCode::GONE,
            Self::TooMany | Self::NetworkFull(_) | Self::Crowded => StatusCode::TOO_MANY_REQUESTS,
            Self::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the status alone; `pages` writes the page because it has the request.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Gives every failure its page, whether the failure is ours or the framework's.
pub async fn pages(
    app: Data<App>,
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    // The number is read first: a failed handler returns no request.
    let (number, is_change) = (RequestNumber::of(req.request()), is_change(req.method()));
    let (answer, transactions) = fault::counting_transactions(next.call(req)).await;
    let change = is_change.then_some(transactions);
    let answer = match answer {
        Ok(answer) => answer,
        Err(err) => {
            let status = err.as_response_error().status_code();
            let text = match err.as_error::<Problem>() {
                Some(problem) => {
                    log(problem);
                    text(problem, status, change)
                }
                None => text_of_status(status),
            };
            let page = page_for(&app, status, text, number).await;
            return Err(InternalError::from_response(err, page).into());
        }
    };
    let status = answer.status();
    let failed = answer.response().error().is_some();
    let bare = status.as_u16() >= 400 && !answer.headers().contains_key(header::CONTENT_TYPE);
    if !failed && !bare {
        return Ok(answer);
    }
    let (req, response) = answer.into_parts();
    let problem = response.error().and_then(|it| it.as_error::<Problem>());
    problem.into_iter().for_each(log);
    let page = match problem {
        Some(Problem::SignInFirst) => page::see_other(sign_in_for(&req)),
        Some(problem) => page_for(&app, status, text(problem, status, change), number).await,
        None => page_for(&app, status, text_of_status(status), number).await,
    };
    Ok(ServiceResponse::new(req, page))
}

/// Logs a failure. Each failure is logged once, here.
fn log(problem: &Problem) {
    match problem {
        Problem::Internal(cause) => tracing::error!("internal error: {cause:#}"),
        Problem::Unavailable(fault, cause) => {
            tracing::error!(?fault, "the database or the disk does not work: {cause:#}");
        }
        Problem::NotFound
        | Problem::SignInFirst
        | Problem::Forbidden
        | Problem::Refused(_)
        | Problem::Stale
        | Problem::SlotTaken
        | Problem::Expired
        | Problem::TooMany
        | Problem::NetworkFull(_)
        | Problem::Crowded
        | Problem::Unreadable => {}
    }
}

/// Returns whether a request of this method asks for a change.
fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Returns `next` if it is an address on this site that can be opened after signing in; any other is dropped.
pub fn safe_next(next: &str) -> Option<&str> {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let plain = next.starts_with('/') && !next.contains(['\\', '\r', '\n', '\t', ' ']) && next.len() <= 500;
    let staff = is_for_staff(path) && !path.starts_with("/staff/sign-") && !path.contains("//");
    (plain && staff && next.is_ascii() && !path.contains("..")).then_some(next)
}

async fn page_for(app: &App, status: StatusCode, text: Text, number: Option<String>) -> HttpResponse {
    // The page about a failing database must not need the database.
    let settings = match status.is_server_error() {
        true => Settings::default(),
        false => page::settings(app).await.unwrap_or_default(),
    };
    let number = number.filter(|_| status.is_server_error());
    let page = ProblemPage { shell: Shell::bare(settings), text, request_number: number };
    let mut response = page::html_with(status, &page).unwrap_or_else(|_| HttpResponse::new(status));
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    }
    response
}

/// Returns the address at which the audience of this page signs in.
fn sign_in_for(req: &HttpRequest) -> String {
    if !is_for_staff(req.path()) {
        return "/login".to_owned();
    }
    let requested = req.uri().path_and_query().map_or("", |it| it.as_str());
    match safe_next(requested).filter(|_| req.method() == Method::GET) {
        Some(next) => {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            format!("/staff/sign-in?{query}")
        }
        None => "/staff/sign-in".to_owned(),
    }
}

fn is_for_staff(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    ["staff", "expert", "desk", "stats", "admin", "account"].contains(&first)
}

/// Returns the text for a problem. `change` is the number of transactions begun for a request that asks for a
/// change.
fn text(problem: &Problem, status: StatusCode, change: Option<u32>) -> Text {
    if let (Problem::Unavailable(fault, _), Some(transactions)) = (problem, change) {
        return text_of_fault(fault.after_transactions(transactions));
    }
    let (title, then) = match problem {
        Problem::Refused(_) => (
            "この操作はできませんでした",
            "登録されている内容は変わっていません。前の画面に戻り、最新の内容を確認してください。",
        ),
        Problem::Stale => (
            "内容が更新されています",
            "先に保存された内容が登録されています。前の画面に戻り、画面を読み込み直してください。",
        ),
        Problem::SlotTaken => (
            "選んだ日時は予約できませんでした",
            "ほかの入力内容は保存されています。前の画面に戻り、別の日時を選んでください。",
        ),
        Problem::Expired => (
            "リンクの期限が切れています",
            "リンクは、期限を過ぎたときと一度使ったあとは開けません。新しいリンクを受け取ってください。",
        ),
        Problem::NetworkFull(_) => (
            "いまはお申し込みを受け付けられません",
            "これまでに保存した内容は残っています。時間をおいて、もう一度お試しいただくこともできます。",
        ),
        Problem::Crowded => (
            "ログインが込み合っています",
            "登録されている内容は変わっていません。1分ほど待ってから、もう一度ログインしてください。",
        ),
        Problem::NotFound
        | Problem::SignInFirst
        | Problem::Forbidden
        | Problem::TooMany
        | Problem::Unreadable
        | Problem::Unavailable(..)
        | Problem::Internal(_) => return text_of_status(status),
    };
    Text { title, what: problem.to_string(), then }
}

/// Returns the text for a fault during a change, which first says whether the change was saved.
fn text_of_fault(fault: Fault) -> Text {
    let (title, what, then) = match fault {
        Fault::NotSaved => (
            "保存できませんでした",
            "いま送信された内容は、システムの不具合のため保存されていません。メールも送られていません。",
            "それまでに保存した内容は残っています。数分後に前の画面に戻り、もう一度送信してください。",
        ),
        Fault::Unknown => (
            "保存できたか確認できませんでした",
            "いま送信された内容が保存されたかどうかを、システムの不具合のため確認できませんでした。",
            "それまでに保存した内容は残っています。数分後に画面を開き直し、登録されていないときは、もう一度送信してください。",
        ),
    };
    Text { title, what: what.to_owned(), then }
}

fn text_of_status(status: StatusCode) -> Text {
    let (title, what, then) = match status.as_u16() {
        403 => (
            "このページは表示できません",
            "このページを表示する権限がないか、ほかのサイトから送信されました。",
            "登録されている内容は変わっていません。トップページから、もう一度お進みください。",
        ),
        404 => (
            "ページが見つかりません",
            "お探しのページまたは相談案件が見つかりません。",
            "アドレスを入力した場合は、正しいか確認してください。",
        ),
        405 => (
            "この操作はできませんでした",
            "このページでは、その操作を受け付けていません。",
            "登録されている内容は変わっていません。トップページから、もう一度お進みください。",
        ),
        408 => (
            "送信が途中で止まりました",
            "送信された内容が、途中までしか届きませんでした。",
            "登録されている内容は変わっていません。前の画面に戻って、もう一度送信してください。",
        ),
        410 => (
            "リンクの期限が切れています",
            "このリンクは期限が切れています。",
            "新しいリンクを受け取ってください。",
        ),
        413 => (
            "送信された内容が長すぎます",
            "一度に送信できる長さを超えています。",
            "前の画面に戻り、入力した文章を短くしてから、もう一度送信してください。",
        ),
        429 => (
            "しばらくお待ちください",
            "短い時間に多くの操作がありました。",
            "登録されている内容は変わっていません。15分ほどたってから、もう一度お試しください。",
        ),
        503 => (
            "一時的に表示できません",
            "ただいま、画面を表示できません。",
            "これまでに保存した内容は残っています。数分後にもう一度お試しください。",
        ),
        500..=599 => (
            "画面を表示できませんでした",
            "システムで問題が起きました。",
            "これまでに保存した内容は残っています。数分後にもう一度お試しください。",
        ),
        _ => (
            "内容を読み取れませんでした",
            "送信された内容を読み取れませんでした。",
            "登録されている内容は変わっていません。前の画面に戻って、もう一度お試しください。",
        ),
    };
    Text { title, what: what.to_owned(), then }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn signing_in_leads_to_our_own_pages_alone() {
        for good in
            ["/staff", "/staff/consultations?state=received", "/expert/calendar?w=2026-W48", "/admin/"]
        {
            assert_eq!(safe_next(good), Some(good));
        }
        for bad in [
            "",
            "staff",
            "//evil.example/staff",
            "/\\evil.example",
            "/staff\\..\\",
            "/staff//evil.example",
            "/staff/../x",
            "https://evil.example/staff",
            "/staff\r\nSet-Cookie: a=b",
            "/my",
            "/staff/sign-out",
            "/staff/sign-in?next=/staff",
            "/staffing",
            "/staff/山",
        ] {
            assert_eq!(safe_next(bad), None, "{bad}");
        }
    }
}
