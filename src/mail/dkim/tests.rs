use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::Message;

use super::{BadDkimKey, Dkim, unwrapped};

#[test]
fn keys_are_read_as_openssl_writes_them() {
    let pkcs8 = STANDARD.decode(RSA_KEY.split_whitespace().collect::<String>()).unwrap();
    let (_, pkcs1) = unwrapped(&pkcs8).unwrap();
    for (pem, algorithm) in [
        (pem("PRIVATE KEY", RSA_KEY), "rsa-sha256"),
        (pem("RSA PRIVATE KEY", &STANDARD.encode(pkcs1)), "rsa-sha256"),
        (pem("PRIVATE KEY", ED25519_KEY), "ed25519-sha256"),
    ] {
        let signed = signed(&Dkim::new("s2026", "example.jp", &pem).unwrap());
        let (_, signature) = signed.split_once("DKIM-Signature: ").unwrap();
        assert!(signature.starts_with(&format!("v=1; a={algorithm}; d=example.jp; s=s2026;")), "{signature}");
        assert!(signed.contains("bh=") && !signed.contains("content-type:"), "{signed}");
    }
}

#[test]
fn a_malformed_key_is_refused_without_being_shown() {
    let short = pem("PRIVATE KEY", &STANDARD.encode([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]));
    let other = STANDARD
        .decode(ED25519_KEY)
        .unwrap()
        .iter()
        .map(|&it| if it == 0x70 { 0x71 } else { it })
        .collect::<Vec<_>>();
    for bad in ["", "secret", &short, &pem("PRIVATE KEY", "%%"), &pem("ENCRYPTED PRIVATE KEY", ED25519_KEY)] {
        assert!(matches!(Dkim::new("s", "example.jp", bad), Err(BadDkimKey::NotPem)), "{bad}");
    }
    let other = pem("PRIVATE KEY", &STANDARD.encode(other));
    assert!(matches!(Dkim::new("s", "example.jp", &other), Err(BadDkimKey::OtherAlgorithm)));
    let good = pem("PRIVATE KEY", ED25519_KEY);
    assert!(matches!(Dkim::new("s; d=evil", "example.jp", &good), Err(BadDkimKey::Name)));
    assert_eq!(format!("{:?}", Dkim::new("s", "example.jp", &good).unwrap()), "Dkim(…)");
}

/// The private key of RFC 8463, appendix A, in PKCS#8.
const ED25519_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

/// An RSA key that was generated for this test alone.
const RSA_KEY: &str = "
    MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAOMLd1lPdNV65vyX
    BY1r3RNH+RCa6MXpNru8gRXlZslXzs0RBzTcZZdZ1Jq/jY6kof8S1IdjACpwsAuP
    C37vok4rQ+zC3P0JiFLvOuMwVFWwephkPiQOHn4eJvqgUOK0I5BbEFVpcsZzA51d
    FNcWEbT2Fye3iNDHoBm45Go0A8TdAgMBAAECgYBV2ccWSTonYuKmzkA2OnwMx2FB
    SyILe+TLVjsFWYnlRkOXPQIZleEAOuJuZVIUhuIOfkNIskGkypl2tW8mX1xiNgno
    TKuRSZRcmuzQAl0MCYyHPLyzBIAjckkG8WPL9sg7xnLZWmWnR+HVJTsGYeDSYQEl
    6ZYiPgiKwWKKb9o3jQJBAPgPY+ypiuEDfxPKdQ49Ik8mMYlLJypKOkBsFOgOzrm/
    ssBtPwFYJkrpUCFzudEfoy90npS5jjV33UUDajUlsP8CQQDqT+A3ZucOf/2xVo2R
    Kd0f7ouZHROqqJlA7c29Be4kTyhWkB9u1uRScj6ygCdaVoKbfUOdTuJ+31NgdFsj
    MW4jAkEAwNUl9pmtrlHLfZUK/fCkNScZpwLXBVcChYX/ko3AQkE1McU7D055Jg7N
    DdQqhNi1QHTFuhOs6v+s8LNA4uPT/QJBAJpcquL0yM11poU49ySmBsYtmgvx6u3o
    CqaKw5p+mKeU+ockhYC400w5dXKVGNfb3ElhWbT9rhtVNxF5Nj1WKC8CQDxyVsru
    VNsdmxDQYjkbqh5FBBxFBoiR2DOygm7vNGG8RtvTfwBLbW+ydhoJTuBee5C1acV4
    K0jtQI/EMFYendI=
";

fn pem(label: &str, base64: &str) -> String {
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

fn signed(dkim: &Dkim) -> String {
    let mut message = Message::builder()
        .from("a@example.jp".parse().unwrap())
        .to("b@example.jp".parse().unwrap())
        .subject("相談の日時が決まりました")
        .body("本文".to_owned())
        .unwrap();
    dkim.sign(&mut message);
    String::from_utf8(message.formatted()).unwrap()
}
