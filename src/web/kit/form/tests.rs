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
    fn an_encoded_form_is_read_as_typed(pairs: Vec<(String, String)>) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let fields = Fields::parse(body.as_bytes()).unwrap();
        let read: Vec<_> = fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        proptest::prop_assert_eq!(read, pairs);
    }
}

mod macros {
    use askama::Template;
    use domain::{actor::Role, consultation::State, id::AccountId, settings::Settings};

    use crate::{
        store::accounts::account::Account,
        web::kit::{
            form::{Choice, FieldErrors, Fields},
            page::Shell,
        },
    };

    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% extends "_layout_staff.html" %}{% import "_form.html" as f %}
{% block title %}{{ errors.title_prefix() }}見本{% endblock %}
{% block main %}
{% call f::summary(errors) %}{% endcall %}
<h1>見本</h1>
<form method="post" novalidate>
{% call f::text(form, errors, "tel", "電話番号", hint="例：03-1234-5678", kind="tel", autocomplete="tel", width="w-24") %}{% endcall %}
{% call f::textarea(form, errors, "description", "困っていること", hint="2,000文字以内", required=false) %}{% endcall %}
{% call f::select(form, errors, "prefecture", "都道府県", choices) %}{% endcall %}
{% call f::radios(form, errors, "field", "相談の分野", choices, hint="迷う場合は両方") %}{% endcall %}
{% call f::checkboxes(form, errors, "theme", "テーマ", choices, required=false) %}{% endcall %}
{% call f::checkbox(form, errors, "consent", "同意します") %}{% endcall %}
<div class="btn-row"><button class="btn">次へ進む</button></div>
</form>
<dl class="sum">{% call f::row("会社名", "株式会社見本", change="/change") %}{% endcall %}{% call f::row("部署", "") %}{% endcall %}</dl>
<p>{% call f::state(state) %}{% endcall %} {% call f::chip("late", "期限超過") %}{% endcall %}</p>
{% call f::pager("", "/next") %}{% endcall %}
{% endblock %}"#
    )]
    struct Sample {
        shell: Shell,
        form: Fields,
        errors: FieldErrors,
        choices: Vec<Choice>,
        state: State,
    }

    fn sample(errors: FieldErrors) -> String {
        let account = Account {
            id: AccountId(uuid::Uuid::nil()),
            email: "center1@example.jp".to_owned(),
            name: "鈴木 花子".to_owned(),
            role: Role::Coordinator,
            desk: None,
            active: true,
            has_password: true,
        };
        let page = Sample {
            shell: Shell {
                account: Some(account),
                path: "/staff/new".to_owned(),
                ..Shell::bare(Settings::default())
            },
            form: Fields::from_iter([
                ("tel", "<０３>"),
                ("field", "labor"),
                ("theme", "ict"),
                ("theme", "labor"),
                ("description", "\n二行目"),
                ("prefecture", "ict"),
                ("consent", "1"),
            ]),
            errors,
            choices: vec![
                Choice::new("ict", "ICT").with_hint("機器・セキュリティ・ツール"),
                Choice::new("labor", "労務管理"),
            ],
            state: State::Checking,
        };
        page.render().unwrap()
    }

    #[test]
    fn fields_show_what_was_typed_and_what_is_wrong() {
        let mut errors = FieldErrors::default();
        errors.add("tel", "電話番号は、10桁または11桁の数字で入力してください");
        errors.add("field", "相談の分野を選択してください");
        let page = sample(errors);
        for expected in [
            "<title>エラー：見本｜テレワーク相談窓口</title>",
            r##"<li><a href="#tel">電話番号は、10桁"##,
            r#"value="&#60;０３&#62;" aria-invalid="true" aria-describedby="tel-e tel-h">"#,
            r#"<p class="err" id="tel-e">エラー：電話番号は、10桁"#,
            r#"<input type="radio" name="field" id="field" value="ict" aria-invalid="true">"#,
            r#"id="field-2" value="labor" checked aria-invalid="true">"#,
            r#"<fieldset class="field" aria-describedby="field-e field-h">"#,
            "aria-describedby=\"description-h\">\n\n二行目</textarea>",
            r#"<option value="ict" selected>ICT</option>"#,
            r#"id="theme-2" value="labor" checked>"#,
            r#"<dd>入力なし</dd>"#,
            r#"<span class="chip chip--center">確認中</span>"#,
            r#"<a rel="next" href="/next">次の50件</a>"#,
            r#"<a href="/staff/mail">メール</a>"#,
            r#"action="/staff/sign-out""#,
        ] {
            assert!(page.contains(expected), "{expected} in {page}");
        }
    }

    #[test]
    fn a_form_without_errors_mentions_none() {
        let page = sample(FieldErrors::default());
        for absent in ["エラー", "aria-invalid", "errsum", "-e\""] {
            assert!(!page.contains(absent), "{absent} in {page}");
        }
    }
}
