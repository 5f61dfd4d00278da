//! The real process, killed and stopped: no mail is lost, none is invented, and no change is half done.
use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ConsultationId;
use entity::{Coded, assignment, outbox, outbox_log};
use madoguchi::{
    app::App,
    clock::Clock,
    mail::outgoing_mail::{MailKind, OutgoingMail},
    ops, store,
};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DbBackend, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, Statement, sea_query::Expr,
};

use crate::{
    cases::{self, Case, Cast},
    site::Site,
    smtp::{Manner, Sink},
};

const KILLS: usize = 9;
/// The number of requests that wait for an answer at most while the process is killed.
const MOST_OFFERED: u64 = 2;
/// A bound that a slow machine with other work keeps too: it finds what does not end, and measures no speed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_RUN: Duration = Duration::from_secs(300);

/// A service on its own database, in a folder of its own, that runs in real time.
struct Service {
    site: Site,
    sink: Sink,
    folder: std::path::PathBuf,
}

impl Service {
    async fn new(manner: Manner) -> Self {
        let mut site = Site::on_disk().await;
        site.change(|app| app.clock = Clock::System);
        let folder = std::env::temp_dir().join(format!("madoguchi-house-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        // The center is closed: on a business day its digest would be one more mail.
        let today = domain::calendar::japan_date(site.app.clock.now());
        let note = domain::text::TextLine::parse("理由", "休業", 10).unwrap();
        for day in today.iter_days().take(2) {
            ops::reference::closing_day::add(&site.app, day, &note).await.unwrap();
        }
        Self { site, sink: Sink::open(manner), folder }
    }

    fn run(&self, args: &[&str]) -> Running {
        self.run_with(args, &[])
    }

    fn run_with(&self, args: &[&str], settings: &[(&str, &str)]) -> Running {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(args)
            .current_dir(&self.folder)
            .env_clear()
            .env("DATABASE_URL", self.site.database_url())
            .env("SMTP_URL", self.sink.url())
            .env("MADOGUCHI_LISTEN", free.to_string())
            .env("MADOGUCHI_LOG", "off")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn();
        Running(child.unwrap())
    }

    /// Makes every unsent mail due and sends it.
    async fn send_all(&self) {
        let now = self.site.app.clock.now() - TimeDelta::minutes(1);
        let waiting = outbox::Entity::update_many()
            .col_expr(outbox::Column::DueAt, Expr::value(now))
            .filter(outbox::COLUMN.state.eq("waiting"))
            .filter(outbox::COLUMN.due_at.gt(now));
        waiting.exec(&self.site.app.db).await.unwrap();
        assert!(self.run(&["worker", "--once"]).wait().success());
    }

    async fn lets_others_write(&self) -> bool {
        let mut options = ConnectOptions::new(self.site.database_url());
        options.max_connections(1).map_sqlx_sqlite_opts(|it| it.busy_timeout(Duration::from_millis(100)));
        let db = Database::connect(options).await.unwrap();
        if db.get_database_backend() == DbBackend::Sqlite {
            return db.execute_unprepared("BEGIN IMMEDIATE; ROLLBACK").await.is_ok();
        }
        const OPEN: &str = "SELECT 1 FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() \
            AND backend_type = 'client backend' AND datname = current_database()";
        db.query_one_raw(Statement::from_string(DbBackend::Postgres, OPEN)).await.unwrap().is_none()
    }

    async fn in_state(&self, state: &str) -> u64 {
        outbox::Entity::find().filter(outbox::COLUMN.state.eq(state)).count(&self.site.app.db).await.unwrap()
    }

    /// Returns every mail of the outbox, by Message-ID.
    async fn mails(&self) -> BTreeMap<String, outbox::Model> {
        let mails = outbox::Entity::find().all(&self.site.app.db).await.unwrap();
        mails.into_iter().map(|it| (it.message_id.clone(), it)).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A running process, killed if the test ends before it does.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, which: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([which, &id]).status().unwrap().success());
    }

    fn wait(&mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Applications come in and requests lapse all the time, while the process is killed again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_process_loses_no_mail_and_invents_none() {
    let service = Service::new(Manner::Take(Duration::from_millis(15))).await;
    let cast = Cast::new(&service.site).await;
    let (stop, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    let killed = async {
        let mut in_hand = BTreeMap::<String, usize>::new();
        for n in 0..KILLS {
            let mut process = service.run(&["serve"]);
            // The delays differ, so that the kills fall on different moments of the work.
            let lived = 400 + n as u64 * 7919 % 700;
            tokio::time::sleep(Duration::from_millis(lived)).await;
            // On a slow machine a process lives until the load has gone on.
            until(|| async { made.load(Ordering::Relaxed) > n }).await;
            process.kill();
            for mail in abandoned(&service.site.app).await {
                *in_hand.entry(mail).or_default() += 1;
            }
        }
        stop.store(true, Ordering::Relaxed);
        in_hand
    };
    let (in_hand, loaded) = tokio::join!(killed, load(&service, cast, &stop, &made));
    assert!(loaded.len() >= KILLS, "{} cases are no load", loaded.len());

    assert!(service.run(&["worker", "--once"]).wait().success());
    service.send_all().await;
    let (mails, taken) = (service.mails().await, service.sink.taken());
    for mail in mails.values() {
        let times = taken.get(&mail.message_id).copied().unwrap_or_default();
        let often = 1 + in_hand.get(&mail.message_id).copied().unwrap_or_default();
        match mail.state.code() {
            "sent" => assert!((1..=often).contains(&times), "{} was taken {times} times", mail.kind),
            "suppressed" => assert_eq!(times, 0, "{} was not to be sent", mail.kind),
            // The mail was being sent at three kills.
            "failed" => assert!(mail.unknown_outcomes == 3 && times <= often, "{} failed", mail.kind),
            // A mail that can wait is not sent outside of opening hours.
            "waiting" if mail.due_at > service.site.app.clock.now() => {
                assert_eq!(times, 0, "{} is to wait", mail.kind);
            }
            other => panic!("{} is {other}", mail.kind),
        }
    }
    let unknown: Vec<_> = taken.keys().filter(|it| !mails.contains_key(*it)).collect();
    assert!(unknown.is_empty(), "{unknown:?} is in no outbox");
    for case in loaded {
        lapsed_once(&service.site, case, mails.values()).await;
    }
    assert_eq!(service.run(&["doctor"]).wait().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_finishes_the_mail_in_hand() {
    for command in ["worker", "serve"] {
        let service = Service::new(Manner::Take(Duration::from_millis(1500))).await;
        let cast = Cast::new(&service.site).await;
        for n in 0..3 {
            cases::unconfirmed(&service.site, &cast, &cases::form(&format!("contact{n}@example.co.jp")))
                .await;
        }
        let mut process = service.run(&[command]);
        until(|| async { !service.sink.taken().is_empty() }).await;
        process.terminate();
        assert_eq!(process.wait().code(), Some(0), "{command}");
        assert_eq!(service.in_state("sending").await, 0, "{command}");
        service.sink.set(Manner::Take(Duration::ZERO));
        service.send_all().await;
        assert_eq!(service.sink.taken().into_values().collect::<Vec<_>>(), [1, 1, 1], "{command}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_send_one_mail_twice() {
    let service = Service::new(Manner::Take(Duration::from_millis(5))).await;
    let cast = Cast::new(&service.site).await;
    for n in 0..60 {
        cases::unconfirmed(&service.site, &cast, &cases::form(&format!("contact{n}@example.co.jp"))).await;
    }
    let workers = [service.run(&["worker"]), service.run(&["worker"])];
    until(|| async { service.in_state("sent").await == 60 }).await;
    assert_eq!(service.sink.taken().into_values().collect::<BTreeSet<_>>(), BTreeSet::from([1]));
    assert_eq!(service.sink.taken().len(), 60);
    let attempts = outbox_log::Entity::find().count(&service.site.app.db).await.unwrap();
    assert_eq!(attempts, 60);
    for mut worker in workers {
        worker.terminate();
        assert_eq!(worker.wait().code(), Some(0), "both have started, and worked until now");
    }
}

/// A worker is stopped while the server holds its mails, sleeps past its leases while another takes over, and wakes up:
/// it marks nothing. No mail is lost, and only mails that were marked as of unknown outcome are sent twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_sleeps_past_its_leases_marks_nothing() {
    let service = Service::new(Manner::Take(Duration::from_secs(10))).await;
    write(&service.site.app, 90).await;
    // The worker hands every mail that it leases to the server at once.
    let settings = [("SMTP_CONNECTIONS", "64"), ("SMTP_DOMAIN_CONNECTIONS", "64")];
    let mut sleeper = service.run_with(&["worker"], &settings);
    until(|| async { service.sink.taken().len() >= 60 }).await;
    sleeper.signal("-STOP");
    // A worker that is stopped in the middle of a transaction would keep all others from SQLite, and from the rows that
    // it has locked.
    while !service.lets_others_write().await {
        sleeper.signal("-CONT");
        tokio::time::sleep(Duration::from_millis(20)).await;
        sleeper.signal("-STOP");
    }
    service.sink.set(Manner::Take(Duration::ZERO));
    let in_hand: BTreeSet<_> = abandoned(&service.site.app).await.into_iter().collect();
    assert!(in_hand.len() >= 30, "{} in hand", in_hand.len());

    let mut other = service.run_with(&["worker"], &settings);
    until(|| async { service.in_state("waiting").await + service.in_state("sending").await == 0 }).await;
    let (before, log) = (service.mails().await, log(&service).await);
    // The other worker ends before the stopped one wakes up, so that every later change is made by the latter.
    other.terminate();
    assert_eq!(other.wait().code(), Some(0));
    let taken = service.sink.taken();
    for (id, mail) in &before {
        let (times, was_in_hand) = (taken.get(id).copied().unwrap_or_default(), in_hand.contains(id));
        assert_eq!(mail.unknown_outcomes, i32::from(was_in_hand), "{mail:?}");
        let outcome = (mail.state.code(), mail.hold_reason.as_ref().map(Coded::code));
        if was_in_hand && mail.kind == MailKind::HandOverAccepted.code() {
            assert_eq!(outcome, ("failed", Some("unknown")), "{mail:?}");
            assert!(times <= 1, "{mail:?}");
        } else {
            assert_eq!(outcome, ("sent", None), "{mail:?}");
            assert!((1..=1 + usize::from(was_in_hand)).contains(&times), "{times}: {mail:?}");
        }
    }
    assert!(taken.values().filter(|it| **it == 2).count() > 10, "nothing went twice");

    sleeper.signal("-CONT");
    // The worker knows the outcome of its old mails when it goes on to others.
    write(&service.site.app, 1).await;
    until(|| async { service.in_state("sent").await > sent(&before) }).await;
    sleeper.terminate();
    assert_eq!(sleeper.wait().code(), Some(0));
    let after = service.mails().await;
    for (id, mail) in &before {
        assert_eq!(after.get(id), Some(mail), "marked by who had lost it");
    }
    let later = self::log(&service).await;
    assert_eq!(later[..log.len()], log[..]);
    assert_eq!(later.len(), log.len() + 1, "the one mail after it woke up");
    let again = service.sink.taken();
    assert!(taken.iter().all(|(id, times)| again.get(id) == Some(times)), "sent once more");
}

fn sent(mails: &BTreeMap<String, outbox::Model>) -> u64 {
    u64::try_from(mails.values().filter(|it| it.state.code() == "sent").count()).unwrap()
}

async fn log(service: &Service) -> Vec<outbox_log::Model> {
    outbox_log::Entity::find().order_by_asc(outbox_log::COLUMN.id).all(&service.site.app.db).await.unwrap()
}

/// Two thousand mails go through a server of changing behaviour that is unreachable now and then, while the worker is
/// killed again and again.
#[expect(clippy::print_stdout, reason = "the figures are what the README shows")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_is_lost_and_only_unknown_outcomes_are_sent_twice() {
    const MAILS: usize = 2000;
    let service = Service::new(Manner::Moody).await;
    let begun = Instant::now();
    write(&service.site.app, MAILS).await;
    let (mut kills, mut gone) = (0, 0);
    let is_over = async || service.in_state("waiting").await + service.in_state("sending").await == 0;
    while !is_over().await {
        let mut process = service.run(&["worker"]);
        // The first twelve workers are killed at any moment; a later one may finish.
        let lived = if kills < 12 { 250 + kills * 7919 % 400 } else { 4000 };
        let until = Instant::now() + Duration::from_millis(lived);
        while Instant::now() < until && !is_over().await {
            if kills % 4 == 3 && gone <= kills / 4 {
                service.sink.set(Manner::Gone);
                gone += 1;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            service.sink.set(Manner::Moody);
            let waiting = outbox::COLUMN.state.eq("waiting").and(outbox::COLUMN.attempts.gt(0));
            let soon = outbox::Entity::update_many()
                .col_expr(outbox::Column::DueAt, Expr::value(long_ago(&service)));
            soon.filter(waiting).exec(&service.site.app.db).await.unwrap();
        }
        process.kill();
        kills += 1;
        abandoned(&service.site.app).await;
        assert!(begun.elapsed() < LONGEST_RUN, "it does not end");
    }
    let (mails, taken) = (service.mails().await, service.sink.taken());
    assert_eq!(mails.len(), MAILS);
    let (mut twice, mut unknown, mut refused) = (0, 0, 0);
    for mail in mails.values() {
        let times = taken.get(&mail.message_id).copied().unwrap_or_default();
        let copies = 1 + usize::try_from(mail.unknown_outcomes).unwrap();
        assert!(times <= copies, "{times} copies, and nobody knew of {} only", mail.unknown_outcomes);
        twice += usize::from(times > 1);
        match (mail.state.code(), mail.hold_reason.as_ref().map(Coded::code)) {
            ("sent", None) => assert!(times >= 1, "said to be sent, and lost"),
            ("failed", Some("unknown")) => unknown += 1,
            ("failed", None) => {
                refused += 1;
                assert!(mail.last_reply.as_deref().is_some_and(|it| it.contains("554")), "{mail:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    println!(
        "{MAILS} mails, {kills} workers, server gone {gone} times: {} taken, {refused} refused, {unknown} kept apart \
         as of unknown outcome, {twice} taken twice or more, all of them marked; {:.1} s",
        taken.len(),
        begun.elapsed().as_secs_f64()
    );
}

fn long_ago(service: &Service) -> DateTime<Utc> {
    service.site.app.clock.now() - TimeDelta::minutes(1)
}

/// Writes mails to a hundred domains, half of them of a kind that the reader waits for.
pub async fn write(app: &App, n: usize) {
    let now = app.clock.now();
    let mails = (0..n).map(|n| OutgoingMail {
        kind: if n % 2 == 0 { MailKind::Booked } else { MailKind::HandOverAccepted },
        consultation: None,
        to: format!("contact{n}@c{}.example", n % 100),
        to_name: "担当 花子".to_owned(),
        subject: format!("相談のお知らせ {n}"),
        text: "本文\n".to_owned(),
        html: "<p>本文</p>\n".to_owned(),
        calendar: None,
        due_at: now,
        dedup_key: None,
        send_condition: None,
        unsubscribe: None,
        over_limit: false,
        relay: None,
        by_telephone: false,
        awaits_address: false,
    });
    let mails: Vec<_> = mails.collect();
    let tx = app.begin().await.unwrap();
    for some in mails.chunks(500) {
        store::correspondence::outbox::push(&tx, some.to_vec(), "example.jp", now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Takes consultations down and asks the expert until it is told to stop; each request is overdue at once.
async fn load(service: &Service, cast: Cast, stop: &AtomicBool, made: &AtomicUsize) -> Vec<Case> {
    let mut loaded = Vec::new();
    while !stop.load(Ordering::Relaxed) && loaded.len() < 40 {
        // The one expert is not asked above a limit, and a process that has not started yet lets no request lapse.
        if offered(&service.site.app).await >= MOST_OFFERED {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        let case =
            cases::matching(&service.site, &cast, &format!("contact{}@example.co.jp", loaded.len())).await;
        overdue(&service.site.app, case.id).await;
        loaded.push(case);
        made.store(loaded.len(), Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    loaded
}

async fn offered(app: &App) -> u64 {
    assignment::Entity::find().filter(assignment::COLUMN.state.eq("offered")).count(&app.db).await.unwrap()
}

/// Makes the request overdue, as two business days would.
async fn overdue(app: &App, id: ConsultationId) {
    let reset = assignment::Entity::update_many()
        .col_expr(assignment::Column::DueAt, Expr::value(app.clock.now() - TimeDelta::minutes(1)))
        .filter(assignment::COLUMN.consultation_id.eq(id.0));
    reset.exec(&app.db).await.unwrap();
}

/// Returns the Message-IDs that the killed process had leased, and ends their leases, as five minutes would.
async fn abandoned(app: &App) -> Vec<String> {
    let sending = outbox::COLUMN.state.eq("sending");
    let mails = outbox::Entity::find().filter(sending.clone()).all(&app.db).await.unwrap();
    let past: Option<DateTime<Utc>> = Some(app.clock.now() - TimeDelta::minutes(1));
    let over =
        outbox::Entity::update_many().col_expr(outbox::Column::LeaseUntil, Expr::value(past)).filter(sending);
    over.exec(&app.db).await.unwrap();
    mails.into_iter().map(|it| it.message_id).collect()
}

/// Asserts that the worker let the request lapse exactly once, with every consequence of it.
async fn lapsed_once(site: &Site, case: Case, mails: impl Iterator<Item = &outbox::Model>) {
    assert_eq!(cases::state(site, case).await, "checking", "{}", case.number);
    let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(history.iter().filter(|it| it.action.code() == "decline").count(), 1, "{}", case.number);
    let mut kinds: Vec<_> =
        mails.filter(|it| it.consultation_id == Some(case.id.0)).map(|it| it.kind.as_str()).collect();
    kinds.sort_unstable();
    let expected =
        ["acknowledgement", "back_at_center", "nobody_left", "request", "request_lapsed", "request_reminder"];
    assert_eq!(kinds, expected, "{}", case.number);
}

/// Waits until `holds` is true.
async fn until<F: Future<Output = bool>>(holds: impl Fn() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < LONGEST_WAIT, "waited in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
