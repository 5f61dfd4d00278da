//! The materials of an event: links that editors enter after it, one title and address a line.
use crate::{
    publication::news::WebAddress,
    text::{TextLine, optional},
};

/// The most materials of an event.
const MOST: usize = 20;

/// The length of the longest title, in characters.
const LONGEST_TITLE: usize = 100;

/// One document or recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    pub title: TextLine,
    pub address: WebAddress,
}

impl Material {
    /// Parses lines such as `発表資料 https://www.example.jp/a.pdf`. Empty lines count for nothing.
    pub fn parse_all(typed: &str) -> Result<Vec<Self>, String> {
        let lines = typed.lines().enumerate().filter(|(_, it)| !it.trim().is_empty());
        let all: Vec<_> =
            lines.map(|(n, it)| Self::parse(it).map_err(|why| format!("{}行目：{why}", n + 1))).collect();
        if all.len() > MOST {
            return Err(format!("資料は{MOST}件までにしてください"));
        }
        all.into_iter().collect()
    }

    /// Returns materials as they are stored and typed.
    pub fn lines(all: &[Self]) -> Option<String> {
        let lines: Vec<_> =
            all.iter().map(|it| format!("{} {}", it.title.as_str(), it.address.as_str())).collect();
        optional(&lines.join("\n"), |it| Ok::<_, ()>(it.to_owned())).ok().flatten()
    }

    fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim().replace('\u{3000}', " ");
        let (title, address) = line.rsplit_once(' ').ok_or("「題名 アドレス」の形で入力してください")?;
        let address = WebAddress::parse(address).map_err(|err| err.to_string())?;
        let title = TextLine::parse("題名", title, LONGEST_TITLE).map_err(|err| err.to_string())?;
        Ok(Self { title, address })
    }
}

#[cfg(test)]
mod tests {
    use super::Material;

    #[test]
    fn materials_are_read_as_they_are_written() {
        let typed = "発表資料　https://www.example.jp/a.pdf\n\n 録画 その1 https://www.example.jp/v \n";
        let all = Material::parse_all(typed).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].title.as_str(), "録画 その1");
        let lines = Material::lines(&all).unwrap();
        assert_eq!(Material::parse_all(&lines), Ok(all));
        assert_eq!(Material::lines(&[]), None);
    }

    #[test]
    fn a_line_without_an_address_is_named() {
        assert!(Material::parse_all("発表資料").unwrap_err().starts_with("1行目：「題名"));
        assert!(
            Material::parse_all("資料 /a\n録画 javascript:x").unwrap_err().starts_with("2行目：リンク先は")
        );
        assert!(Material::parse_all(&"資料 /a\n".repeat(21)).unwrap_err().contains("20件まで"));
    }
}
