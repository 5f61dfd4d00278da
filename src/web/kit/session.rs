//! The visitor of a request, by role. A handler that takes one of these types cannot run for any other
//! visitor.
use std::{borrow::Cow, future::Future, pin::Pin, time::Duration as WallTime};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::Data,
};
use chrono::TimeDelta;
use domain::{
    accounts::{DEVICE_REMEMBERED, idle_limit},
    actor::Role,
    id::{AccountId, DeskId, ExpertId},
};

use crate::{
    app::App,
    ops::{
        self,
        accounts::account::{COMPANY_SESSION, STAFF_SESSION},
    },
    problem::Problem,
    secret::token_hash,
    store::{self, accounts::account::Account},
    web::kit::page::no_app,
};

/// The names of our cookies over http. Over https each begins with `__Host-`, by which browsers refuse a cookie that a
/// neighbouring host or an unencrypted page has set.
pub const STAFF_COOKIE: &str = "madoguchi_session";
pub const COMPANY_COOKIE: &str = "madoguchi_company";
/// The cookie by which a browser is known to an account. It signs no one in.
pub const DEVICE_COOKIE: &str = "madoguchi_device";

/// The precision with which the last use of a session is kept.
const USE_NOTED: TimeDelta = TimeDelta::minutes(1);
/// The longest time for which a page waits until the use of its session is kept.
const NOTING_TAKES: WallTime = WallTime::from_secs(1);

/// A person who works at the center.
#[derive(Clone, Debug)]
pub struct Coordinator {
    pub id: AccountId,
    pub name: String,
}

/// A person who gives consultations.
#[derive(Clone, Debug)]
pub struct ExpertUser {
    pub id: ExpertId,
    pub name: String,
}

/// A person who works at a regional first-line desk.
#[derive(Clone, Debug)]
pub struct DeskUser {
    pub id: AccountId,
    pub desk: DeskId,
    pub name: String,
}

/// A person who reads statistics.
#[derive(Clone, Debug)]
pub struct Observer {
    pub id: AccountId,
    pub name: String,
}

/// A person who writes what the programme publishes: an editor or a coordinator.
#[derive(Clone, Debug)]
pub struct EditorUser {
    pub id: AccountId,
    pub name: String,
}

/// A person who manages accounts and settings.
#[derive(Clone, Debug)]
pub struct Administrator {
    pub id: AccountId,
    pub name: String,
}

/// A person who signs in with a password, whatever the role.
#[derive(Clone, Debug)]
pub struct AnyStaff {
    pub account: Account,
}

/// A company's contact, who signed in by a link.
#[derive(Clone, Debug)]
pub struct CompanyUser {
    /// The lower-cased address to which the link was sent.
    pub email_key: String,
}

/// Any visitor: the page differs if an account or a contact is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub account: Option<Account>,
    /// The lower-cased address of a company's contact who is signed in.
    pub company: Option<String>,
}

/// Returns the cookie of a signed-in account.
pub fn staff_cookie(app: &App, token: String) -> Cookie<'static> {
    cookie(app, STAFF_COOKIE, token, STAFF_SESSION)
}

/// Returns the cookie of a browser that is known to an account.
pub fn device_cookie(app: &App, token: String) -> Cookie<'static> {
    cookie(app, DEVICE_COOKIE, token, DEVICE_REMEMBERED)
}

/// Returns the cookie of a signed-in company's contact.
pub fn company_cookie(app: &App, token: String) -> Cookie<'static> {
    cookie(app, COMPANY_COOKIE, token, COMPANY_SESSION)
}

/// Returns the cookie that removes the session from a browser on signing out.
pub fn removal_cookie(app: &App, name: &'static str) -> Cookie<'static> {
    let name = cookie_name(app, name);
    let mut cookie = Cookie::build(name, "").path("/").http_only(true).same_site(SameSite::Lax).finish();
    cookie.make_removal();
    cookie
}

/// Asks the browser to forget the pages that it has kept. The cookie of the session goes by `removal_cookie`, because the
/// message about the sign-out is a cookie, too.
pub fn forget_pages(response: &mut HttpResponse) {
    let kinds = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(header::CLEAR_SITE_DATA, kinds);
}

/// Returns the value of one of our cookies.
pub fn cookie_value(req: &HttpRequest, name: &'static str) -> Option<String> {
    let app = req.app_data::<Data<App>>()?;
    req.cookie(&cookie_name(app, name)).map(|it| it.value().to_owned()).filter(|it| !it.is_empty())
}

/// Returns the hash by which the database knows the session of a signed-in account.
pub fn session_hash(req: &HttpRequest) -> Option<String> {
    cookie_value(req, STAFF_COOKIE).map(|it| token_hash(&it))
}

/// Returns the account that is signed in. Only the first call for a request queries the database.
pub async fn account(req: &HttpRequest) -> Result<Option<Account>, Problem> {
    #[derive(Clone)]
    struct Known(Option<Account>);

    if let Some(Known(account)) = req.extensions().get::<Known>() {
        return Ok(account.clone());
    }
    let account = match session_hash(req) {
        Some(hash) => {
            let app = req.app_data::<Data<App>>().ok_or_else(no_app)?;
            awake(app, &hash, *req.method() == Method::GET).await?
        }
        None => None,
    };
    req.extensions_mut().insert(Known(account.clone()));
    Ok(account)
}

/// Returns the account of an open session that was not idle for too long. Reading a page keeps it awake; a form that is
/// sent leads to a page. A failure to keep the use is no failure of the page.
async fn awake(app: &App, hash: &str, reads_page: bool) -> Result<Option<Account>, Problem> {
    let now = app.clock.now();
    let Some((account, used_at)) = store::accounts::session::account(&app.db, hash, now).await? else {
        return Ok(None);
    };
    let idle = now - used_at;
    if idle >= idle_limit(account.role) {
        return Ok(None);
    }
    if reads_page && idle >= USE_NOTED {
        let noted = ops::accounts::own_account::note_use(app, hash);
        match tokio::time::timeout(NOTING_TAKES, noted).await {
            Ok(Ok(())) => {}
            Ok(Err(err)) => tracing::warn!("the use of a session was not kept: {err:#}"),
            Err(_) => tracing::warn!("the use of a session was not kept in time"),
        }
    }
    Ok(Some(account))
}

/// Returns the lower-cased address of the company's contact who is signed in. Only the first call for a
/// request queries the database.
pub async fn contact(req: &HttpRequest) -> Result<Option<String>, Problem> {
    #[derive(Clone)]
    struct Known(Option<String>);

    if let Some(Known(contact)) = req.extensions().get::<Known>() {
        return Ok(contact.clone());
    }
    let contact = match cookie_value(req, COMPANY_COOKIE) {
        Some(token) => {
            let app = req.app_data::<Data<App>>().ok_or_else(no_app)?;
            store::accounts::session::contact(&app.db, &token_hash(&token), app.clock.now()).await?
        }
        None => None,
    };
    req.extensions_mut().insert(Known(contact.clone()));
    Ok(contact)
}

fn cookie(app: &App, name: &'static str, token: String, lasts: TimeDelta) -> Cookie<'static> {
    // `Secure` is added to all cookies in one place if the site is https.
    Cookie::build(cookie_name(app, name), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(lasts.num_seconds()))
        .finish()
}

fn cookie_name(app: &App, name: &'static str) -> Cow<'static, str> {
    if app.site.is_https() { Cow::Owned(format!("__Host-{name}")) } else { Cow::Borrowed(name) }
}

async fn with_role(req: &HttpRequest, role: Role) -> Result<Account, Problem> {
    let account = account(req).await?.ok_or(Problem::SignInFirst)?;
    if account.role == role { Ok(account) } else { Err(Problem::Forbidden) }
}

async fn coordinator(req: HttpRequest) -> Result<Coordinator, Problem> {
    let account = with_role(&req, Role::Coordinator).await?;
    Ok(Coordinator { id: account.id, name: account.name })
}

async fn expert(req: HttpRequest) -> Result<ExpertUser, Problem> {
    let account = with_role(&req, Role::Expert).await?;
    Ok(ExpertUser { id: ExpertId(account.id.0), name: account.name })
}

async fn desk(req: HttpRequest) -> Result<DeskUser, Problem> {
    let account = with_role(&req, Role::Desk).await?;
    let desk = account.desk.ok_or(Problem::Forbidden)?;
    Ok(DeskUser { id: account.id, desk, name: account.name })
}

async fn observer(req: HttpRequest) -> Result<Observer, Problem> {
    let account = with_role(&req, Role::Observer).await?;
    Ok(Observer { id: account.id, name: account.name })
}

async fn editor(req: HttpRequest) -> Result<EditorUser, Problem> {
    let account = account(&req).await?.ok_or(Problem::SignInFirst)?;
    match account.role {
        Role::Editor | Role::Coordinator => Ok(EditorUser { id: account.id, name: account.name }),
        Role::Expert | Role::Desk | Role::Observer | Role::Administrator => Err(Problem::Forbidden),
    }
}

async fn administrator(req: HttpRequest) -> Result<Administrator, Problem> {
    let account = with_role(&req, Role::Administrator).await?;
    Ok(Administrator { id: account.id, name: account.name })
}

async fn any_staff(req: HttpRequest) -> Result<AnyStaff, Problem> {
    account(&req).await?.map(|account| AnyStaff { account }).ok_or(Problem::SignInFirst)
}

async fn company(req: HttpRequest) -> Result<CompanyUser, Problem> {
    contact(&req).await?.map(|email_key| CompanyUser { email_key }).ok_or(Problem::SignInFirst)
}

async fn visitor(req: HttpRequest) -> Result<Visitor, Problem> {
    Ok(Visitor { account: account(&req).await?, company: contact(&req).await? })
}

macro_rules! from_request {
    ($($principal:ident by $find:ident;)*) => {$(
        impl FromRequest for $principal {
            type Error = Problem;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

            fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
                Box::pin($find(req.clone()))
            }
        }
    )*};
}

from_request! {
    Coordinator by coordinator;
    ExpertUser by expert;
    DeskUser by desk;
    Observer by observer;
    EditorUser by editor;
    Administrator by administrator;
    AnyStaff by any_staff;
    CompanyUser by company;
    Visitor by visitor;
}
