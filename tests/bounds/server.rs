//! Databases to measure on, and servers on a port of their own.
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App as Web, HttpServer,
    web::{Data, ServiceConfig},
};
use domain::{actor::Role, intake::contact::EmailAddress};
use madoguchi::{
    app::App,
    cached::Cached,
    clock::Clock,
    config::Config,
    database, demo,
    fetch::{Fetcher, Limits},
    mail::{
        sender::Sender,
        transport::{Memory, Transport},
    },
    ops::{
        self,
        accounts::{
            account::{NewAccount, SignIn},
            browser::Browser,
        },
    },
    password::{Password, SignInGuard},
    secret::Secret,
    store,
    url::Site,
    web,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use uuid::Uuid;

/// A service on a filled database, and a coordinator who is signed in.
pub struct Filled {
    pub app: App,
    pub url: String,
    pub address: SocketAddr,
    pub cookie: String,
}

pub fn scratch() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("madoguchi-bench-{}", Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub async fn filled(folder: &Path, consultations: usize, experts: usize) -> Filled {
    let url = format!("sqlite://{}/{consultations}.db", folder.display());
    let app = app(&url).await;
    demo::fill::run(&app.db, consultations, experts, 1, app.clock.now()).await.unwrap();
    store::table_sizes::learn(&app.db).await.unwrap();
    let cookie = coordinator(&app).await;
    let address = serve(app.clone());
    Filled { app, url, address, cookie }
}

/// Makes the service on a migrated database; mail is not delivered.
pub async fn app(url: &str) -> App {
    let second_factor = Vec::new();
    let config = Config { second_factor, ..Config::parse(&BTreeMap::new(), "").unwrap() };
    let db = database::connect(url).await.unwrap();
    database::migrate(&db).await.unwrap();
    let writer = database::writer(url, &db).await.unwrap();
    App {
        db,
        writer,
        clock: Clock::System,
        mail: Sender {
            transport: Transport::Memory(Memory::default()),
            from: config.mail_from.address.parse().unwrap(),
            dkim: None,
        },
        fetch: Fetcher::new(&config.fetch_allow, Limits::default()),
        secret: Secret::generate().unwrap(),
        site: Site::new(config.public_url.as_str()),
        config: Arc::new(config),
        cached: Arc::new(Cached::shown_for(Duration::from_secs(1))),
        guard: SignInGuard::default(),
        runs_worker: false,
        readiness: Arc::default(),
        readers: Arc::default(),
        searches: Arc::default(),
    }
}

pub async fn fresh_postgres(server: &str) -> String {
    let name = format!("madoguchi_bench_{}", Uuid::new_v4().simple());
    let admin = Database::connect(server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

/// Serves the whole site, on one thread: client and server share two cores.
pub fn serve(app: App) -> SocketAddr {
    let data = Data::new(app);
    let server = HttpServer::new(move || web::site(data.clone())).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// Opens the database with SeaORM's defaults, to measure against.
pub async fn bare_connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Serves a bare service, to measure against.
pub fn serve_bare(routes: fn(&mut ServiceConfig), app: &App) -> SocketAddr {
    let data = Data::new(app.clone());
    let server = HttpServer::new(move || Web::new().app_data(data.clone()).configure(routes));
    let server = server.workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

async fn coordinator(app: &App) -> String {
    let email = EmailAddress::parse("bench@example.jp").unwrap();
    let new = NewAccount { email, name: "計測".to_owned(), role: Role::Coordinator, desk: None };
    let invitation = ops::accounts::account::invite(app, &new).await.unwrap();
    let password = Password::parse("correct horse battery", "", "").unwrap();
    ops::accounts::account::set_password(app, &invitation.token, password).await.unwrap();
    let browser = Browser {
        address: [127, 0, 0, 1].into(),
        network: "127.0.0.0/24",
        user_agent: "",
        device: None,
        previous: None,
    };
    let signed_in =
        ops::accounts::account::sign_in(app, "bench@example.jp", "correct horse battery", &browser).await;
    let SignIn::SignedIn(it) = signed_in.unwrap() else { panic!("no second factor is asked for") };
    format!("madoguchi_session={}", it.token)
}
