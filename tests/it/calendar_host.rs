//! A web server for tests that answers as it is told to, well or badly, and records its requests.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// How the server answers a GET, whatever the path.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Answers with this text and these headers.
    Page(String, Vec<(&'static str, String)>),
    /// Answers with this status and no text.
    Status(u16),
    /// Redirects to this address.
    Redirect(String),
    /// Sends a byte now and then, for ever.
    Drip(Duration),
    /// Sends a calendar of so many bytes.
    Long(usize),
    /// Sends a calendar of so many bytes, compressed.
    Packed(usize),
    /// Announces a longer body than it sends.
    HangUp(String),
}

#[derive(Clone)]
pub struct Host {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Host {
    pub fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let host = Self { port, manner: Arc::new(Mutex::new(manner)), seen: Arc::default() };
        let serving = host.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (host, stream) = (serving.clone(), stream.unwrap());
                // A client that reaches its limit breaks off in the middle.
                thread::spawn(move || drop(host.serve(stream)));
            }
        });
        host
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/calendar.ics", self.port)
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn set(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Returns the heads of the requests so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let head = head(&stream)?;
        self.seen.lock().unwrap().push(head.clone());
        let manner = self.manner.lock().unwrap().clone();
        match manner {
            Manner::Page(text, headers) => {
                let tag = headers.iter().find(|it| it.0 == "ETag").map(|it| it.1.to_ascii_lowercase());
                if tag.is_some_and(|it| head.contains(&format!("if-none-match: {it}"))) {
                    return stream.write_all(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
                }
                let headers: String =
                    headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let length = text.len();
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{text}"
                )
            }
            Manner::Status(status) => {
                write!(stream, "HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            Manner::Redirect(to) => {
                write!(
                    stream,
                    "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            }
            Manner::Drip(pause) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                for byte in std::iter::repeat_n(b"BEGIN:VCALENDAR\r\n", usize::MAX).flatten() {
                    stream.write_all(&[*byte])?;
                    thread::sleep(pause);
                }
                Ok(())
            }
            Manner::Long(length) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nBEGIN:VCALENDAR\r\n")?;
                std::io::copy(&mut std::io::repeat(b'X').take(length as u64), &mut stream)?;
                Ok(())
            }
            Manner::Packed(length) => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")?;
                let mut packed = flate2::write::GzEncoder::new(stream, flate2::Compression::best());
                std::io::copy(&mut std::io::repeat(b'X').take(length as u64), &mut packed)?;
                packed.finish().map(drop)
            }
            Manner::HangUp(text) => {
                let promised = text.len() + 100;
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n{text}"
                )
            }
        }
    }
}

/// Reads the lines of a request up to its body, in lower case.
fn head(stream: &TcpStream) -> std::io::Result<String> {
    let mut head = String::new();
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        head.push_str(&line.to_ascii_lowercase());
        head.push('\n');
    }
    Ok(head)
}

/// Returns a calendar of these events, each given by its lines.
pub fn calendar(events: &[&str]) -> String {
    let body: String = events
        .iter()
        .enumerate()
        .map(|(n, lines)| {
            let lines: String = lines.lines().map(|it| format!("{}\r\n", it.trim())).collect();
            format!("BEGIN:VEVENT\r\nUID:{n}@private.example\r\n{lines}END:VEVENT\r\n")
        })
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Private//JA\r\n{body}END:VCALENDAR\r\n")
}

/// Returns the answer that holds a calendar of these events.
pub fn page(events: &[&str]) -> Manner {
    Manner::Page(calendar(events), vec![])
}
