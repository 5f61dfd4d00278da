use std::path::Path;

use chrono::{DateTime, Utc};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use domain::correspondence::outgoing_mail::SendFailure;

use super::{
    BadSmtpUrl, Memory, SendError, SmtpOptions, Transport,
    smtp::{decoded, open},
};

#[tokio::test]
async fn the_transport_of_tests_keeps_or_refuses_mail_as_set() {
    let memory = Memory::default();
    let transport = Transport::Memory(memory.clone());
    transport.send(&message()).await.unwrap();
    let failure = SendError::Deferred(SendFailure::Temporary, "451 later".into());
    memory.fail_with(Some(failure.clone()));
    assert_eq!(transport.send(&message()).await, Err(failure));
    memory.fail_with(None);
    transport.send(&message()).await.unwrap();
    assert_eq!(memory.messages().len(), 2);
}

#[tokio::test]
async fn a_folder_holds_one_file_a_message() {
    let folder = std::env::temp_dir().join(format!("madoguchi-{}", uuid::Uuid::new_v4()));
    let transport = Transport::from_settings(None, &folder, SmtpOptions::default()).unwrap();
    for _ in 0..2 {
        transport.send(&message()).await.unwrap();
    }
    let names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    let text = std::fs::read_to_string(folder.join(&names[0])).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(names, ["20261120T140500-___0191-a.eml"]);
    assert!(text.contains("Subject: s\r\n"));

    let transport = Transport::Folder("/dev/null/mail".into());
    assert!(matches!(transport.send(&message()).await, Err(SendError::Deferred(..))));
}

#[tokio::test]
async fn a_server_may_take_defer_or_refuse() {
    for (answer, wanted) in [
        ("250 2.1.5 ok", None),
        ("451 4.3.0 try later", Some("deferred")),
        ("550 5.1.1 no such user", Some("refused")),
        ("530 5.7.0 sign in first", Some("deferred")),
    ] {
        let port = server(answer).await;
        let transport = Transport::from_settings(
            Some(&format!("smtp://127.0.0.1:{port}")),
            Path::new("mail"),
            SmtpOptions::default(),
        )
        .unwrap();
        match (transport.send(&message()).await, wanted) {
            (Ok(reply), None) => assert!(reply.starts_with("250 "), "{reply}"),
            (Err(error), Some(wanted)) => {
                let text = error.to_string();
                assert!(text.starts_with(wanted) && text.contains(&answer[4..]), "{text}");
            }
            (it, _) => panic!("{answer}: {it:?}"),
        }
    }
}

#[tokio::test]
async fn without_a_server_or_its_tls_the_message_waits() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let with_plain_server = server("250 ok").await;
    for url in
        [format!("smtp://127.0.0.1:{unused}"), format!("smtp+starttls://127.0.0.1:{with_plain_server}")]
    {
        let transport =
            Transport::from_settings(Some(&url), Path::new("mail"), SmtpOptions::default()).unwrap();
        assert!(matches!(transport.send(&message()).await, Err(SendError::Deferred(..))), "{url}");
    }
}

/// Without `TCP_NODELAY`, every mail would wait for an acknowledgement that the server delays. All kinds of
/// connections are opened by the same function.
#[tokio::test]
async fn no_connection_holds_small_packets_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let opened = open("127.0.0.1", listener.local_addr().unwrap().port()).await.unwrap();
    assert!(opened.nodelay().unwrap());
}

#[tokio::test]
async fn addresses_of_servers_are_those_of_the_contract() {
    for good in [
        "smtp://user:p%40ss@mail.example.jp:2525",
        "smtps://user:password@mail.example.jp",
        "smtp+starttls://user:password@mail.example.jp:587",
        "smtp://127.0.0.1:25/",
        "smtp://[::1]:25",
    ] {
        assert!(
            Transport::from_settings(Some(good), Path::new("mail"), SmtpOptions::default()).is_ok(),
            "{good}"
        );
    }
    for bad in [
        "",
        "mail.example.jp",
        "http://mail.example.jp",
        "smtp://",
        "smtp://user@mail.example.jp",
        "smtp://:password@mail.example.jp",
        "smtp://mail.example.jp/?tls=opportunistic",
        "smtp://user:100%@mail.example.jp",
    ] {
        let it = Transport::from_settings(Some(bad), Path::new("mail"), SmtpOptions::default());
        assert!(matches!(it, Err(BadSmtpUrl::Malformed)), "{bad}");
    }
    assert_eq!(decoded("p%40s%E7%A7%98").unwrap(), "p@s秘");
    for bad in ["%", "a%4", "%4g", "%+f", "%%41", "%E7%A7"] {
        assert!(matches!(decoded(bad), Err(BadSmtpUrl::Malformed)), "{bad}");
    }
}

/// Answers one conversation; `answer` is the reply to RCPT TO.
async fn server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 hello\r\n").await.unwrap();
        let mut in_data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let reply = match line.split([' ', ':']).next().unwrap_or_default() {
                "." => {
                    in_data = false;
                    "250 queued as 1"
                }
                _ if in_data => continue,
                "RCPT" => answer,
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    });
    port
}

fn message() -> lettre::Message {
    let at: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();
    lettre::Message::builder()
        .message_id(Some("<../0191-a@example.jp>".into()))
        .date(at.into())
        .from("a@example.jp".parse().unwrap())
        .to("b@example.jp".parse().unwrap())
        .subject("s")
        .body("text".to_owned())
        .unwrap()
}
