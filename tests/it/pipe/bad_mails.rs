//! Hostile mails through the real processes: each is stored octet by octet, in bounded time and memory, and shown
//! truthfully.
use std::{
    fmt::Write,
    io,
    os::unix::fs::OpenOptionsExt,
    process::Command,
    time::{Duration, Instant},
};

use domain::id::MailId;
use flate2::{Compress, Compression, FlushCompress};
use madoguchi::{clock::Clock, store};

use super::{Pipe, give};
use crate::{
    cases::{self, CONTACT, Cast},
    site::PASSWORD,
};

/// The time within which one mail must be stored and processed, unoptimised and on a busy machine.
const LONGEST: Duration = Duration::from_secs(40);
/// The memory that a process may use beyond its base, as a multiple of the mail's size. Measured: 6 times when the mail
/// is stored (the message, its row, and the database driver's copies), twice when it is processed.
const TIMES: usize = 8;
/// The base memory of a process with a mail of a few lines. Measured: 44 to 60 MB. Octets.
const ANYHOW: usize = 100 * 1024 * 1024;

/// A mail, its expected outcome, and the expected text of its page.
struct Bad {
    what: &'static str,
    raw: Vec<u8>,
    code: i32,
    state: &'static str,
    shows: Vec<&'static str>,
}

const ATTACHED: &str = "attached";
const QUARANTINED: &str = "quarantined";

fn bad(what: &'static str, raw: impl Into<Vec<u8>>, state: &'static str, shows: &[&'static str]) -> Bad {
    Bad { what, raw: raw.into(), code: 0, state, shows: shows.to_vec() }
}

/// Returns valid headers with `changes` applied; a header without a value is left out.
fn head(to: &str, changes: &[(&str, &str)]) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let mut headers = vec![
        ("From", CONTACT.to_owned()),
        ("To", to.to_owned()),
        ("Subject", "Re: 受付".to_owned()),
        ("Date", "Fri, 20 Nov 2026 14:06:00 +0900".to_owned()),
        ("Message-ID", format!("<{id}@mail.example.co.jp>")),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", "text/plain; charset=utf-8".to_owned()),
    ];
    for (name, value) in changes {
        let known = headers.iter_mut().find(|it| it.0 == *name).unwrap();
        known.1 = (*value).to_owned();
    }
    let mut head = String::new();
    for (name, value) in headers.into_iter().filter(|it| !it.1.is_empty()) {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head
}

fn with_parts(to: &str, parts: impl Iterator<Item = String>) -> Vec<u8> {
    let mut raw = head(to, &[("Content-Type", "multipart/mixed; boundary=b")]) + "\r\n";
    for part in parts {
        write!(raw, "--b\r\n{part}\r\n").unwrap();
    }
    (raw + "--b--\r\n").into_bytes()
}

/// Returns a deflated stream of four gigabytes in four megabytes: the same block of zeros over and over.
fn bomb() -> Vec<u8> {
    let zeros = vec![0; 1024 * 1024];
    let mut compress = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(64 * 1024);
    compress.compress_vec(&zeros, &mut block, FlushCompress::Full).unwrap();
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\x01\0\0\0a".to_vec();
    zip.extend(block.iter().copied().cycle().take(block.len() * 4 * 1024));
    zip
}

fn attached(name: &str, kind: &str, bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let lines: Vec<_> = STANDARD.encode(bytes).into_bytes().chunks(76).map(<[u8]>::to_vec).collect();
    let body = String::from_utf8(lines.join(&b"\r\n"[..])).unwrap();
    format!(
        "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{body}"
    )
}

fn text(words: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{words}")
}

fn plain(to: &str, changes: &[(&str, &str)], words: &str) -> String {
    head(to, changes) + "\r\n" + words + "\r\n"
}

/// Returns mails that are expensive to read.
fn heavy(to: &str) -> Vec<Bad> {
    let mut large = plain(to, &[], "大きな本文です。").into_bytes();
    large.extend(std::iter::repeat_n(b"0123456789abcdef0123456789abcdef\r\n", 50_000_000 / 34).flatten());
    let mut nested = head(to, &[("Content-Type", "multipart/mixed; boundary=b0")]) + "\r\n";
    for n in 0..500 {
        write!(nested, "--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1).unwrap();
    }
    let large_file = attached("large.zip", "application/zip", &vec![b'z'; 36_000_000]);
    let parts = (0..10_000).map(|n| format!("Content-Type: text/plain; name={n}.txt\r\n\r\n{n}"));
    let bomb = attached("bomb.zip", "application/zip", &bomb());
    vec![
        bad("50 MB of text", large, ATTACHED, &["本文が長すぎるため", "50.0MB", "大きな本文です。"]),
        bad(
            "a file of 50 MB",
            with_parts(to, [text("大きな添付です。"), large_file].into_iter()),
            ATTACHED,
            &["large.zip（36.0MB）", "大きな添付です。"],
        ),
        bad(
            "10,000 parts",
            with_parts(to, std::iter::once(text("部品の多いメールです。")).chain(parts)),
            ATTACHED,
            &["部品が多すぎるため", "添付ファイルが多すぎるため", "部品の多いメールです。"],
        ),
        bad("nested 500 deep", nested, ATTACHED, &["入れ子が深すぎるため"]),
        bad(
            "a zip bomb",
            with_parts(to, [text("圧縮した資料です。"), bomb].into_iter()),
            ATTACHED,
            &["bomb.zip（", "圧縮した資料です。"],
        ),
    ]
}

/// Returns mails that are malformed.
fn odd(to: &str) -> Vec<Bad> {
    let long = format!("{}おわり", "長い件名です。".repeat(64 * 1024 / 21));
    let winmail = attached("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22");
    let plain = |changes: &[(&str, &str)], words: &str| plain(to, changes, words);
    vec![
        bad(
            "bare line feeds",
            plain(&[], "改行だけの\nメールです。").replace("\r\n", "\n"),
            ATTACHED,
            &["改行だけの\nメールです。"],
        ),
        bad(
            "no Date",
            plain(&[("Date", "")], "日付なし。"),
            ATTACHED,
            &["送信日時がありません", "日付なし。"],
        ),
        bad("no From", plain(&[("From", "")], "差出人なし。"), QUARANTINED, &["差出人がありません", "不明"]),
        bad(
            "two From headers",
            format!("From: attacker@example.com\r\n{}", plain(&[], "二人からです。")),
            QUARANTINED,
            &["差出人が複数あり", "二人からです。"],
        ),
        bad(
            "a comma in the name",
            plain(&[("From", &format!("\"田中, 一郎\" <{CONTACT}>"))], "コンマです。"),
            ATTACHED,
            &["田中, 一郎", "コンマです。"],
        ),
        bad(
            "a line break in the name",
            plain(
                &[("From", &format!("=?utf-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuanA=?= <{CONTACT}>"))],
                "改行です。",
            ),
            ATTACHED,
            &["a Bcc: x@example.jp", "改行です。"],
        ),
        bad(
            "a subject of 64 KB",
            plain(&[("Subject", &long)], "件名だけ長いです。"),
            ATTACHED,
            &["件名が長すぎるため", "件名だけ長いです。"],
        ),
        bad(
            "a charset that does not exist",
            plain(&[("Content-Type", "text/plain; charset=x-none-9")], "どの文字コードでもないです。"),
            ATTACHED,
            &["文字コードの指定が誤っていたため", "どの文字コードでもないです。"],
        ),
        bad(
            "a winmail.dat",
            with_parts(to, [text("独自形式です。"), winmail].into_iter()),
            ATTACHED,
            &["Outlookの独自形式（winmail.dat）", "winmail.dat（4バイト）", "独自形式です。"],
        ),
    ]
}

/// Returns mails without content.
fn empty(to: &str) -> Vec<Bad> {
    vec![
        Bad {
            code: 65,
            ..bad("an empty one", "", QUARANTINED, &["中身のないメールです", "本文はありません。"])
        },
        bad("one without a body", head(to, &[]) + "\r\n", ATTACHED, &["本文はありません。"]),
    ]
}

/// The time that a process took, and its highest memory. Octets.
#[derive(Debug)]
struct Took {
    code: Option<i32>,
    time: Duration,
    memory: usize,
}

/// Runs the process to its end with these octets on its standard input.
fn run(mut command: Command, raw: &[u8]) -> Took {
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        // The file disappears with the process, and its peak value only grows.
        while let Ok(text) = std::fs::read_to_string(&status) {
            let Some(line) = text.lines().find_map(|it| it.strip_prefix("VmHWM:")) else { break };
            most = line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024;
            std::thread::sleep(Duration::from_millis(2));
        }
        most
    });
    give(&mut child, raw);
    let code = child.wait().unwrap().code();
    Took { code, time: begun.elapsed(), memory: watch.join().unwrap() }
}

#[expect(clippy::print_stdout, reason = "the figures are what is measured")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_mails_are_kept_in_bounded_memory_and_shown() {
    let mut pipe = Pipe::new().await;
    let cast = Cast::new(&pipe.site).await;
    let case = cases::received(&pipe.site, &cast, CONTACT).await;
    // The processes run in real time, and share the secret.
    pipe.site.change(|app| app.clock = Clock::System);
    let to = pipe.site.app.reply_address(case.id, CONTACT);
    let secret = pipe.folder.join("secret");
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&secret).unwrap();
    io::Write::write_all(&mut file, "07".repeat(32).as_bytes()).unwrap();
    assert_eq!(pipe.site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let worker = || {
        let mut command = pipe.program();
        command.args(["worker", "--once"]).env("MADOGUCHI_SECRET_FILE", &secret);
        command
    };
    assert_eq!(run(worker(), b"").code, Some(0), "what the case has caused goes out");

    for it in heavy(&to).into_iter().chain(odd(&to)).chain(empty(&to)) {
        let what = it.what;
        let before: Vec<_> = pipe.rows().await.into_iter().map(|it| it.id).collect();
        let taken = run(pipe.command(), &it.raw);
        let understood = run(worker(), b"");
        println!("{what}: {} octets, taken {taken:?}, understood {understood:?}", it.raw.len());
        assert_eq!((taken.code, understood.code), (Some(it.code), Some(0)), "{what}");
        for took in [taken, understood] {
            assert!(took.time < LONGEST, "{what}: {took:?}");
            assert!(took.memory < ANYHOW + TIMES * it.raw.len(), "{what}: {took:?}");
        }
        let row = pipe.rows().await.into_iter().find(|it| !before.contains(&it.id)).unwrap();
        let kept = store::correspondence::inbound_mail::raw(&pipe.site.app.db, MailId(row.id))
            .await
            .unwrap()
            .unwrap();
        assert!(kept == it.raw, "{what}: {} of {} octets", kept.len(), it.raw.len());
        assert_eq!((row.state.code(), row.truncated), (it.state, false), "{what}: {:?}", row.reason);
        assert_eq!(row.open, it.state == QUARANTINED, "{what}");
        let begun = Instant::now();
        let page = pipe.site.get(&format!("/staff/mail/in/{}", row.id)).await;
        assert!(begun.elapsed() < LONGEST, "{what}: its page took {:?}", begun.elapsed());
        assert_eq!(page.status, 200, "{what}");
        for shown in it.shows {
            page.shows(shown);
        }
        assert!(page.body.len() < 1_000_000, "{what}: a page of {} octets", page.body.len());
    }
    let thread = pipe.site.get(&format!("/staff/consultations/{}?view=messages", case.number)).await;
    for words in
        ["大きな本文です。", "部品の多いメールです。", "（本文のないメールです。）", "圧縮した資料です。"]
    {
        thread.shows(words);
    }
    // The zip is stored unchanged: it was not unpacked.
    thread.shows("bomb.zip");
}
