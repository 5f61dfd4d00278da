//! OpenSMTPD, configured as its users do.
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::Pipe;

/// A mail server with its pipe.
pub struct Server {
    child: Child,
    port: u16,
    /// The lock: OpenSMTPD's socket and queue have one path on a machine.
    _alone: fs::File,
}

impl Server {
    pub fn start(pipe: &Pipe) -> Self {
        let alone = fs::File::create(std::env::temp_dir().join("madoguchi-opensmtpd.lock")).unwrap();
        alone.lock().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = pipe.folder.display();
        let script = format!(
            "#!/bin/sh\nexport DATABASE_URL='{}' MADOGUCHI_SECRET_FILE='{folder}/secret' MADOGUCHI_LOG=off\n\
             exec '{}' mail receive\n",
            pipe.site.database_url(),
            env!("CARGO_BIN_EXE_madoguchi"),
        );
        write(&pipe.folder.join("receive"), &script, 0o755);
        let config = format!(
            "table users {{ \"@\" = \"nobody\" }}\nlisten on 127.0.0.1 port {port}\n\
             action \"receive\" mda \"{folder}/receive\" virtual <users>\n\
             match from any for domain \"example.jp\" action \"receive\"\n"
        );
        write(&pipe.folder.join("smtpd.conf"), &config, 0o644);
        // The pipe runs as a user who owns nothing here.
        open_to_all(&pipe.folder);
        if let Some(path) = pipe.site.database_url().strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap();
            open_to_all(Path::new(path).parent().unwrap());
        }
        let child = Command::new("smtpd")
            .args(["-d", "-f"])
            .arg(pipe.folder.join("smtpd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("OpenSMTPD is missing; run: apt-get install opensmtpd");
        let server = Self { child, port, _alone: alone };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "OpenSMTPD does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub fn deliver(&self, from: &str, to: &str, raw: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let dotted = raw.replace("\r\n.", "\r\n..");
        for (line, code) in [
            (String::new(), "220"),
            ("HELO mail.example.co.jp\r\n".to_owned(), "250"),
            (format!("MAIL FROM:<{from}>\r\n"), "250"),
            (format!("RCPT TO:<{to}>\r\n"), "250"),
            ("DATA\r\n".to_owned(), "354"),
            (format!("{dotted}\r\n.\r\n"), "250"),
            ("QUIT\r\n".to_owned(), "221"),
        ] {
            stream.write_all(line.as_bytes()).unwrap();
            let mut answer = [0; 512];
            let length = stream.read(&mut answer).unwrap();
            let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
            assert!(answer.starts_with(code), "{line}: {answer}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The parent process ends its children on SIGTERM.
        drop(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status());
        drop(self.child.wait());
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn open_to_all(folder: &Path) {
    assert!(Command::new("chmod").args(["-R", "a+rwX"]).arg(folder).status().unwrap().success());
}
