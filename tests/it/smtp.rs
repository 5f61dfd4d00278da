//! A mail server for tests: takes what it is given, slowly or not at all, and remembers it.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// Takes the mail, and says so after this time.
    Take(Duration),
    /// Answers the recipient with this line.
    Answer(&'static str),
    /// Takes the mail and hangs up instead of saying so.
    HangUp,
    /// Hangs up before it says anything.
    Gone,
    /// Defers, refuses, hangs up in the middle of a mail or after it, or is slow, one mail in thirty each.
    Moody,
}

/// Stops listening with the process.
#[derive(Clone)]
pub struct Sink {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    /// The Message-ID of everything taken, without brackets, oldest first.
    taken: Arc<Mutex<Vec<String>>>,
    /// Counts the commands, for the moody one.
    mood: Arc<AtomicU64>,
}

impl Sink {
    pub fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink =
            Self { port, manner: Arc::new(Mutex::new(manner)), taken: Arc::default(), mood: Arc::default() };
        let serving = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (sink, stream) = (serving.clone(), stream.unwrap());
                // A client that is killed breaks off in the middle.
                thread::spawn(move || drop(sink.serve(stream)));
            }
        });
        sink
    }

    /// As `SMTP_URL` names it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn set(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// How often each Message-ID was taken.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for id in self.taken.lock().unwrap().iter() {
            *counts.entry(id.clone()).or_default() += 1;
        }
        counts
    }

    /// As much of RFC 5321 as a client needs that does not sign in.
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut replies = stream.try_clone()?;
        let mut lines = BufReader::new(stream).lines();
        if matches!(*self.manner.lock().unwrap(), Manner::Gone) {
            return Ok(());
        }
        replies.write_all(b"220 sink.example.jp\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let mood = self.mood.fetch_add(1, Ordering::Relaxed).wrapping_mul(2_654_435_761) >> 7;
            let manner = match (*self.manner.lock().unwrap(), mood % 30) {
                (Manner::Moody, 0) => Manner::Answer("451 4.7.1 later, please"),
                (Manner::Moody, 1) => Manner::Answer("554 5.7.1 not this one"),
                (Manner::Moody, 2) => Manner::HangUp,
                (Manner::Moody, 3) => Manner::Gone,
                (Manner::Moody, 4) => Manner::Take(Duration::from_millis(30)),
                (Manner::Moody, _) => Manner::Take(Duration::ZERO),
                (other, _) => other,
            };
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let reply = match (verb.as_str(), manner) {
                ("EHLO", _) => "250-sink.example.jp\r\n250 8BITMIME",
                ("RCPT", Manner::Answer(line)) => line,
                ("DATA", _) => {
                    replies.write_all(b"354 go on\r\n")?;
                    if matches!(manner, Manner::Gone) {
                        lines.next().transpose()?;
                        return Ok(());
                    }
                    self.taken.lock().unwrap().push(message_id(&mut lines)?);
                    match manner {
                        Manner::Take(pause) => thread::sleep(pause),
                        Manner::HangUp | Manner::Gone | Manner::Moody => return Ok(()),
                        // It has answered the recipient already.
                        Manner::Answer(_) => {}
                    }
                    "250 taken"
                }
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            };
            replies.write_all(format!("{reply}\r\n").as_bytes())?;
        }
        Ok(())
    }
}

/// Reads to the end of the mail.
fn message_id(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> std::io::Result<String> {
    let mut id = String::new();
    for line in lines {
        let line = line?;
        if line == "." {
            return Ok(id);
        }
        if let Some(value) = line.strip_prefix("Message-ID: ") {
            value.trim_matches(['<', '>']).clone_into(&mut id);
        }
    }
    // Broken off: not taken.
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
