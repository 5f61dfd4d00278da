//! The whole service in memory, with a clock that stands still and mail that is not delivered.
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::Deref,
    path::Path,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::MessageBody,
    cookie::Cookie,
    http::header,
    test::{TestRequest, init_service, try_call_service},
    web::Data,
};
use chrono::{DateTime, Utc};
use domain::{actor::Role, intake::contact::EmailAddress};
use futures_util::future::LocalBoxFuture;
use madoguchi::{
    app::App,
    clock::Clock,
    config::Config,
    database,
    fetch::{Fetcher, Limits},
    mail::{
        sender::Sender,
        transport::{Memory, Transport},
    },
    ops::{self, accounts::account::NewAccount},
    password::{HashCost, Password, SignInGuard},
    secret::{Secret, token_hash},
    store::accounts::account::Account,
    url,
    web::{self, kit::session::STAFF_COOKIE},
};
use tokio::sync::Mutex;

use crate::scratch::Scratch;

pub const PASSWORD: &str = "correct horse battery";

/// A service and one browser that visits it.
pub struct Site {
    inner: Inner,
    routes: SharedRoutes,
    cookies: Mutex<BTreeMap<String, String>>,
    /// When this browser last sent a request.
    sent_at: Cell<DateTime<Utc>>,
    /// Whether the person is away while the clock moves, so that the session becomes idle.
    is_away: Cell<bool>,
    database: Arc<Scratch>,
}

/// The part of a site that everyone can read and `change` alone can change.
pub struct Inner {
    pub app: App,
}

impl Deref for Site {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// The routes of a service, as its browsers share them after the first request: to make them takes longer than to
/// answer most requests.
type SharedRoutes = Rc<RefCell<Option<Rc<Routes>>>>;
type Routes = dyn Fn(TestRequest) -> LocalBoxFuture<'static, HttpResponse>;

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// The `Set-Cookie` headers, whole.
    pub cookies: Vec<String>,
    pub body: String,
}

impl Site {
    /// Makes a site at 14:05 of Friday, 20 November 2026, Japan time.
    pub async fn new() -> Self {
        Self::with_settings(&[]).await
    }

    /// Makes a site like `new`, with some settings of the environment.
    pub async fn with_settings(settings: &[(&str, &str)]) -> Self {
        Self::on(Scratch::memory().await, settings)
    }

    /// Makes a site whose database several connections can write at once: SQLite in a file rather than in memory.
    pub async fn on_disk() -> Self {
        Self::on(Scratch::file().await, &[])
    }

    /// Makes a site like `on_disk`, with some settings of the environment.
    pub async fn on_disk_with_settings(settings: &[(&str, &str)]) -> Self {
        Self::on(Scratch::file().await, settings)
    }

    /// Makes a site with a database at this address and attachments in this folder, on a disk that the test manages.
    pub async fn on_disk_at(database_url: &str, files: &Path) -> Self {
        Self::on(Scratch::at_place(database_url, files).await, &[])
    }

    /// Applies pending migrations on new connections, as a program does that starts. A connection of the pool would
    /// check a statement that alters a table against the columns that it remembers.
    pub async fn migrate_again(&self) {
        let db = database::connect(&self.database.url).await.unwrap();
        database::migrate(&db).await.unwrap();
        db.close().await.unwrap();
    }

    /// Returns the address of the database, for another process.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Makes a site with this database, and some settings of the environment.
    pub fn on(database: Scratch, settings: &[(&str, &str)]) -> Self {
        let mut settings: BTreeMap<_, _> =
            settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        // Only the tests of the second factor have one.
        settings.entry("MADOGUCHI_SECOND_FACTOR".to_owned()).or_insert_with(|| "none".to_owned());
        let mut config = Config::parse(&settings, "").unwrap();
        config.attachments.folder = database.files.clone();
        let app = App {
            db: database.db.clone(),
            writer: database.writer.clone(),
            clock: Clock::fixed("2026-11-20T05:05:00Z".parse::<DateTime<Utc>>().unwrap()),
            mail: Sender {
                transport: Transport::Memory(Memory::default()),
                from: config.mail_from.address.parse().unwrap(),
                dkim: None,
            },
            fetch: Fetcher::new(&config.fetch_allow, Limits::default()),
            secret: Secret::new([7; 32]),
            site: url::Site::new(config.public_url.as_str()),
            config: Arc::new(config),
            cached: Arc::default(),
            // A quarter of the time of all tests went into hashes that withstand guessing.
            guard: SignInGuard::of_cost(HashCost { memory: 64, passes: 1 }),
            runs_worker: false,
            readiness: Arc::default(),
            readers: Arc::default(),
            searches: Arc::default(),
        };
        Self {
            sent_at: Cell::new(app.clock.now()),
            is_away: Cell::new(false),
            inner: Inner { app },
            routes: Rc::default(),
            cookies: Mutex::default(),
            database: Arc::new(database),
        }
    }

    /// Changes the service as its browser finds it from now on. The other browsers go on with what they have.
    pub fn change(&mut self, change: impl FnOnce(&mut App)) {
        change(&mut self.inner.app);
        self.routes = Rc::default();
    }

    /// Returns another browser that visits the same service.
    pub fn visitor(&self) -> Self {
        Self {
            sent_at: Cell::new(self.app.clock.now()),
            is_away: Cell::new(false),
            inner: Inner { app: self.app.clone() },
            routes: Rc::clone(&self.routes),
            cookies: Mutex::default(),
            database: Arc::clone(&self.database),
        }
    }

    /// Makes an account that can sign in with `PASSWORD`.
    pub async fn account(&self, role: Role, email: &str) -> Account {
        let email = EmailAddress::parse(email).unwrap();
        let new = NewAccount { email, name: "鈴木 花子".to_owned(), role, desk: None };
        let invitation = ops::accounts::account::invite(&self.app, &new).await.unwrap();
        let password = Password::parse(PASSWORD, "", "").unwrap();
        ops::accounts::account::set_password(&self.app, &invitation.token, password).await.unwrap()
    }

    /// Makes a site with an account of this role, signed in.
    pub async fn signed_in(role: Role) -> Self {
        let site = Self::new().await;
        site.account(role, "someone@example.jp").await;
        let reply = site.sign_in("someone@example.jp", PASSWORD).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        site
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Reply {
        self.post("/staff/sign-in", &[("email", email), ("password", password)]).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Returns the body of a download as bytes.
    pub async fn send_bytes(&self, path: &str) -> Vec<u8> {
        let mut request = TestRequest::get().uri(path);
        for (name, value) in self.cookies.lock().await.iter() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let response = self.routes().await(request).await;
        response.into_body().try_into_bytes().ok().unwrap_or_default().to_vec()
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(TestRequest::post().uri(path).set_form(form)).await
    }

    /// Sends a request as this browser would, and keeps the cookies that come back.
    pub async fn send(&self, mut request: TestRequest) -> Reply {
        let mut cookies = self.cookies.lock().await;
        self.stay_awake(cookies.get(STAFF_COOKIE)).await;
        for (name, value) in cookies.iter() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let reply = reply(self.routes().await(request).await);
        for cookie in &reply.cookies {
            let cookie = Cookie::parse(cookie.clone()).unwrap();
            match cookie.max_age() {
                Some(age) if age.is_zero() => cookies.remove(cookie.name()),
                _ => cookies.insert(cookie.name().to_owned(), cookie.value().to_owned()),
            };
        }
        reply
    }

    /// Lets the person of this browser be away from now on: its sign-in ends when it was not used for too long.
    pub fn goes_away(&self) {
        self.is_away.set(true);
    }

    /// Uses the sign-in of this browser as if pages had been read while a test moved the clock. A database that cannot be
    /// written keeps nothing, as with a page.
    async fn stay_awake(&self, cookie: Option<&String>) {
        let now = self.app.clock.now();
        let moved = self.sent_at.replace(now) < now;
        if let Some(cookie) = cookie.filter(|_| moved && !self.is_away.get()) {
            let hash = token_hash(cookie);
            let noted = ops::accounts::own_account::note_use(&self.app, &hash);
            let _ = tokio::time::timeout(Duration::from_secs(1), noted).await;
        }
    }

    async fn routes(&self) -> Rc<Routes> {
        let made = self.routes.borrow().clone();
        if let Some(made) = made {
            return made;
        }
        let service = Rc::new(init_service(web::site(Data::new(self.app.clone()))).await);
        let made: Rc<Routes> = Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                // A page that exceeded its time limit has no request any more; a server still answers with the error's
                // own response.
                match try_call_service(&*service, request.to_request()).await {
                    Ok(response) => response.into_parts().1,
                    Err(err) => err.error_response(),
                }
            })
        });
        *self.routes.borrow_mut() = Some(Rc::clone(&made));
        made
    }

    /// Returns the value of a cookie that the browser holds.
    pub async fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().await.get(name).cloned()
    }

    pub async fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().await.insert(name.to_owned(), value.to_owned());
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Fails with the page's text if it does not contain `text`.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "no {text:?} in {}", self.body);
    }
}

fn reply(response: HttpResponse<impl MessageBody>) -> Reply {
    let status = response.status().as_u16();
    let text = |value: &header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers: BTreeMap<_, _> =
        response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let cookies = response.headers().get_all(header::SET_COOKIE).map(text).collect();
    let location = headers.get("location").cloned();
    let body = response.into_body().try_into_bytes().ok().unwrap_or_default();
    Reply { status, location, headers, cookies, body: String::from_utf8_lossy(&body).into_owned() }
}
