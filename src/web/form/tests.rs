use super::{FieldErrors, Fields};

#[test]
fn fields_are_what_was_typed() {
    let fields =
        Fields::parse(b"field=ict&field=labor&name=%E5%B1%B1%E7%94%B0+%26+%E5%AD%90&empty=&bare&x=50%")
            .unwrap();
    assert_eq!(fields.get("name"), "山田 & 子");
    assert_eq!(fields.all("field").collect::<Vec<_>>(), ["ict", "labor"]);
    assert!(fields.has("field", "labor") && !fields.has("field", "both"));
    assert_eq!((fields.get("empty"), fields.get("bare"), fields.get("absent")), ("", "", ""));
    assert_eq!(fields.get("x"), "50%");
    assert_eq!(Fields::parse(b"").unwrap(), Fields::default());
}

#[test]
fn other_encodings_are_told_apart_not_mangled() {
    // 「山」 in Shift_JIS.
    assert!(Fields::parse(b"name=%8ER").is_err());
    assert!(Fields::parse(b"name=\xff").is_err());
}

#[test]
fn errors_keep_their_order_and_the_first_sentence() {
    let mut errors = FieldErrors::default();
    assert_eq!(errors.title_prefix(), "");
    assert_eq!(errors.take("b", "7".parse::<u8>()), Some(7));
    assert_eq!(errors.take("b", Err::<u8, _>("一つ目")), None);
    errors.add("a", "二つ目");
    errors.add("b", "三つ目");
    assert_eq!(errors.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), ["一つ目", "二つ目"]);
    assert_eq!((errors.of("b"), errors.of("c"), errors.len()), (Some("一つ目"), None, 2));
    assert_eq!(errors.title_prefix(), "エラー：");
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_or_refused(body: Vec<u8>) {
        let _ = Fields::parse(&body);
    }

    #[test]
    fn what_a_browser_encodes_is_read_back(pairs: Vec<(String, String)>) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let fields = Fields::parse(body.as_bytes()).unwrap();
        let read: Vec<_> = fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        proptest::prop_assert_eq!(read, pairs);
    }
}
