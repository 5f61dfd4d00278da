//! Invented people: common family and given names, combined by number.
use super::nth;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName {
    /// The family name, an ideographic space, and the given name.
    pub name: String,
    /// The name in full-width katakana.
    pub kana: String,
}

/// Returns the `n`th person. Neighbouring numbers share neither family nor given name.
pub fn person(n: usize) -> PersonName {
    let (family, family_kana) = nth(FAMILY, n).unwrap_or_default();
    let (given, given_kana) = nth(GIVEN, n.wrapping_mul(7) + n / FAMILY.len()).unwrap_or_default();
    PersonName { name: format!("{family}　{given}"), kana: format!("{family_kana}　{given_kana}") }
}

/// Returns the department of the `n`th contact; empty in a small company.
pub fn department(n: usize) -> &'static str {
    nth(&["総務部", "", "人事課", "情報システム課", "管理部", "", "経営企画室", "業務部"], n)
        .unwrap_or_default()
}

pub fn position(n: usize) -> &'static str {
    nth(&["部長", "代表取締役", "課長", "", "主任", "専務取締役", "", "係長", "事務局長"], n)
        .unwrap_or_default()
}

type Word = (&'static str, &'static str);

const FAMILY: &[Word] = &[
    ("青木", "アオキ"),
    ("秋山", "アキヤマ"),
    ("石井", "イシイ"),
    ("井上", "イノウエ"),
    ("上田", "ウエダ"),
    ("江口", "エグチ"),
    ("大野", "オオノ"),
    ("小川", "オガワ"),
    ("片山", "カタヤマ"),
    ("川口", "カワグチ"),
    ("菊地", "キクチ"),
    ("木下", "キノシタ"),
    ("工藤", "クドウ"),
    ("久保", "クボ"),
    ("小林", "コバヤシ"),
    ("近藤", "コンドウ"),
    ("斎藤", "サイトウ"),
    ("坂本", "サカモト"),
    ("島田", "シマダ"),
    ("杉山", "スギヤマ"),
    ("関口", "セキグチ"),
    ("高野", "タカノ"),
    ("竹内", "タケウチ"),
    ("田村", "タムラ"),
    ("千葉", "チバ"),
    ("辻", "ツジ"),
    ("土屋", "ツチヤ"),
    ("永井", "ナガイ"),
    ("中島", "ナカジマ"),
    ("西川", "ニシカワ"),
    ("野口", "ノグチ"),
    ("橋本", "ハシモト"),
    ("馬場", "ババ"),
    ("平野", "ヒラノ"),
    ("福田", "フクダ"),
    ("藤原", "フジワラ"),
    ("古川", "フルカワ"),
    ("本田", "ホンダ"),
    ("松尾", "マツオ"),
    ("丸山", "マルヤマ"),
    ("三浦", "ミウラ"),
    ("宮崎", "ミヤザキ"),
    ("村上", "ムラカミ"),
    ("森田", "モリタ"),
    ("安田", "ヤスダ"),
    ("山口", "ヤマグチ"),
    ("横山", "ヨコヤマ"),
    ("吉田", "ヨシダ"),
    ("和田", "ワダ"),
    ("渡辺", "ワタナベ"),
    ("髙橋", "タカハシ"),
    ("渡邉", "ワタナベ"),
    ("山﨑", "ヤマザキ"),
];

const GIVEN: &[Word] = &[
    ("明子", "アキコ"),
    ("彩", "アヤ"),
    ("一郎", "イチロウ"),
    ("恵美", "エミ"),
    ("和也", "カズヤ"),
    ("健", "ケン"),
    ("健太", "ケンタ"),
    ("幸子", "サチコ"),
    ("さくら", "サクラ"),
    ("悟", "サトル"),
    ("純", "ジュン"),
    ("真一", "シンイチ"),
    ("大輔", "ダイスケ"),
    ("拓也", "タクヤ"),
    ("千恵", "チエ"),
    ("徹", "トオル"),
    ("智子", "トモコ"),
    ("直樹", "ナオキ"),
    ("直美", "ナオミ"),
    ("典子", "ノリコ"),
    ("春香", "ハルカ"),
    ("英樹", "ヒデキ"),
    ("浩", "ヒロシ"),
    ("裕子", "ユウコ"),
    ("誠", "マコト"),
    ("真由美", "マユミ"),
    ("美咲", "ミサキ"),
    ("瑞穂", "ミズホ"),
    ("由紀", "ユキ"),
    ("陽介", "ヨウスケ"),
    ("亮", "リョウ"),
];
