//! The chain of hashes through a consultation's history. It reveals events that were changed or removed
//! afterwards.
use chrono::{DateTime, Utc};
use entity::{Coded, event};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::secret::hex;

/// The columns of an event that its hash covers: all except the row's own key.
#[derive(Clone, Copy, Debug)]
pub struct HashedEvent<'a> {
    pub consultation: Uuid,
    /// The position in the history; 1 for the first event.
    pub seq: i32,
    /// The hash covers it to the microsecond. Finer parts are left out, because no database keeps them.
    pub at: DateTime<Utc>,
    pub actor_kind: &'a str,
    pub actor_id: Option<Uuid>,
    pub act: &'a str,
    pub from: Option<&'a str>,
    pub to: &'a str,
    pub detail: &'a Value,
}

/// Returns the SHA-256 hash, in hexadecimal, over this event and `previous`, the hash of the event before
/// (empty for the first event).
///
/// Every part is preceded by its length, and an optional part by whether it is present, so that two different
/// events never have the same encoding. The detail is encoded with its keys sorted, whatever order they were
/// stored in.
pub fn hash(previous: &str, row: &HashedEvent<'_>) -> String {
    let mut digest = Sha256::new();
    part(&mut digest, previous.as_bytes());
    part(&mut digest, row.consultation.as_bytes());
    part(&mut digest, &row.seq.to_be_bytes());
    part(&mut digest, &row.at.timestamp_micros().to_be_bytes());
    part(&mut digest, row.actor_kind.as_bytes());
    optional(&mut digest, row.actor_id.as_ref().map(Uuid::as_bytes).map(<[u8; 16]>::as_slice));
    part(&mut digest, row.act.as_bytes());
    optional(&mut digest, row.from.map(str::as_bytes));
    part(&mut digest, row.to.as_bytes());
    part(&mut digest, canonical(row.detail).as_bytes());
    hex(&digest.finalize())
}

impl<'a> From<&'a event::Model> for HashedEvent<'a> {
    fn from(row: &'a event::Model) -> Self {
        Self {
            consultation: row.consultation_id,
            seq: row.seq,
            at: row.at,
            actor_kind: row.actor_kind.code(),
            actor_id: row.actor_id,
            act: row.act.code(),
            from: row.from_state.as_ref().map(Coded::code),
            to: row.to_state.code(),
            detail: &row.detail,
        }
    }
}

fn part(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

fn optional(digest: &mut Sha256, bytes: Option<&[u8]>) {
    match bytes {
        None => digest.update([0]),
        Some(bytes) => {
            digest.update([1]);
            part(digest, bytes);
        }
    }
}

/// Returns JSON without spaces, with the keys of every object sorted by their bytes.
///
/// The keys are sorted here and not by the library, whose order depends on a feature that any other crate can
/// turn on.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            let entries: Vec<_> = entries
                .into_iter()
                .map(|(key, it)| format!("{}:{}", Value::from(&**key), canonical(it)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{HashedEvent, canonical, hash};

    fn link(detail: &Value) -> HashedEvent<'_> {
        HashedEvent {
            consultation: Uuid::from_u128(1),
            seq: 2,
            at: DateTime::UNIX_EPOCH,
            actor_kind: "coordinator",
            actor_id: Some(Uuid::from_u128(3)),
            act: "ask",
            from: Some("checking"),
            to: "waiting_company",
            detail,
        }
    }

    /// A change of the encoding breaks the chain in every database that is in use.
    #[test]
    fn the_encoding_of_an_event_never_changes() {
        let detail = json!({"to": {"state": "waiting_company"}, "note": "従業員数は？"});
        let first = hash("", &link(&detail));
        assert_eq!(first, "af702eeacdd3c848fe2c8376a70cfbe0ba9fa132973ffed6001e3ba53e4dd9f3");
        assert_eq!(
            hash(&first, &link(&detail)),
            "1bfe87e2e06d40b5d81b77f3df69925c4a72dd363e62975e6de69093792db64d"
        );
    }

    #[test]
    fn the_hash_changes_with_every_part_of_an_event() {
        let (detail, other) = (json!({"note": null}), json!({"note": ""}));
        let row = link(&detail);
        let changed = [
            HashedEvent { consultation: Uuid::nil(), ..row },
            HashedEvent { seq: 3, ..row },
            HashedEvent { at: row.at + TimeDelta::microseconds(1), ..row },
            HashedEvent { actor_kind: "expert", ..row },
            HashedEvent { actor_id: None, ..row },
            HashedEvent { act: "answer", ..row },
            HashedEvent { from: None, ..row },
            HashedEvent { from: Some("received"), ..row },
            HashedEvent { to: "checking", ..row },
            HashedEvent { act: "as", from: Some("kchecking"), ..row },
            HashedEvent { detail: &other, ..row },
        ];
        let original = hash("", &row);
        assert_ne!(hash("0", &row), original);
        for changed in changed {
            assert_ne!(hash("", &changed), original, "{changed:?}");
        }
        assert_eq!(hash("", &HashedEvent { at: row.at + TimeDelta::nanoseconds(999), ..row }), original);
    }

    #[test]
    fn the_order_of_keys_does_not_count() {
        let parsed = |text| serde_json::from_str::<Value>(text).unwrap();
        let (one, other) = (
            parsed(r#"{"b": [1, {"d": 2, "c": "\""}], "a": null}"#),
            parsed(r#"{"a":null,"b":[1,{"c":"\"","d":2}]}"#),
        );
        assert_eq!(canonical(&one), r#"{"a":null,"b":[1,{"c":"\"","d":2}]}"#);
        assert_eq!(canonical(&one), canonical(&other));
    }
}
