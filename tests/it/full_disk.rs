//! A full disk: nothing is reported as done that is not stored, a refusal tells the truth, and the same process works
//! again when there is space.
mod disk;
mod process;

use chrono::TimeDelta;
use domain::id::DraftId;
use entity::{consultation, inbound_mail, message, outbox};
use madoguchi::{
    doctor,
    fault::Fault,
    mail::transport::{Memory, Transport},
    ops::{self, correspondence::inbound_mail::IncomingMail},
    problem::Problem,
    store::correspondence::inbound_mail::Source,
    worker,
};
use sea_orm::{Database, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    cases::{self, CONTACT},
    conversation::{self, Everyone, everyone},
    inbound::raw_mail,
    site::{Reply, Site},
};
pub use disk::{Disk, with_own_mounts};

/// Returns the numbers of pages that are left free when an action is tried: each number fails at another statement,
/// until one is enough.
fn free_pages() -> impl Iterator<Item = u64> {
    (0..24).chain((24..200).step_by(4))
}

/// An action that is tried while the disk is full.
#[derive(Clone, Copy, Debug)]
enum Act {
    Submission,
    Message,
    Upload,
    SignInLink,
    ReceivedMail,
}

/// The answer that the action got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    NotSaved,
    Unknown,
}

#[test]
fn at_every_statement_what_was_acknowledged_is_kept_and_nothing_else() {
    with_own_mounts(
        "full_disk::at_every_statement_what_was_acknowledged_is_kept_and_nothing_else",
        || async {
            for act in [Act::Submission, Act::Message, Act::Upload, Act::SignInLink, Act::ReceivedMail] {
                // A log that was long once needs no more space.
                let (disk, all) = everyone_on_a_disk().await;
                fill_again_and_again(&disk, &all, act).await;
                let app = &all.center.app;
                send_all(&all).await;
                assert_eq!(doctor::examine(&app.db, app.clock.now()).await.unwrap(), [], "{act:?}");
            }
        },
    );
}

async fn fill_again_and_again(disk: &Disk, all: &Everyone, act: Act) {
    let mut refused = 0;
    for free in free_pages() {
        // Each fill tries the action twice: after the second failure a connection that is kept open would never commit
        // again.
        let drafts = act.prepared(all).await;
        let before = act.kept(disk).await;
        disk.fill(free);
        let answers = [act.done(all, drafts[0]).await, act.done(all, drafts[1]).await];
        disk.free().await;
        let count_of = |what| answers.iter().filter(|it| **it == what).count() as u64;
        let kept = act.kept(disk).await - before;
        let possible = count_of(Answer::Done)..=count_of(Answer::Done) + count_of(Answer::Unknown);
        assert!(possible.contains(&kept), "{act:?} with {free} pages: {answers:?}, but {kept} kept");
        refused += 2 - count_of(Answer::Done);
        assert_eq!(act.done(all, drafts[2]).await, Answer::Done, "{act:?} after {free} pages");
        assert_eq!(act.kept(disk).await - before, kept + 1, "{act:?} after {free} pages");
        if count_of(Answer::Done) == 2 {
            assert!(refused > 0, "{act:?}: the disk was never full");
            return;
        }
    }
    panic!("{act:?}: the disk is always full");
}

impl Act {
    /// Makes the drafts that three of the actions need; the other actions use the identifiers to make different words.
    async fn prepared(self, all: &Everyone) -> [DraftId; 3] {
        match self {
            Self::Submission => [draft(all).await, draft(all).await, draft(all).await],
            Self::Message | Self::Upload | Self::SignInLink | Self::ReceivedMail => {
                [(); 3].map(|()| DraftId(uuid::Uuid::new_v4()))
            }
        }
    }

    async fn done(self, all: &Everyone, draft: DraftId) -> Answer {
        let path = format!("/my/{}/messages", all.number);
        match self {
            Self::Submission => {
                let confirm = format!("/apply/{draft}/confirm");
                answer(&all.company.visitor().post(&confirm, &[("consent", "1")]).await)
            }
            Self::Message => answer(&all.company.post(&path, &[("message", &draft.to_string())]).await),
            Self::Upload => {
                let bytes = draft.to_string().repeat(1_000);
                let files = [("規程.pdf", "application/pdf", bytes.as_bytes())];
                let fields = [("message", "規程を送ります")];
                answer(&conversation::send(&all.company, &path, &fields, &files).await)
            }
            Self::SignInLink => {
                // One address gets a limited number of mails a day.
                all.center.app.clock.advance(TimeDelta::days(1));
                answer(&all.company.visitor().post("/login", &[("email", CONTACT)]).await)
            }
            Self::ReceivedMail => {
                let raw = raw_mail(CONTACT, "madoguchi@example.jp", "件", "本文");
                let (bytes, size) = (raw.as_bytes(), raw.len());
                let it = IncomingMail {
                    source: Source::Pipe,
                    envelope_to: "",
                    envelope_from: CONTACT,
                    bytes,
                    size,
                };
                match ops::correspondence::inbound_mail::store_raw(&all.company.app, &it).await {
                    Ok(_) => Answer::Done,
                    Err(Problem::Unavailable(Fault::NotSaved, _)) => Answer::NotSaved,
                    Err(Problem::Unavailable(Fault::Unknown, _)) => Answer::Unknown,
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }

    /// Returns how many results of the action a process that starts now would find.
    async fn kept(self, disk: &Disk) -> u64 {
        let db = Database::connect(disk.database_url()).await.unwrap();
        let count = match self {
            Self::Submission => consultation::Entity::find().count(&db).await,
            Self::Message | Self::Upload => message::Entity::find().count(&db).await,
            Self::SignInLink => {
                outbox::Entity::find().filter(outbox::COLUMN.kind.eq("sign_in")).count(&db).await
            }
            Self::ReceivedMail => inbound_mail::Entity::find().count(&db).await,
        };
        db.close().await.unwrap();
        count.unwrap()
    }
}

/// Returns the answer that the page gives.
#[track_caller]
fn answer(reply: &Reply) -> Answer {
    if reply.status == 303 {
        return Answer::Done;
    }
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert_eq!(reply.header("retry-after"), Some("60"));
    reply.shows("それまでに保存した内容は残っています");
    if reply.body.contains("保存されていません") {
        return Answer::NotSaved;
    }
    reply.shows("保存されたかどうかを、システムの不具合のため確認できませんでした");
    Answer::Unknown
}

async fn everyone_on_a_disk() -> (Disk, Everyone) {
    let disk = Disk::mount().await;
    let site = Site::on_disk_at(&disk.database_url(), &disk.folder().join("files")).await;
    (disk, everyone(site).await)
}

/// Makes a draft that is filled in and not submitted.
async fn draft(all: &Everyone) -> DraftId {
    let (app, email) = (&all.center.app, format!("{}@example.co.jp", uuid::Uuid::new_v4().simple()));
    let id = ops::intake::apply::start(app, email.clone()).await.unwrap();
    ops::intake::apply::save(app, id, |it| *it = cases::form(&email)).await.unwrap();
    ops::intake::apply::release(app, id).await.unwrap();
    id
}

#[test]
fn a_mail_in_hand_is_neither_lost_nor_called_sent_before_it_is() {
    with_own_mounts("full_disk::a_mail_in_hand_is_neither_lost_nor_called_sent_before_it_is", || async {
        let (disk, all) = everyone_on_a_disk().await;
        let app = &all.center.app;
        send_all(&all).await;
        let Transport::Memory(taken) = &app.mail.transport else { panic!("no mail in memory") };
        let (mut failed, mut done) = (0, false);
        for free in free_pages() {
            let before = (taken_links(&all, taken).await, sent(&app.db).await);
            app.clock.advance(TimeDelta::days(1));
            for _ in 0..3 {
                assert_eq!(all.company.visitor().post("/login", &[("email", CONTACT)]).await.status, 303);
            }
            if failed == 0 {
                disk.use_up_log().await;
            }
            disk.fill(free);
            done = worker::outbox::step(app).await.is_ok();
            disk.free().await;
            drop_dead_connections(&app.db).await;
            failed += usize::from(!done);
            let so_far = (taken_links(&all, taken).await - before.0, sent(&app.db).await - before.1);
            assert!(so_far.1 <= so_far.0 as u64, "{free}: {so_far:?} were taken and called sent");
            // A new worker starts, and the lease of the mail that the old one had leased ends.
            app.clock.advance(TimeDelta::minutes(6));
            send_all(&all).await;
            let (took, sent) = (taken_links(&all, taken).await - before.0, sent(&app.db).await - before.1);
            assert_eq!(sent, 3, "{free} pages");
            assert!(took >= 3 && took <= 3 + so_far.0, "{free} pages: taken {took} times");
            if done {
                break;
            }
        }
        assert!(done && failed > 0, "failed {failed} times");
    });
}

/// Uses every connection of the pool, so that those are replaced which ended with the server: PostgreSQL starts again if it
/// cannot write its log.
async fn drop_dead_connections(db: &DatabaseConnection) {
    for _ in 0..32 {
        db.ping().await.ok();
    }
}

async fn sent(db: &DatabaseConnection) -> u64 {
    let sent = outbox::Entity::find().filter(outbox::COLUMN.state.eq("sent"));
    sent.filter(outbox::COLUMN.kind.eq("sign_in")).count(db).await.unwrap()
}

/// Returns how often the mail server has taken a mail with such a link.
async fn taken_links(all: &Everyone, taken: &Memory) -> usize {
    let links = outbox::Entity::find().filter(outbox::COLUMN.kind.eq("sign_in"));
    let ids: Vec<_> =
        links.all(&all.center.app.db).await.unwrap().into_iter().map(|it| it.message_id).collect();
    let messages = taken.messages();
    let is_one = |it: &&Vec<u8>| {
        let text = String::from_utf8_lossy(it);
        ids.iter().any(|id| text.contains(id))
    };
    messages.iter().filter(is_one).count()
}

async fn send_all(all: &Everyone) {
    while worker::outbox::step(&all.center.app).await.unwrap() {}
}
