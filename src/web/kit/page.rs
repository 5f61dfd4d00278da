//! Pages and redirects as answers, and the frame around every page's content.
use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    cookie::Cookie,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use domain::{actor::Role, settings::Settings};

use crate::{
    app::App,
    problem::Problem,
    store::accounts::account::Account,
    web::kit::{flash, session},
};

/// The frame around a page's content: every template has one as `shell`.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The settings of the current fiscal year.
    pub settings: Settings,
    /// The sentence that is shown once, at the top.
    pub flash: Option<String>,
    /// The account that is signed in with a password.
    pub account: Option<Account>,
    /// The requested path, without the query.
    pub path: String,
}

/// One entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub href: &'static str,
    pub label: &'static str,
    pub current: bool,
}

pub fn html(page: &impl Template) -> Result<HttpResponse, Problem> {
    html_with(StatusCode::OK, page)
}

/// Answers with status 422 and the form with its typed values.
pub fn unprocessable(page: &impl Template) -> Result<HttpResponse, Problem> {
    html_with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

pub fn html_with(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Problem> {
    let body = page.render()?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// Marks an answer as one that search engines leave out: its address gives access to its bearer.
pub fn unlisted(mut answer: HttpResponse) -> HttpResponse {
    let (name, value) = ("x-robots-tag", "noindex");
    answer
        .headers_mut()
        .insert(header::HeaderName::from_static(name), header::HeaderValue::from_static(value));
    answer
}

/// Redirects after a POST: the browser goes on to `location` with a GET.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location.as_ref())).finish()
}

/// Redirects after a POST, with a sentence that the next page shows once.
pub fn see_other_with(location: impl AsRef<str>, message: &str) -> HttpResponse {
    let mut builder = HttpResponse::SeeOther();
    builder.insert_header((header::LOCATION, location.as_ref())).cookie(flash::cookie(message)).finish()
}

/// Adds a cookie, or the removal of one, to a response.
pub fn with_cookie(mut response: HttpResponse, cookie: &Cookie<'_>) -> Result<HttpResponse, Problem> {
    response.add_cookie(cookie).map_err(|err| Problem::Internal(err.into()))?;
    Ok(response)
}

/// Returns the settings of the current fiscal year.
pub async fn settings(app: &App) -> Result<Settings, Problem> {
    let programme = app.programme_to_show().await?;
    Ok(programme.settings_at(app.clock.now()).clone())
}

impl Shell {
    /// Returns the frame of a page that shows no signed-in account, for error pages.
    pub fn bare(settings: Settings) -> Self {
        Self { settings, flash: None, account: None, path: String::new() }
    }

    /// Returns the opening hours, such as 「平日9時から17時」.
    pub fn hours(&self) -> String {
        format!("平日{}時から{}時", self.settings.opens_hour, self.settings.closes_hour)
    }

    /// Returns the navigation for the role that is signed in.
    pub fn nav(&self) -> Vec<NavItem> {
        let role = self.account.as_ref().map(|it| it.role);
        self.items(role.map_or(&[][..], entries))
    }

    /// Returns the menu of the public pages.
    pub fn menu(&self) -> Vec<NavItem> {
        self.items(MENU)
    }

    fn items(&self, entries: &[(&'static str, &'static str)]) -> Vec<NavItem> {
        let current = entries
            .iter()
            .filter(|(href, _)| is_below(&self.path, href))
            .map(|(href, _)| *href)
            .max_by_key(|it| it.len());
        let item = |&(href, label)| NavItem { href, label, current: current == Some(href) };
        entries.iter().map(item).collect()
    }
}

impl FromRequest for Shell {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let app = req.app_data::<Data<App>>().ok_or_else(no_app)?;
            Ok(Self {
                settings: settings(app).await?,
                flash: flash::take(&req),
                account: session::account(&req).await?,
                path: req.path().to_owned(),
            })
        })
    }
}

/// The menu of the public pages.
const MENU: &[(&str, &str)] = &[
    ("/apply", "相談する"),
    ("/cases", "事例"),
    ("/guide", "支援制度"),
    ("/events", "イベント"),
    ("/news", "お知らせ"),
    ("/stats", "統計"),
];

/// Returns the page on which a role starts.
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "/staff",
        Role::Expert => "/expert",
        Role::Desk => "/desk",
        Role::Observer => "/stats",
        Role::Editor => "/staff/publish",
        Role::Administrator => "/admin",
    }
}

pub(in crate::web) fn no_app() -> Problem {
    Problem::Internal(anyhow::anyhow!("the site was built without its application data"))
}

const fn entries(role: Role) -> &'static [(&'static str, &'static str)] {
    match role {
        Role::Coordinator => &[
            ("/staff", "対応一覧"),
            ("/staff/consultations", "相談案件"),
            ("/staff/new", "電話受付"),
            ("/staff/tasks", "作業"),
            ("/staff/schedule", "専門家の予定"),
            ("/staff/mail", "メール"),
            ("/staff/templates", "返信のひな形"),
            ("/staff/publish", "お知らせ・イベント"),
            ("/stats", "利用状況"),
            ("/staff/notifications", "お知らせ設定"),
        ],
        Role::Expert => &[
            ("/expert", "やること"),
            ("/expert/calendar", "カレンダー"),
            ("/expert/availability", "空きの登録"),
            ("/expert/calendars", "外部カレンダー"),
            ("/expert/notifications", "お知らせ設定"),
        ],
        Role::Desk => &[
            ("/desk", "引き継いだ相談"),
            ("/desk/calls", "受付の記録"),
            ("/desk/new", "代理申込み"),
            ("/desk/figures", "月ごとの件数"),
        ],
        Role::Observer => &[("/stats", "利用状況")],
        Role::Editor => &[("/staff/publish", "お知らせ・イベント"), ("/stats", "利用状況")],
        Role::Administrator => &[("/admin", "管理"), ("/stats", "利用状況")],
    }
}

fn is_below(path: &str, href: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use domain::{actor::Role, id::AccountId, settings::Settings};

    use super::{Shell, entries, home};
    use crate::store::accounts::account::Account;

    #[test]
    fn one_entry_of_the_navigation_is_current() {
        let account = Account {
            id: AccountId(uuid::Uuid::nil()),
            email: String::new(),
            name: String::new(),
            role: Role::Coordinator,
            desk: None,
            active: true,
            has_password: true,
        };
        for (path, expected) in [
            ("/staff", Some("/staff")),
            ("/staff/consultations/R08-000123", Some("/staff/consultations")),
            ("/staff/newer", Some("/staff")),
            ("/help", None),
        ] {
            let shell = Shell {
                account: Some(account.clone()),
                path: path.to_owned(),
                ..Shell::bare(Settings::default())
            };
            let current: Vec<_> = shell.nav().into_iter().filter(|it| it.current).map(|it| it.href).collect();
            assert_eq!(current, Vec::from_iter(expected), "{path}");
        }
    }

    #[test]
    fn every_role_starts_on_its_first_page() {
        for role in Role::ALL {
            assert_eq!(entries(role)[0].0, home(role));
        }
    }
}
