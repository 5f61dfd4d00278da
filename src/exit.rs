//! The outcome of a command: the exit codes of sysexits(3), and why it stopped.

/// Why a command stopped, with its exit code.
#[derive(Debug)]
pub struct Failure {
    pub code: u8,
    pub cause: anyhow::Error,
}

/// The doctor has findings.
pub const FINDINGS: u8 = 1;
pub const USAGE: u8 = 64;
/// The input is no mail.
pub const DATA: u8 = 65;
pub const UNAVAILABLE: u8 = 69;
pub const SOFTWARE: u8 = 70;
/// The mail server should try again later.
pub const TRY_AGAIN: u8 = 75;
pub const CONFIG: u8 = 78;

pub fn usage(cause: impl Into<anyhow::Error>) -> Failure {
    Failure { code: USAGE, cause: cause.into() }
}

pub fn unavailable(cause: impl Into<anyhow::Error>) -> Failure {
    Failure { code: UNAVAILABLE, cause: cause.into() }
}

pub fn software(cause: impl Into<anyhow::Error>) -> Failure {
    Failure { code: SOFTWARE, cause: cause.into() }
}

pub fn bad_config(cause: impl Into<anyhow::Error>) -> Failure {
    Failure { code: CONFIG, cause: cause.into() }
}
