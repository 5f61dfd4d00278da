//! Handing mail over: the mails per second through one server, against a bare loop of lettre in the same run, and the
//! delay while applications come in.
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use entity::outbox;
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use madoguchi::{
    app::App,
    mail::{
        outgoing_mail::{MailKind, OutgoingMail, QueuedMail},
        transport::{SmtpOptions, Transport},
    },
    store, worker,
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::{
    client::Client,
    posting::{form, ready, ship_themes},
    server::{self, serve},
    table::Table,
};

const MAILS: u32 = 6000;
const BARE: u32 = 2000;
/// Applications a minute.
const A_MINUTE: u32 = 1000;
const MINUTES: f64 = 0.5;

pub async fn measure(table: &mut Table, engine: &str, url: &str) {
    let sink = sink().await;
    let mut app = server::app(url).await;
    let smtp = format!("smtp://{sink}");
    app.mail.transport =
        Transport::from_settings(Some(&smtp), Path::new("unused"), SmtpOptions::default()).unwrap();
    // Half of them run before and half after, so that neither side has the quieter machine to itself.
    let mut bare = bare(sink, BARE / 2).await;
    let worked = worked(&app, MAILS).await;
    bare += self::bare(sink, BARE / 2).await;
    let (rate, bound) = (f64::from(MAILS) / worked, f64::from(BARE) / bare);
    table.at_least(format!("mails a second from one worker, {engine}"), rate, 300.0);
    table.at_least(format!("the same ÷ a bare loop of lettre, {engine}"), rate / bound, 0.7);
    table.note(format!(
        "On {engine} a worker handed over {rate:.0} mails a second, lettre's loop {bound:.0}."
    ));
    let late = while_applications_come_in(&app).await;
    table.at_most(
        format!("mail handed over, 95th percentile at 1,000 applications a minute, {engine}"),
        late,
        "s",
        10.0,
    );
}

/// Returns the seconds that one connection of lettre takes for so many messages, one after the other.
///
/// The connection sends at once: lettre's own transport leaves that to the system, which keeps the end of each message
/// back for 40 ms, and that would be no bound.
async fn bare(sink: SocketAddr, n: u32) -> f64 {
    let stream = TcpStream::connect(sink).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let hello = ClientId::default();
    let mut smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await.unwrap();
    let app = server::app("sqlite::memory:").await;
    let now = app.clock.now();
    let messages: Vec<_> = (0..n)
        .map(|n| {
            let mail = QueuedMail {
                message_id: format!("{n}@example.jp"),
                follows: Vec::new(),
                outgoing: outgoing_mail(&app, n),
            };
            app.mail.message(&mail, None, now).unwrap()
        })
        .collect();
    let started = Instant::now();
    for message in messages {
        smtp.send(message.envelope(), &message.formatted()).await.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    smtp.quit().await.unwrap();
    took
}

/// Returns the seconds that a worker takes for so many mails in the outbox.
async fn worked(app: &App, n: u32) -> f64 {
    let mails: Vec<_> = (0..n).map(|n| outgoing_mail(app, n)).collect();
    let tx = app.begin().await.unwrap();
    for some in mails.chunks(500) {
        store::correspondence::outbox::push(&tx, some.to_vec(), "example.jp", app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let stop = CancellationToken::new();
    let started = Instant::now();
    let working = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { worker::outbox::run(&app, stop).await }
    });
    while unsent(app).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = started.elapsed().as_secs_f64();
    stop.cancel();
    working.await.unwrap();
    took
}

/// Returns the seconds from the time for which a mail was planned to the time at which it was sent, at the 95th
/// percentile.
async fn while_applications_come_in(app: &App) -> f64 {
    assert_eq!(unsent(app).await, 0);
    ship_themes(app).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { worker::run(&app, stop).await }
    });
    let site = serve(app.clone());
    let mut client = Client::connect(site).await;
    let pause = Duration::from_secs_f64(60.0 / f64::from(A_MINUTE));
    let mut tick = tokio::time::interval(pause);
    let started = Instant::now();
    let mut n = 0;
    while started.elapsed().as_secs_f64() < MINUTES * 60.0 {
        tick.tick().await;
        let mut form = form(n);
        form.email = format!("contact{n}@c{}.example", n % 200);
        let (status, ..) = client.exchange(&ready(app, n, form).await).await;
        assert_eq!(status, 303);
        n += 1;
    }
    while unsent(app).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    working.await.unwrap();
    let mails =
        outbox::Entity::find().filter(outbox::COLUMN.kind.eq("acknowledgement")).all(&app.db).await.unwrap();
    assert_eq!(mails.len(), usize::try_from(n).unwrap());
    let mut waits: Vec<_> =
        mails.iter().map(|it| (it.sent_at.unwrap() - it.planned_at).as_seconds_f64()).collect();
    waits.sort_by(f64::total_cmp);
    waits[waits.len() * 95 / 100]
}

async fn unsent(app: &App) -> u64 {
    let unsent = outbox::Entity::find().filter(outbox::COLUMN.state.is_in(["waiting", "sending"]));
    unsent.filter(outbox::COLUMN.due_at.lte(app.clock.now())).count(&app.db).await.unwrap()
}

fn outgoing_mail(app: &App, n: u32) -> OutgoingMail {
    OutgoingMail {
        kind: MailKind::Booked,
        consultation: None,
        to: format!("contact{n}@c{}.example", n % 200),
        to_name: "計測 花子".to_owned(),
        subject: format!("【テレワーク相談センター】相談の日時が決まりました（{n}）"),
        text: "相談の日時が決まりました。当日は、開始の5分前にお集まりください。\n".repeat(20),
        html: "<p>相談の日時が決まりました。当日は、開始の5分前にお集まりください。</p>\n".repeat(20),
        calendar: None,
        due_at: app.clock.now(),
        dedup_key: None,
        send_condition: None,
        unsubscribe: None,
        over_limit: false,
        relay: None,
        by_telephone: false,
        awaits_address: false,
    }
}

/// Starts a server that takes every mail.
async fn sink() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(take(stream));
        }
    });
    address
}

async fn take(stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let (mut line, mut is_text) = (Vec::new(), false);
    let mut answer: &[u8] = b"220 sink\r\n";
    loop {
        if !answer.is_empty() && write.write_all(answer).await.is_err() {
            return;
        }
        line.clear();
        if read.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return;
        }
        answer = match line.get(..4) {
            _ if is_text && line != b".\r\n" => b"",
            _ if is_text => {
                is_text = false;
                b"250 taken\r\n"
            }
            Some(b"EHLO") => b"250-sink\r\n250 8BITMIME\r\n",
            Some(b"DATA") => {
                is_text = true;
                b"354 go on\r\n"
            }
            Some(b"QUIT") => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
    }
}
