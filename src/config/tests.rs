use std::collections::BTreeMap;

use super::{BadConfig, Config, LogFormat, MailFrom};

fn parse(env: &[(&str, &str)], file: &str) -> Result<Config, BadConfig> {
    let env: BTreeMap<_, _> =
        env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Config::parse(&env, file)
}

#[test]
fn nothing_given_means_the_defaults() {
    let config = parse(&[("PATH", "/bin")], "").unwrap();
    assert_eq!(config.database_url.reveal(), "sqlite://data/madoguchi.db");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.smtp_url, None);
    assert_eq!(
        config.mail_from,
        MailFrom { name: "Madoguchi".into(), address: "madoguchi@example.jp".into() }
    );
    assert_eq!((config.imap_url, config.mail_size_limit), (None, 60 * 1024 * 1024));
    assert_eq!(config.secret_file.to_str(), Some("data/secret"));
    assert!(config.trusted_proxies.is_empty());
    assert_eq!(config.fetch_ports, [80, 443]);
    assert_eq!((config.log.as_str(), config.log_format), ("info", LogFormat::Text));
}

#[test]
fn a_proxy_that_must_be_there_is_missed() {
    let lacks = |env: &[(&str, &str)]| parse(env, "").unwrap().lacks_proxy();
    let https = ("MADOGUCHI_PUBLIC_URL", "https://soudan.example.jp");
    assert!(!lacks(&[]));
    assert!(lacks(&[https]));
    assert!(!lacks(&[https, ("MADOGUCHI_TRUSTED_PROXIES", "127.0.0.1")]));
    assert!(!lacks(&[https, ("MADOGUCHI_LISTEN", "0.0.0.0:443")]));
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "MADOGUCHI_LISTEN = \"0.0.0.0:80\"\nMADOGUCHI_LOG_FORMAT = \"json\"\n\
                MADOGUCHI_TRUSTED_PROXIES = [\"10.0.0.0/8\", \"::1\"]\n";
    let config = parse(&[("MADOGUCHI_LISTEN", "[::1]:81")], file).unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:81");
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(config.trusted_proxies[0].contains("10.1.2.3".parse().unwrap()));
}

#[test]
fn everything_wrong_is_told_at_once_with_key_value_and_what_is_accepted() {
    let env = [
        ("MADOGUCHI_LISTEN", "everywhere"),
        ("MADOGUCHI_LISTENS", "x"),
        ("MADOGUCHI_PUBLIC_URL", "ftp://example.jp"),
        ("DKIM_SELECTOR", "s1"),
    ];
    let err = parse(&env, "COLOUR = 3\nMAIL_FROM = \"nobody\"\n").unwrap_err().to_string();
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(lines.len(), 6, "{err}");
    for expected in [
        "COLOUR=3: no such setting; accepted: DATABASE_URL",
        "MADOGUCHI_LISTENS=x: no such setting",
        "MADOGUCHI_LISTEN=everywhere: cannot be used; accepted: an address and port",
        "MADOGUCHI_PUBLIC_URL=ftp://example.jp: cannot be used",
        "MAIL_FROM=nobody: cannot be used",
        "DKIM_KEY_FILE=: cannot be used",
    ] {
        assert!(err.contains(expected), "{expected} in {err}");
    }
}

#[test]
fn passwords_are_never_shown() {
    let config = parse(&[("SMTP_URL", "smtps://user:hunter2@mail.example.jp")], "").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let config = parse(&[("IMAP_URL", "imaps://user:hunter2@mail.example.jp")], "").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let err = parse(&[("IMAP_URL", "pop3://user:hunter2@mail.example.jp")], "").unwrap_err();
    assert!(!err.to_string().contains("hunter2"), "{err}");
    let err = parse(&[("SMTP_URL", "http://user:hunter2@mail.example.jp")], "").unwrap_err();
    assert!(!err.to_string().contains("hunter2"), "{err}");
    let err = parse(&[("DATABASE_URL", "mysql://root:hunter2@host/db")], "").unwrap_err();
    assert!(!err.to_string().contains("hunter2"), "{err}");
}

#[test]
fn a_file_that_is_not_toml_stops_the_start() {
    assert!(parse(&[], "listen everywhere").is_err());
}

#[test]
fn the_roles_with_a_second_factor_are_named_by_their_codes() {
    use domain::actor::Role::{Administrator, Coordinator, Expert};

    for (value, roles) in [
        (None, vec![Administrator, Coordinator]),
        (Some("none"), vec![]),
        (Some("expert, administrator"), vec![Expert, Administrator]),
    ] {
        let env: Vec<_> = value.map(|it| ("MADOGUCHI_SECOND_FACTOR", it)).into_iter().collect();
        assert_eq!(parse(&env, "").unwrap().second_factor, roles);
    }
    for wrong in ["", "everyone", "none,expert"] {
        assert!(parse(&[("MADOGUCHI_SECOND_FACTOR", wrong)], "").is_err(), "{wrong}");
    }
}
