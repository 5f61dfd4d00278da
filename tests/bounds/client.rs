//! A small HTTP/1.1 client that keeps its connections, so that the server is what is measured.
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One connection.
pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub async fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// Sends a request that is already written, reads its answer to the end, and returns the status and the body's
    /// length.
    pub async fn exchange(&mut self, request: &[u8]) -> (u16, usize) {
        self.stream.write_all(request).await.unwrap();
        self.read.clear();
        let head = loop {
            self.more().await;
            if let Some(at) = self.read.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.read[..head]).to_lowercase();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let length = text
            .lines()
            .find_map(|it| it.strip_prefix("content-length: "))
            .map_or(0, |it| it.trim().parse().unwrap());
        while self.read.len() < head + length {
            self.more().await;
        }
        (status, length)
    }

    async fn more(&mut self) {
        let mut buffer = [0; 65536];
        let n = self.stream.read(&mut buffer).await.unwrap();
        assert!(n > 0, "the server closed the connection");
        self.read.extend_from_slice(&buffer[..n]);
    }
}

pub fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n").into_bytes()
}

pub fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Returns the requests per second that the server answers over four connections, all with this status.
pub async fn throughput(to: SocketAddr, request: &[u8], status: u16, lasting: Duration) -> f64 {
    let started = Instant::now();
    let connections = (0..4).map(|_| {
        let request = request.to_vec();
        tokio::spawn(async move {
            let mut client = Client::connect(to).await;
            let mut n = 0_u32;
            while started.elapsed() < lasting {
                assert_eq!(client.exchange(&request).await.0, status);
                n += 1;
            }
            n
        })
    });
    let connections: Vec<_> = connections.collect();
    let mut total = 0;
    for connection in connections {
        total += connection.await.unwrap();
    }
    f64::from(total) / started.elapsed().as_secs_f64()
}

/// Returns the median time of an exchange on one connection. Milliseconds.
pub async fn latency(to: SocketAddr, request: &[u8], status: u16, times: usize) -> f64 {
    let mut client = Client::connect(to).await;
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let started = Instant::now();
        assert_eq!(client.exchange(request).await.0, status);
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    taken[times / 2].as_secs_f64() * 1000.0
}
