//! The real process is killed again and again while it writes bookings into the collection. Afterwards the collection
//! holds exactly the confirmed appointments, each once.
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, booking::appointment::Appointment};
use entity::{external_calendar, external_entry};
use madoguchi::{clock::Clock, ops, store};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};

use super::{APP_PASSWORD, Radicale, USER};
use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

const KILLS: usize = 7;
/// The number of bookings of one expert, who has room for so many.
const BOOKINGS: usize = 10;
const ALLOWED: (&str, &str) = ("MADOGUCHI_FETCH_ALLOW", "127.0.0.1");

fn start(site: &Site, folder: &Path, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("DATABASE_URL", site.database_url())
        .env("MADOGUCHI_SECRET_FILE", folder.join("secret"))
        .env(ALLOWED.0, ALLOWED.1)
        .env("MADOGUCHI_LOG", "off")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn entries(site: &Site) -> Vec<external_entry::Model> {
    external_entry::Entity::find().all(&site.app.db).await.unwrap()
}

/// Ends the leases of the killed process, as five minutes would.
async fn minutes_later(site: &Site) {
    let past: Option<DateTime<Utc>> = Some(site.app.clock.now() - TimeDelta::minutes(1));
    let over = external_calendar::Entity::update_many()
        .col_expr(external_calendar::Column::LeaseUntil, Expr::value(past))
        .filter(external_calendar::COLUMN.lease_token.is_not_null());
    over.exec(&site.app.db).await.unwrap();
}

/// Returns the confirmed appointment of every consultation that has one.
async fn stands(site: &Site, cases: &[Case]) -> BTreeMap<String, Appointment> {
    let mut found = BTreeMap::new();
    for case in cases {
        let appointment = cases::appointment(site, *case).await;
        if appointment.is_confirmed() {
            found.insert(appointment.uid.clone(), appointment);
        }
    }
    found
}

/// Makes a service in real time whose expert has entered the server's calendar, and returns it with the data that it
/// needs to run.
async fn service(server: &Radicale) -> (Site, Cast, PathBuf) {
    let mut site = Site::on_disk_with_settings(&[ALLOWED]).await;
    site.change(|app| app.clock = Clock::System);
    let folder = server.folder.join("house");
    fs::create_dir(&folder).unwrap();
    let key: String = site.app.secret.bytes().iter().map(|it| format!("{it:02x}")).collect();
    fs::write(folder.join("secret"), key).unwrap();
    fs::set_permissions(folder.join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
    server.ready(&site).await;
    let cast = Cast::new(&site).await;
    let access = ops::calendars::external::CalendarAccess {
        url: server.url().parse().unwrap(),
        user: USER.to_owned(),
        password: APP_PASSWORD.to_owned(),
    };
    let writes = ops::calendars::external::NewCalendar::CalDav { writes: true };
    ops::calendars::external::add(&site.app, cast.expert, "仕事", writes, &access).await.unwrap().unwrap();
    (site, cast, folder)
}

/// Makes something new to write: moves an appointment, or now and then cancels it.
async fn change(site: &Site, cast: &Cast, case: Case, n: usize) {
    let later = cases::free_slots(site, case).await[n];
    let by = Actor::Expert(cast.expert);
    ops::booking::appointment::reschedule(&site.app, case.id, by, later).await.unwrap();
    if n.is_multiple_of(3) {
        ops::booking::appointment::cancel(&site.app, case.id, by, "体調不良".to_owned()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_process_leaves_no_booking_out_and_none_twice() {
    let server = Radicale::start();
    let (site, cast, folder) = service(&server).await;
    let mut cases = Vec::new();
    for n in 0..BOOKINGS {
        cases.push(cases::booked(&site, &cast, &format!("contact{n}@example.co.jp")).await);
    }

    let mut in_hand = 0;
    for (n, case) in cases.iter().enumerate().take(KILLS) {
        if n > 0 {
            change(&site, &cast, *case, n).await;
        }
        let before = entries(&site).await;
        let mut process = start(&site, &folder, &["worker"]);
        let begun = Instant::now();
        while entries(&site).await == before && begun.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // The delays differ, so that the kills fall on different moments of the writing.
        tokio::time::sleep(Duration::from_millis(n as u64 * 7919 % 23)).await;
        process.kill().unwrap();
        process.wait().unwrap();
        let unfinished =
            store::calendars::external::entry::sources_behind(&site.app.db, site.app.clock.now())
                .await
                .unwrap();
        in_hand += usize::from(!unfinished.is_empty());
        minutes_later(&site).await;
    }
    assert!(in_hand > 0, "no kill has met it at work");

    assert!(start(&site, &folder, &["worker", "--once"]).wait().unwrap().success());
    let stands = stands(&site, &cases).await;
    assert_eq!(stands.len(), BOOKINGS - 2);
    let listed = server.ask(&site, "PROPFIND", &format!("/{USER}/work/"), &[("depth", "1")], "").await;
    let listed = String::from_utf8(listed.body).unwrap();
    assert_eq!(listed.matches(".ics").count(), stands.len(), "{listed}");
    let entries = entries(&site).await;
    assert_eq!(entries.len(), stands.len());
    for entry in entries {
        let text = server.read(&site, &entry.href).await.unwrap();
        let uid = text.lines().find_map(|it| it.strip_prefix("UID:")).unwrap();
        let appointment = &stands[uid.trim()];
        let starts_at = format!("DTSTART:{}", appointment.starts_at.format("%Y%m%dT%H%M%SZ"));
        assert!(text.contains(&starts_at), "{text}");
        assert_eq!((entry.state.code(), entry.sequence), ("written", appointment.sequence));
    }
    assert_eq!(start(&site, &folder, &["doctor"]).wait().unwrap().code(), Some(0));
}
