//! Variants of characters in names that Unicode normalisation does not fold.
use std::collections::HashMap;
use std::sync::LazyLock;

/// The table of variants. Each word is a common character followed by the variants that are searched as if
/// they were it.
///
/// The variants are old forms and forms of family registers that occur in names of people, places and
/// companies. Some are different characters by the dictionary (斎 and 斉), but are often confused.
const TABLE: &str = "
    高髙 崎﨑嵜 辺邊邉 斉斎齋齊 沢澤 浜濱濵 徳德 吉𠮷 桑桒 桜櫻 広廣 国國 学學斈 蔵藏 竜龍 滝瀧 島嶋嶌 岳嶽 峰峯
    真眞 恵惠 栄榮 応應 円圓 会會 条條 静靜 浅淺 淵渕渊 藪薮籔 桧檜 礼禮 寿壽 豊豐 鉄鐵銕 関關 実實 宝寶寳 総總
    県縣 駅驛 塩鹽 与與 万萬 号號 来來 仏佛 伝傳 価價 児兒 剣劍劔剱 労勞 区區 巻卷 参參 図圖 団團 壱壹 壮壯
    奥奧 将將 専專 対對 属屬 巌巖 帯帶 弥彌 彦彥 戸戶 摂攝 教敎 数數 暁曉 曽曾 槙槇 楽樂 様樣 横橫 権權 歩步
    歴歷 帰歸 毎每 気氣 沖冲 浄淨 清淸 満滿 済濟 瀬瀨 湾灣 灯燈 為爲 独獨 瑶瑤 秘祕 稲稻 穂穗 穣穰 経經 緑綠
    続續 聡聰 声聲 旧舊 荘莊 園薗 薬藥 芸藝 芦蘆 蚕蠶 蛍螢 衛衞 装裝 覚覺 観觀 誉譽 読讀 変變 譲讓 頼賴 賛贊
    転轉 村邨 郷鄕鄉 医醫 釈釋 録錄 鎮鎭 鉱鑛 青靑 霊靈 顔顏 顕顯 余餘 験驗 鶏鷄雞 鴎鷗 麦麥 麺麵 黄黃 黒黑
    点點 歯齒 亀龜 富冨 凛凜 野埜 場塲 館舘 船舩 刈苅 橋𣘺槗 柳栁桺 昇曻 皐皋 間閒 鶴靏靍 旗籏 留畄 亜亞 土圡
    麹麴 遥遙 尭堯 検檢 乗乘 併倂 単單 厳嚴 増增 姫姬 嬢孃 寛寬 尚尙 届屆 峡峽 巣巢 庁廳 戦戰 払拂 収收 晋晉
    楼樓 渉涉 渓溪 炉爐 狭狹 弁辨瓣辯 当當 発發 尽盡 禅禪 並竝 粋粹 糸絲 絵繪 縄繩 欠缺 聴聽 台臺 虫蟲 証證
    予豫 売賣 軽輕 隣鄰 醸釀 銭錢 双雙 雑雜 穐龝 祢禰 蝋蠟 諌諫 頚頸 掴摑 桝枡 函凾 却卻 厩廐 恒恆 拝拜
    勅敕 舎舍 緒緖 薫薰 郎郞 閲閱 髪髮 黙默 説說 脱脫 税稅 鋭銳
";

static COMMON: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let of_group = |group: &'static str| {
        let mut members = group.chars();
        members.next().into_iter().flat_map(move |kept| members.clone().map(move |other| (other, kept)))
    };
    TABLE.split_whitespace().flat_map(of_group).collect()
});

/// Returns the common form of a variant, or the character itself.
pub(super) fn common(it: char) -> char {
    COMMON.get(&it).copied().unwrap_or(it)
}

#[cfg(test)]
mod tests {
    use super::{COMMON, TABLE};

    #[test]
    fn no_character_stands_twice_in_the_table() {
        let mut all: Vec<char> = TABLE.chars().filter(|it| !it.is_whitespace()).collect();
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|it| it[0] == it[1]).collect();
        assert_eq!(twice, Vec::<&[char]>::new());
        assert!(COMMON.len() > 200);
    }
}
