//! One-time codes: of an authenticator application (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes.
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};
use totp_rs::{Builder, Secret};

/// The length of a secret: 160 bits, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// The number of recovery codes that an account gets.
pub const RECOVERY_CODES: usize = 10;
/// The signs of recovery codes, without those that are mistaken for each other, and a last one that fills them up to 32.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
const RECOVERY_LENGTH: usize = 12;

/// Returns a new secret in Base32, as applications take it.
pub fn new_secret() -> Result<String, SysError> {
    let mut bytes = [0; SECRET_BYTES];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(Secret::from(&bytes[..]).to_base32())
}

/// Returns the step of 30 seconds whose code this is, if it is that of `now` or of a neighbour: clocks differ, and typing
/// takes time. The caller accepts each step once.
pub fn step_of(secret: &str, code: &str, now: DateTime<Utc>) -> anyhow::Result<Option<i64>> {
    let secret = Secret::try_from_base32(secret).map_err(|err| anyhow!("stored secret: {err}"))?;
    let codes = Builder::new().with_secret(secret).build().map_err(|err| anyhow!("stored secret: {err}"))?;
    let step = codes.check(code, u64::try_from(now.timestamp())?);
    Ok(step.map(i64::try_from).transpose()?)
}

/// Returns the address that applications read from a QR code. `issuer` and `account` name the entry in the application.
pub fn setup_address(secret: &str, issuer: &str, account: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", secret)
        .append_pair("issuer", issuer)
        .finish()
        // Applications read a plus sign as such.
        .replace('+', "%20");
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("otpauth://totp/{}:{}?{query}", encoded(issuer).replace('+', "%20"), encoded(account))
}

/// Returns new recovery codes. Each has 59 bits, so that it can be hashed without stretching under our key.
pub fn recovery_codes() -> Result<Vec<String>, SysError> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

fn recovery_code() -> Result<String, SysError> {
    let mut code = String::with_capacity(RECOVERY_LENGTH);
    let mut byte = [0];
    while code.len() < RECOVERY_LENGTH {
        SysRng.try_fill_bytes(&mut byte)?;
        let sign = SIGNS[usize::from(byte[0] % 32)];
        // The last one belongs to no code, and leaves 31 that are equally likely.
        if sign != b'-' {
            code.push(char::from(sign));
        }
    }
    Ok(code)
}

/// Returns a typed code without blanks and hyphens and in lower case, digits of full width as plain ones.
pub fn plain(typed: &str) -> String {
    let plain = |it: char| match it {
        '０'..='９' => char::from_u32(u32::from(it) - u32::from('０') + u32::from('0')).unwrap_or(it),
        _ => it.to_ascii_lowercase(),
    };
    typed.chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, TimeDelta};

    use super::{new_secret, plain, recovery_codes, setup_address, step_of};

    /// The secret of RFC 6238, appendix B: `12345678901234567890` in Base32.
    const OF_RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six digits of the codes with SHA-1 in RFC 6238, appendix B.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (20_000_000_000, "353130")]
        {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(step_of(OF_RFC, code, at).unwrap(), Some(seconds / 30));
            for (later, step) in [(30, Some(seconds / 30)), (90, None)] {
                let at = at + TimeDelta::seconds(later);
                assert_eq!(step_of(OF_RFC, code, at).unwrap(), step, "{code} after {later} s");
            }
        }
        for wrong in ["", "28708", "2870822", "abcdef", "二八七〇八二"] {
            assert_eq!(
                step_of(OF_RFC, wrong, DateTime::from_timestamp(59, 0).unwrap()).unwrap(),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn secrets_and_recovery_codes_differ() {
        assert_eq!(new_secret().unwrap().len(), 32);
        assert_ne!(new_secret().unwrap(), new_secret().unwrap());
        let codes: BTreeSet<_> = recovery_codes().unwrap().into_iter().collect();
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|it| it.len() == 12 && plain(it) == *it), "{codes:?}");
    }

    #[test]
    fn an_application_reads_who_the_secret_is_for() {
        assert_eq!(
            setup_address(OF_RFC, "相談 窓口", "a@example.jp"),
            "otpauth://totp/%E7%9B%B8%E8%AB%87%20%E7%AA%93%E5%8F%A3:a%40example.jp?\
             secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E7%9B%B8%E8%AB%87%20%E7%AA%93%E5%8F%A3"
        );
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for (typed, read) in
            [(" 123 456 ", "123456"), ("１２３４５６", "123456"), ("ABcd-efgh-jkmn", "abcdefghjkmn")]
        {
            assert_eq!(plain(typed), read);
        }
    }
}
