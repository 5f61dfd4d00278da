//! Sample mails about what has happened to an account.
use super::samples::{LINK, now};
use crate::mail::mail_event::{AccountMailEvent, SecurityNews};

pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let network = "203.0.113.0/24";
    [
        SecurityNews::PasswordChanged,
        SecurityNews::NewDevice { device: "Windowsのパソコン（Edge）", network },
        SecurityNews::Locked { network },
        SecurityNews::CodesClosed { network },
        SecurityNews::CodesRenewed,
        SecurityNews::FactorSet,
        SecurityNews::FactorRemoved,
        SecurityNews::FactorReset,
    ]
    .map(|news| AccountMailEvent::Security { news, at: now(), page: LINK })
    .to_vec()
}
