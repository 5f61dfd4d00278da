//! A certificate for test servers.
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Writes `cert.pem` and `key.pem` for `localhost`; only a process that is configured to trusts them.
pub fn certify(folder: &Path) {
    let config = "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=localhost\n\
        [ext]\nsubjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
    fs::write(folder.join("req.conf"), config).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-config", "req.conf"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
}
