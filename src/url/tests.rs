use super::Site;

#[test]
fn links_of_ours_are_cut_and_the_rest_stays() {
    let site = Site::new("https://soudan.example.jp");
    for (text, shown) in [
        ("> https://soudan.example.jp/l/AbC_1-2?case=R08-000123", "> https://soudan.example.jp/…"),
        ("<https://Soudan.Example.JP/a/t.x>で", "<https://Soudan.Example.JP/…>で"),
        (
            "https://links.example.com/?url=https%3A%2F%2Fsoudan.example.jp%2Fl%2FAbC&data=1 です",
            "https://links.example.com/?url=https%3A%2F%2Fsoudan.example.jp/… です",
        ),
        ("https-3A__soudan.example.jp_l_AbC&d=x", "https-3A__soudan.example.jp/…"),
        (
            "https://soudan.example.jp/l/aとhttps://soudan.example.jp/l/b",
            "https://soudan.example.jp/…とhttps://soudan.example.jp/…",
        ),
        (
            "madoguchi@soudan.example.jp: 「https://www.example.jp/l/a」",
            "madoguchi@soudan.example.jp: 「https://www.example.jp/l/a」",
        ),
        ("İ soudan.example.jp/l/a", "İ soudan.example.jp/…"),
        ("", ""),
    ] {
        assert_eq!(site.without_links(text), shown);
    }
}
