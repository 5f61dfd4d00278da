//! Devices in plain words: the kind of computer and the browser that a `User-Agent` header names.

/// The marks of computers in a header, in the order in which they are looked for: a phone also names the system on which its
/// own is built.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Androidの端末"),
    ("Windows", "Windowsのパソコン"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linuxのパソコン"),
];

/// The marks of browsers in a header, in the order in which they are looked for: most also name the ones before them.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
];

/// Returns the words for a device, such as 「Windowsのパソコン（Edge）」. Nothing else of the header is kept.
pub fn device_words(user_agent: &str) -> String {
    let named = |list: &[(&str, &'static str)]| {
        list.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, words)| *words)
    };
    let safari = user_agent.contains("Safari/").then_some("Safari");
    match (named(&SYSTEMS), named(&BROWSERS).or(safari)) {
        (Some(system), Some(browser)) => format!("{system}（{browser}）"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "種類の分からない端末".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device_words;

    #[test]
    fn a_header_becomes_plain_words() {
        for (header, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36 Edg/142.0.0.0",
                "Windowsのパソコン（Edge）",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Mobile/15E148 Safari/604.1",
                "iPhone（Safari）",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
                 Safari/537.36",
                "Androidの端末（Chrome）",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Linuxのパソコン（Firefox）",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 \
                 Safari/605.1.15",
                "Mac（Safari）",
            ),
            ("curl/8.0", "種類の分からない端末"),
            ("", "種類の分からない端末"),
            ("<script>Windows", "Windowsのパソコン"),
        ] {
            assert_eq!(device_words(header), words, "{header}");
        }
    }
}
