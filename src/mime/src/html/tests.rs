use proptest::prelude::*;

use super::{CLEANER, clean};

/// Hostile HTML in mails, each with the words that must be gone. Its readable text is the word 本文.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>本文<script src=//e.example/x.js></script>",
    "<p onclick=alert(1) onmouseover='x()'>本文</p><img src=x onerror=alert(1)>",
    "<style>body{background:url(http://e.example/a)}@import '//e.example/b'</style>本文",
    "<p style=\"background:url(http://e.example/c)\">本文</p><table background=//e.example/d><td>",
    "<meta http-equiv=refresh content='0;url=//e.example/'>本文<meta http-equiv=set-cookie content=a>",
    "<form action=//e.example method=post><input name=password><button>本文</button></form>",
    "<base href=//e.example/ target=_top>本文",
    "<svg onload=alert(1)><image href=//e.example/e /><a xlink:href=javascript:x><text>x</text></a></svg>本文",
    "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>本文",
    "本文<img src=\"cid:logo@example.jp\"><img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "本文<img src=https://e.example/pixel.gif?who=1 width=1 height=1 alt=\"\">",
    "<iframe src=//e.example/></iframe><object data=//e.example/></object><embed src=//e.example/>本文",
    "<link rel=stylesheet href=//e.example/x><link rel=preload as=image href=//e.example/y>本文",
    "<video src=//e.example/v poster=//e.example/p></video><audio src=//e.example/a></audio>本文",
    "<a href=\"javascript:alert(1)\">本文</a><a href=\"data:text/html,x\">x</a><a href=\"/staff/sign-out\">x</a>",
    "<a href='https://e.example/\"><script>alert(1)</script>'>本文</a>",
    "<img alt='\"><script>alert(1)</script>' src=x>本文",
    "<img alt='x><script>alert(1)</script>' src=x>本文",
    "<!--[if mso]><script>alert(1)</script><![endif]-->本文<!-- <img src=x> -->",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">x</p></noscript>本文",
    "<div ping=//e.example/ srcset=//e.example/ background=//e.example/ id=next class=btn>本文</div>",
    "<p>本文<frameset><frame src=//e.example/></frameset><bgsound src=//e.example/>",
];

/// Returns every tag that is left, with its name and its attributes.
fn marks(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|it| it.split('>').next().unwrap_or(it)).collect()
}

/// Checks that no remaining tag has an attribute, so that nothing runs, loads, links or is styled.
#[track_caller]
fn is_bare(html: &str) {
    for mark in marks(html) {
        let name = mark.trim_start_matches('/');
        let known = CLEANER.clone_tags().contains(name) && !matches!(name, "a" | "img");
        assert!(known, "<{mark}> in {html}");
    }
}

#[test]
fn nothing_runs_loads_or_leads_anywhere() {
    for hostile in HOSTILE {
        let (html, text) = clean(hostile);
        is_bare(&html);
        assert!(html.contains("本文") && text.contains("本文"), "{hostile}: {html}");
        // Cleaning is idempotent: removing parts does not create new tags out of the rest.
        assert_eq!(CLEANER.clean(&html).to_string(), html.replace("&quot;", "\""), "{hostile}");
    }
}

#[test]
fn the_target_of_a_link_and_the_text_of_a_picture_are_shown() {
    let (html, text) = clean(
        "<p>資料は<a href=\"https://example.co.jp/a?b=1&amp;c=2\">こちら</a>、<a href=\"https://example.co.jp/\">\
         https://example.co.jp</a>。<img src=cid:x alt=\"A&amp;B社のロゴ\"><img src=cid:y></p>",
    );
    assert_eq!(
        html,
        "<p>資料はこちら &lt;https://example.co.jp/a?b=1&amp;c=2&gt;、https://example.co.jp。［画像：A&amp;B社のロゴ］</p>"
    );
    let read = "資料はこちら <https://example.co.jp/a?b=1&c=2>、https://example.co.jp。［画像：A&B社のロゴ］";
    assert_eq!(text.trim(), read);
}

#[test]
fn a_mail_of_html_alone_reads_well_as_text() {
    let (_, text) = clean(
        "<html><head><title>題</title><style>p{margin:0}</style></head><body><p class=MsoNormal>お世話に<b>なって</b>おります。\
         <o:p></o:p></p>\r\n<p>&nbsp;</p><p>次のとおりです。</p><ul><li>端末&nbsp;28台</li><li>拠点 2か所</li></ul>\
         <table border=1><tr><th>月</th><th>人数</th></tr><tr><td>11月</td><td>5&lt;6</td></tr></table>\
         <div>以上<br>よろしくお願いします。</div><hr><blockquote>前のメール<blockquote>もっと前</blockquote></blockquote></body></html>",
    );
    let lines: Vec<_> = text.lines().map(str::trim_end).filter(|it| !it.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "お世話になっております。",
            "次のとおりです。",
            "・端末 28台",
            "・拠点 2か所",
            "月 人数",
            "11月 5<6",
            "以上",
            "よろしくお願いします。",
            "----------",
            "> 前のメール",
            ">> もっと前",
        ]
    );
}

proptest! {
    #[test]
    fn any_html_is_reduced_to_harmless_markup(
        pieces in prop::collection::vec((0..HOSTILE.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8),
        between in prop::collection::vec("[<>\"'=/ a-z&;]{0,6}", 8),
    ) {
        let mut source = String::new();
        for ((which, from, to), between) in pieces.into_iter().zip(between) {
            let whole: Vec<char> = HOSTILE[which].chars().collect();
            let (from, to) = (from.index(whole.len()), to.index(whole.len()));
            source.extend(&whole[from.min(to)..from.max(to)]);
            source += &between;
        }
        is_bare(&clean(&source).0);
    }
}

/// Mail programs colour parts of an address. A search for one of our addresses has to find it in one piece.
#[test]
fn an_address_is_not_broken_into_pieces() {
    let (html, _) = clean("<p>https://soudan.example.jp<span>/l/</span><span class=x>0123456789</span></p>");
    assert!(html.contains("https://soudan.example.jp/l/0123456789"), "{html}");
}
