use proptest::prelude::*;

use super::{escaped, from_text};

#[test]
fn a_text_becomes_headings_tables_buttons_and_links() {
    let text = "みなと <製作所> 様\n\n■今後の流れ\n受付番号：R08-000123\n日　　時：11月24日\n\n\
                ▼状況を確認する\nhttps://a.example.jp/my?x=1&y=2\n\n詳しくはhttps://b.example.jp/。";
    insta::assert_snapshot!(body(text), @r#"
    <p>みなと &lt;製作所&gt; 様</p>
    <h2>今後の流れ</h2>
    <table>
    <tr><th scope="row">受付番号：</th><td>R08-000123</td></tr>
    <tr><th scope="row">日　　時：</th><td>11月24日</td></tr>
    </table>
    <p><a href="https://a.example.jp/my?x=1&amp;y=2">状況を確認する</a><br>
    <a href="https://a.example.jp/my?x=1&amp;y=2">https://a.example.jp/my?x=1&amp;y=2</a></p>
    <p>詳しくは<a href="https://b.example.jp/">https://b.example.jp/</a>。</p>
    "#);
}

#[test]
fn only_web_addresses_become_links() {
    for text in ["javascript:alert(1)", "http://", "https:// ", "xhttp", "data:text/html,a"] {
        assert!(!from_text(text).contains("<a "), "{text}");
    }
    assert!(body("https://a.example.jp/\"onclick=x").contains("href=\"https://a.example.jp/\">"));
}

proptest! {
    #[test]
    fn every_character_appears_and_none_escapes(
        text in "([■▼]?[ -~あ-ん：。\"<>&']{0,20}(https?://)?[a-z<>\"&/.]{0,9}\n?){0,12}"
    ) {
        let html = from_text(&text);
        let body = html.split_once("<div style=\"").unwrap().1.split_once(">").unwrap().1;
        let body = body.rsplit_once("</div>").unwrap().0;
        let shown = unescaped(&without_tags(body));
        let said: String = text.lines().map(|it| it.strip_prefix(['■', '▼']).unwrap_or(it)).collect();
        let black = |it: &str| it.chars().filter(|it| !it.is_whitespace() && *it != '▼').collect::<String>();
        prop_assert_eq!(black(&shown), black(&said));
    }

    #[test]
    fn escaped_text_contains_no_markup(text in any::<String>()) {
        prop_assert!(!escaped(&text).contains(['<', '>', '"', '\'']));
        prop_assert_eq!(unescaped(&escaped(&text)), text);
    }
}

/// Returns the document's body without styles.
fn body(text: &str) -> String {
    let html = from_text(text);
    let mut body = String::new();
    for (n, part) in html.split(" style=\"").enumerate() {
        body.push_str(if n == 0 { part } else { part.split_once('"').unwrap().1 });
    }
    let body = body.split_once("<div>\n").unwrap().1;
    body.split_once("</div>").unwrap().0.to_owned()
}

/// Removes our own tags. Any other `<` stays and makes the comparison fail.
fn without_tags(html: &str) -> String {
    let mut shown = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        shown.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        assert!(["p", "h2", "a", "br", "table", "tr", "th", "td"].contains(&name), "{tag}");
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn unescaped(html: &str) -> String {
    let html = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    html.replace("&amp;", "&")
}
