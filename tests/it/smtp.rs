//! A mail server for tests that takes mail, slowly or not at all, and records it.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
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

/// The running server. It stops listening when the process ends.
#[derive(Clone)]
pub struct Sink {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    /// The Message-IDs of all mails taken, without brackets, oldest first.
    taken: Arc<Mutex<Vec<String>>>,
    /// A counter of the commands, for `Manner::Moody`.
    mood: Arc<AtomicU64>,
    connections: Arc<AtomicUsize>,
    /// The configuration of TLS from the first octet; none without TLS.
    tls: Option<Arc<ServerConfig>>,
}

impl Sink {
    pub fn open(manner: Manner) -> Self {
        Self::with(manner, None)
    }

    /// Starts a server under TLS from the first octet, with the certificate for `localhost` that lies in a folder.
    pub fn tls(manner: Manner, folder: &Path) -> Self {
        let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key);
        Self::with(manner, Some(Arc::new(config.unwrap())))
    }

    fn with(manner: Manner, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self {
            port,
            manner: Arc::new(Mutex::new(manner)),
            taken: Arc::default(),
            mood: Arc::default(),
            connections: Arc::default(),
            tls,
        };
        let serving = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (sink, stream) = (serving.clone(), stream.unwrap());
                // A client that is killed breaks off in the middle.
                thread::spawn(move || drop(sink.welcome(stream)));
            }
        });
        sink
    }

    /// Returns the address, as `SMTP_URL` takes it.
    pub fn url(&self) -> String {
        match self.tls {
            Some(_) => format!("smtps://localhost:{}", self.port),
            None => format!("smtp://127.0.0.1:{}", self.port),
        }
    }

    /// Returns how many connections there have been.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn set(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Returns how often each Message-ID was taken.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for id in self.taken.lock().unwrap().iter() {
            *counts.entry(id.clone()).or_default() += 1;
        }
        counts
    }

    fn welcome(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        self.connections.fetch_add(1, Ordering::Relaxed);
        match &self.tls {
            Some(tls) => {
                let tls = ServerConnection::new(Arc::clone(tls)).map_err(std::io::Error::other)?;
                self.serve(StreamOwned::new(tls, stream))
            }
            None => self.serve(stream),
        }
    }

    /// Serves the part of RFC 5321 that a client needs which does not sign in.
    fn serve(&self, stream: impl Read + Write) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        if matches!(*self.manner.lock().unwrap(), Manner::Gone) {
            return Ok(());
        }
        stream.get_mut().write_all(b"220 sink.example.jp\r\n")?;
        while let Some(line) = next_line(&mut stream)? {
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
                    stream.get_mut().write_all(b"354 go on\r\n")?;
                    if matches!(manner, Manner::Gone) {
                        next_line(&mut stream)?;
                        return Ok(());
                    }
                    self.taken.lock().unwrap().push(message_id(&mut stream)?);
                    match manner {
                        Manner::Take(pause) => thread::sleep(pause),
                        Manner::HangUp | Manner::Gone | Manner::Moody => return Ok(()),
                        // The answer to the recipient has been given already.
                        Manner::Answer(_) => {}
                    }
                    "250 taken"
                }
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            };
            stream.get_mut().write_all(format!("{reply}\r\n").as_bytes())?;
        }
        Ok(())
    }
}

/// Reads a line and returns it without its end; none at the end of the stream.
fn next_line(stream: &mut impl BufRead) -> std::io::Result<Option<String>> {
    stream.lines().next().transpose()
}

/// Reads to the end of the mail and returns its Message-ID.
fn message_id(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut id = String::new();
    while let Some(line) = next_line(stream)? {
        if line == "." {
            return Ok(id);
        }
        if let Some(value) = line.strip_prefix("Message-ID: ") {
            value.trim_matches(['<', '>']).clone_into(&mut id);
        }
    }
    // A mail that was broken off is not taken.
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
