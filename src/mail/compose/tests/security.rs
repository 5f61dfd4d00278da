//! Sample mails that tell the owner of an account what has happened to it.
use super::samples::now;
use crate::mail::mail_event::{AccountMailEvent, SecurityNews};

/// Returns every news of an account.
pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let news = [
        SecurityNews::PasswordChanged,
        SecurityNews::NewDevice { device: "Windowsのパソコン（Edge）", network: "203.0.113.0/24" },
        SecurityNews::Locked { network: "203.0.113.0/24" },
        SecurityNews::FactorSet,
        SecurityNews::FactorRemoved,
        SecurityNews::FactorReset,
    ];
    let page = "https://soudan.example.jp/account";
    news.into_iter().map(|news| AccountMailEvent::Security { news, at: now(), page }).collect()
}
