use proptest::prelude::*;

use super::{Kept, MailWording, Reader, Template, TextFault, TextKind, TextPart, Texts, Values, Variable};

fn words(title: &str, body: &str) -> MailWording {
    MailWording { title: title.to_owned(), body: body.to_owned() }
}

/// Returns the faults of a question to a company, which must contain the question and the link.
fn wrong(body: &str) -> Vec<String> {
    let parsed = Template::parse(TextKind::Question, &words("件名", body));
    parsed.err().unwrap_or_default().into_iter().map(|it| it.message).collect()
}

const WHOLE: &str = "{{ 確認事項 }}\n\n▼回答する\n{{ リンク }}\n";

#[test]
fn every_shipped_text_holds_and_has_a_name_of_its_own() {
    for kind in TextKind::ALL {
        let shipped = kind.shipped_words();
        assert!(
            Template::parse(kind, &shipped).is_ok(),
            "{}: {:?}",
            kind.code(),
            Template::parse(kind, &shipped)
        );
        assert_eq!(TextKind::from_code(kind.code()), Some(kind));
        let mut variables: Vec<_> = kind.variables().collect();
        let count = variables.len();
        variables.sort_unstable();
        variables.dedup();
        assert_eq!(variables.len(), count, "{} names a variable twice", kind.code());
    }
}

#[test]
fn a_text_that_can_reach_a_stranger_has_no_variable_of_the_form() {
    for kind in TextKind::ALL.into_iter().filter(|it| it.may_reach_a_stranger()) {
        let from_form: Vec<_> = kind.variables().filter(|it| it.is_from_form()).collect();
        assert_eq!(from_form, [], "{}", kind.code());
    }
    assert!(
        wrong(&format!("{{{{ 会社名 }}}}{WHOLE}"))[0]
            .contains("「会社名」という項目は、このメールにはありません")
    );
}

/// The shipped text gets all values, even if its reader may be a stranger. Of the values from the form it
/// names only the place of an appointment.
#[test]
fn shipped_texts_to_the_company_name_nothing_that_the_form_said_but_the_place() {
    for kind in
        TextKind::ALL.into_iter().filter(|it| matches!(it.reader(), Reader::Company | Reader::Everybody))
    {
        let MailWording { title, body } = kind.shipped_words();
        for it in kind.variables().filter(|it| it.is_from_form() && *it != Variable::Place) {
            let is_named = [&title, &body].iter().any(|text| text.contains(&format!(" {} ", it.name())));
            assert!(!is_named, "{} names {}", kind.code(), it.name());
        }
    }
}

#[test]
fn an_unknown_construct_of_a_text_is_refused_with_its_line() {
    assert_eq!(wrong(WHOLE), [""; 0]);
    for (added, why) in [
        ("\n{{ 電話場号 }}", "6行目：「電話場号」という項目は、このメールにはありません"),
        ("{{ リンク | upper }}", "という項目は、このメールにはありません"),
        ("{{ 1 + 1 }}", "という項目は、このメールにはありません"),
        ("{% for it in リンク %}{% endfor %}", "使えるのは if、if not、else、endif だけです"),
        ("{% include 'x' %}", "使えるのは"),
        ("{% set a = 1 %}", "使えるのは"),
        ("{%- if リンク %}{% endif %}", "使えるのは"),
        ("{% if リンク and 受付番号 %}{% endif %}", "使えるのは"),
        ("{% if リンク %}", "「{% if %}」を「{% endif %}」で閉じてください"),
        ("{% endif %}", "対応する「{% if %}」がありません"),
        ("{% if 受付番号 %}{% else %}{% else %}{% endif %}", "対応する「{% if %}」がありません"),
        ("{{ リンク", "「{{」を「}}」で閉じてください"),
        ("{# 覚え書き #}", "「{#」だけがあります"),
        ("リンク }}", "「}}」だけがあります"),
        ("｛｛ リンク ｝｝", "半角で入力してください"),
        ("\u{7}", "目に見えない記号を取り除いてください"),
    ] {
        let flaws = wrong(&format!("{WHOLE}{added}"));
        assert!(flaws.iter().any(|it| it.contains(why)), "{added}: {flaws:?}");
    }
    // A single percent sign or brace is ordinary text.
    assert_eq!(wrong(&format!("{WHOLE}\n50%の方が{{回答}}しています。")), [""; 0]);
    assert_eq!(wrong(""), ["本文を入力してください"]);
    assert!(wrong(&"あ".repeat(4001))[0].contains("4000文字以内"));
}

#[test]
fn a_required_variable_stands_in_every_branch_of_a_text() {
    assert!(wrong("{{ 確認事項 }}")[0].contains("{{ リンク }} を"));
    let hidden = "{{ 確認事項 }}{% if 受付番号 %}{{ リンク }}{% endif %}";
    assert!(wrong(hidden)[0].contains("{{ リンク }} を"));
    let both = "{{ 確認事項 }}{% if 受付番号 %}{{ リンク }}{% else %}▼開く\n{{ リンク }}{% endif %}";
    assert_eq!(wrong(both), [""; 0]);
    let flaws =
        Template::parse(TextKind::Question, &words("{% if 相談分野 %}確認{% endif %}", WHOLE)).unwrap_err();
    assert_eq!(flaws[0].part, TextPart::Title);
}

#[test]
fn a_frame_says_what_it_frames() {
    let flaws = |title, body| {
        let parsed = Template::parse(TextKind::Frame, &words(title, body));
        parsed.err().unwrap_or_default().into_iter().map(|it| (it.part, it.message)).collect::<Vec<_>>()
    };
    let missing = |what| format!("{what} }}}} を、どの条件でも表示されるように入れてください");
    assert_eq!(flaws("{{ 件名 }}", "{{ 本文 }}"), []);
    assert_eq!(flaws("お知らせ", "{{ 本文 }}"), [(TextPart::Title, missing("件名に {{ 件名"))]);
    assert_eq!(flaws("{{ 件名 }}", "{{ 宛名 }}"), [(TextPart::Body, missing("本文に {{ 本文"))]);
    let hidden = "{% if 返信不可 %}{{ 件名 }}{% else %}お知らせ{% endif %}";
    assert_eq!(flaws(hidden, "{{ 本文 }}"), [(TextPart::Title, missing("件名に {{ 件名"))]);
}

#[test]
fn a_subject_is_one_line_whatever_is_put_into_it() {
    let flaws = Template::parse(TextKind::Question, &words("件名\r\nBcc: x@example.jp", WHOLE)).unwrap_err();
    assert!(flaws.iter().any(|it: &TextFault| it.part == TextPart::Title && it.message.contains("1行")));
    let template = Template::parse(TextKind::Question, &words("{{ 確認事項 }}", WHOLE)).unwrap();
    let mut values = Values::default();
    values.set(Variable::QuestionText, "> 端末\r\nBcc: x@example.jp\u{0}");
    values.set(Variable::Link, "https://soudan.example.jp/l/TOKEN\nhttps://evil.example.jp/");
    let written = template.write(&values).unwrap();
    assert!(!written.title.contains(char::is_control), "{:?}", written.title);
    assert!(written.body.contains("https://soudan.example.jp/l/TOKEN https://evil"), "{}", written.body);
}

#[test]
fn a_value_is_never_read_as_a_text() {
    let template = Template::parse(TextKind::Question, &words("件名", WHOLE)).unwrap();
    let mut values = Values::default();
    values.set(Variable::QuestionText, "{{ 電話番号 }}{% if リンク %}<b>{% endif %}");
    let written = template.write(&values).unwrap();
    assert!(written.body.starts_with("{{ 電話番号 }}{% if リンク %}<b>{% endif %}"), "{}", written.body);
}

#[test]
fn the_latest_year_with_a_text_is_in_force_and_a_broken_one_is_not() {
    let mut texts = Texts::default();
    let values = Values::default();
    let title = |texts: &Texts, year| texts.write(TextKind::Question, year, &values).map(|it| it.title);
    texts.put(TextKind::Question, 2026, Some(&words("八年度", WHOLE)));
    assert_eq!(title(&texts, 2025), None);
    assert_eq!(title(&texts, 2027), Some("八年度".to_owned()));
    texts.put(TextKind::Question, 2027, None);
    assert_eq!(title(&texts, 2028), None);
    texts.put(TextKind::Question, 2029, Some(&words("十一年度", "{{ なくなった項目 }}")));
    assert_eq!(title(&texts, 2029), None);
    assert!(matches!(texts.of(TextKind::Question, 2029), Some((2029, Kept::Broken(_)))));
    assert_eq!(texts.broken(2029), [TextKind::Question]);
    assert_eq!(texts.broken(2026), []);
}

proptest! {
    /// Any text that can be saved can be written with any values, and contains its required variables.
    #[test]
    fn an_accepted_text_can_always_be_written(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{{ リンク }}", "{{ 確認事項 }}", "{{受付番号}}", "{% if 受付番号 %}", "{% if not 相談分野 %}", "{% else %}",
            "{% endif %}", "\n", "本文", "{", "}", "%", "{{", "}}", "▼開く\n",
        ]), 0..14),
        said in prop::collection::vec("[^\u{e000}]{0,8}", 6),
    ) {
        let body = pieces.concat();
        if let Ok(template) = Template::parse(TextKind::Question, &words("件名", &body)) {
            let mut values = Values::default();
            for (variable, value) in TextKind::Question.variables().zip(&said) {
                values.set(variable, value.as_str());
            }
            values.set(Variable::Link, "https://soudan.example.jp/l/TOKEN");
            values.set(Variable::QuestionText, "> 端末は何台ですか。");
            let written = template.write(&values).unwrap();
            prop_assert!(written.body.contains("https://soudan.example.jp/l/TOKEN"), "{}", body);
            prop_assert!(written.body.contains("> 端末は何台ですか。"), "{}", body);
        }
    }

    #[test]
    fn no_text_makes_reading_it_fail(title in "\\PC{0,20}", body in "[{}%#ifelsnd リンク\n｛]{0,60}") {
        let _ = Template::parse(TextKind::Question, &words(&title, &body));
    }
}

/// The line break after a tag is not part of the mail: a tag at the end of other text would join it to the next line.
#[test]
fn a_tag_at_the_end_of_a_line_stands_there_alone() {
    for kind in TextKind::ALL {
        for line in kind.shipped_words().body.lines().map(str::trim) {
            let is_alone = line.starts_with("{%") && line.matches("{%").count() == 1;
            assert!(is_alone || !line.ends_with("%}"), "{}: {line}", kind.code());
        }
    }
}
