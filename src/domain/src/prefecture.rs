//! The 47 prefectures (JIS X 0401) and the regions of the 通信利用動向調査 (`docs/spec/programme.md` §2.2).
use codes::codes;
use serde::{Deserialize, Serialize};

/// A prefecture by its JIS X 0401 code, 1 to 47.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Prefecture(u8);

codes! {
    /// One of the survey's eleven regions, with its code in files and addresses.
    ///
    /// Other government statistics draw the borders differently (新潟, 山梨, 長野, 三重), so a page with numbers by
    /// region names the survey.
    pub enum Region {
        Hokkaido = "hokkaido" => "北海道",
        Tohoku = "tohoku" => "東北",
        NorthKanto = "north_kanto" => "北関東",
        SouthKanto = "south_kanto" => "南関東",
        Hokuriku = "hokuriku" => "北陸",
        Koshinetsu = "koshinetsu" => "甲信越",
        Tokai = "tokai" => "東海",
        Kinki = "kinki" => "近畿",
        Chugoku = "chugoku" => "中国",
        Shikoku = "shikoku" => "四国",
        KyushuOkinawa = "kyushu_okinawa" => "九州・沖縄",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("都道府県を選択してください")]
pub struct NoPrefecture;

const NAMES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

impl Prefecture {
    pub fn from_code(code: u8) -> Result<Self, NoPrefecture> {
        if (1..=47).contains(&code) { Ok(Self(code)) } else { Err(NoPrefecture) }
    }

    /// Parses a form's two-digit code: `13`, or `1` for `01`. A caller has to fold full-width digits (`１３`)
    /// first.
    pub fn parse(code: &str) -> Result<Self, NoPrefecture> {
        code.trim().parse().map_err(|_| NoPrefecture).and_then(Self::from_code)
    }

    pub const fn code(self) -> u8 {
        self.0
    }

    /// Returns the code in two digits, such as `05`, as forms, addresses and exports write it.
    pub fn two_digits(self) -> String {
        format!("{:02}", self.0)
    }

    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0) - 1]
    }

    /// Returns the name for tables and maps: 「東京」, but 「北海道」.
    pub fn short_name(self) -> &'static str {
        self.name().strip_suffix(['都', '府', '県']).unwrap_or(self.name())
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (1..=47).map(Self)
    }

    pub fn region(self) -> Region {
        match self.0 {
            1 => Region::Hokkaido,
            2..=7 => Region::Tohoku,
            8..=10 => Region::NorthKanto,
            11..=14 => Region::SouthKanto,
            15 | 19 | 20 => Region::Koshinetsu,
            16..=18 => Region::Hokuriku,
            21..=24 => Region::Tokai,
            25..=30 => Region::Kinki,
            31..=35 => Region::Chugoku,
            36..=39 => Region::Shikoku,
            _ => Region::KyushuOkinawa,
        }
    }
}

impl TryFrom<u8> for Prefecture {
    type Error = NoPrefecture;

    fn try_from(code: u8) -> Result<Self, NoPrefecture> {
        Self::from_code(code)
    }
}

impl From<Prefecture> for u8 {
    fn from(prefecture: Prefecture) -> Self {
        prefecture.code()
    }
}

impl Region {
    /// Returns whether the region is 都市部: 南関東, 東海 or 近畿. The other regions are 地方部.
    pub const fn is_urban(self) -> bool {
        matches!(self, Self::SouthKanto | Self::Tokai | Self::Kinki)
    }

    /// Returns whether `other` is the same region or is connected by a land border, a bridge or a tunnel, so
    /// that a visit is a day trip.
    pub fn is_near(self, other: Self) -> bool {
        use Region::{
            Chugoku, Hokkaido, Hokuriku, Kinki, Koshinetsu, KyushuOkinawa, NorthKanto, Shikoku, SouthKanto,
            Tohoku, Tokai,
        };
        let borders = [
            (Hokkaido, Tohoku),
            (Tohoku, NorthKanto),
            (Tohoku, Koshinetsu),
            (NorthKanto, SouthKanto),
            (NorthKanto, Koshinetsu),
            (SouthKanto, Koshinetsu),
            (SouthKanto, Tokai),
            (Koshinetsu, Hokuriku),
            (Koshinetsu, Tokai),
            (Hokuriku, Tokai),
            (Hokuriku, Kinki),
            (Tokai, Kinki),
            (Kinki, Chugoku),
            (Kinki, Shikoku),
            (Chugoku, Shikoku),
            (Chugoku, KyushuOkinawa),
            (Shikoku, KyushuOkinawa),
        ];
        self == other || borders.contains(&(self, other)) || borders.contains(&(other, self))
    }
}

#[cfg(test)]
mod tests {
    use super::{NoPrefecture, Prefecture, Region};

    #[test]
    fn codes_names_and_regions_are_those_of_the_survey() {
        assert_eq!(Prefecture::all().count(), 47);
        assert_eq!(Prefecture::parse("13").map(Prefecture::name), Ok("東京都"));
        assert_eq!(Prefecture::parse("01").map(Prefecture::short_name), Ok("北海道"));
        assert_eq!(Prefecture::parse("26").map(Prefecture::short_name), Ok("京都"));
        for wrong in ["", "0", "48", "-1", "東京"] {
            assert_eq!(Prefecture::parse(wrong), Err(NoPrefecture), "{wrong}");
        }
        let urban = Prefecture::all().filter(|it| it.region().is_urban()).count();
        assert_eq!((urban, 47 - urban), (14, 33));
        for region in Region::ALL {
            assert!(Prefecture::all().any(|it| it.region() == region));
        }
    }

    #[test]
    fn a_region_is_near_to_those_that_are_near_to_it() {
        for a in Region::ALL {
            for b in Region::ALL {
                assert_eq!(a.is_near(b), b.is_near(a));
            }
            assert!(a.is_near(a));
        }
        assert!(!Region::Hokkaido.is_near(Region::KyushuOkinawa));
    }

    #[test]
    fn a_region_has_one_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Region::ALL.iter().map(|it| it.label()).collect();
        assert_eq!((names.len(), Region::KyushuOkinawa.label()), (Region::ALL.len(), "九州・沖縄"));
    }
}
