//! A regional first-line desk as the public finds it (`docs/spec/around.md` §8).
use super::{
    application::Mistakes,
    company::{BadPostalCode, PostalCode},
    contact::Telephone,
    postal_area::prefecture_of,
};
use crate::{
    prefecture::Prefecture,
    publication::news::WebAddress,
    text::{Prose, TextLine, optional, search_key},
};

/// The longest name of a desk, in characters.
const LONGEST_NAME: usize = 60;
/// The longest other line, in characters.
const LONGEST_LINE: usize = 100;
/// The longest text about what a desk helps with, in characters.
const LONGEST_SUBJECTS: usize = 300;

/// The details of a desk that visitors read, beside its name and its prefecture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskDetails {
    pub postal_code: Option<PostalCode>,
    pub address: Option<TextLine>,
    pub phone: Option<Telephone>,
    /// The opening hours, in words.
    pub hours: Option<TextLine>,
    /// The subjects with which the desk helps.
    pub subjects: Option<Prose>,
    pub website: Option<WebAddress>,
}

/// A desk with its name, its place and its details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskProfile {
    pub name: TextLine,
    pub prefecture: Prefecture,
    pub details: DeskDetails,
}

/// The fields of a desk as an administrator or a file writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskForm {
    pub name: String,
    /// The code of the prefecture.
    pub prefecture: String,
    pub postal_code: String,
    pub address: String,
    pub phone: String,
    pub hours: String,
    pub subjects: String,
    pub website: String,
}

/// The reason why two values of a desk contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("郵便番号は{0}のものです。都道府県と合っているか確認してください")]
pub struct OtherPrefecture(&'static str);

impl DeskProfile {
    /// Parses all fields and returns every mistake with the name of its field.
    pub fn parse(form: &DeskForm) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let name = take(&mut mistakes, "name", TextLine::parse("窓口の名称", &form.name, LONGEST_NAME));
        let prefecture = take(&mut mistakes, "prefecture", Prefecture::parse(&form.prefecture));
        let postal_code = optional(&form.postal_code, PostalCode::parse);
        let postal_code = take(&mut mistakes, "postal_code", postal_code).flatten();
        if let Some((code, prefecture)) = postal_code.zip(prefecture)
            && let Err(other) = fits(code, prefecture)
        {
            mistakes.push(("postal_code", other.to_string()));
        }
        let address = line(&mut mistakes, "address", "住所", &form.address);
        let phone = take(&mut mistakes, "phone", optional(&form.phone, Telephone::parse)).flatten();
        let hours = line(&mut mistakes, "hours", "受付時間", &form.hours);
        let subjects = optional(&form.subjects, |it| Prose::parse("相談できること", it, LONGEST_SUBJECTS));
        let subjects = take(&mut mistakes, "subjects", subjects).flatten();
        let website = take(&mut mistakes, "website", optional(&form.website, WebAddress::parse)).flatten();
        match (name, prefecture) {
            (Some(name), Some(prefecture)) if mistakes.is_empty() => {
                let details = DeskDetails { postal_code, address, phone, hours, subjects, website };
                Ok(Self { name, prefecture, details })
            }
            _ => Err(mistakes),
        }
    }

    /// Returns the key by which a desk is the same in two files: its prefecture and its name, however it is written.
    pub fn key(&self) -> (Prefecture, String) {
        (self.prefecture, search_key(self.name.as_str()))
    }
}

/// A desk as a file describes it. A value that the file does not name stays, unless the file empties it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskUpdate {
    /// The values that the file names.
    pub profile: DeskProfile,
    /// The names of the details that the file empties.
    pub emptied: Vec<&'static str>,
}

/// The cell of a file that empties a detail of a desk.
pub const EMPTIED: &str = "（空にする）";

impl DeskUpdate {
    /// Parses the fields of a row and returns every mistake with the name of its field.
    pub fn parse(mut form: DeskForm) -> Result<Self, Mistakes> {
        let mut emptied = Vec::new();
        let details = [
            ("postal_code", &mut form.postal_code),
            ("address", &mut form.address),
            ("phone", &mut form.phone),
            ("hours", &mut form.hours),
            ("subjects", &mut form.subjects),
            ("website", &mut form.website),
        ];
        for (name, cell) in details {
            if cell.trim() == EMPTIED {
                emptied.push(name);
                cell.clear();
            }
        }
        if form.name.trim() == EMPTIED {
            form.name.clear();
        }
        Ok(Self { profile: DeskProfile::parse(&form)?, emptied })
    }

    /// Returns the desk that comes of the row, if the desk has these details now.
    pub fn applied(&self, now: &DeskDetails) -> DeskProfile {
        let DeskDetails { postal_code, address, phone, hours, subjects, website } =
            self.profile.details.clone();
        let is_kept = |name: &str| !self.emptied.contains(&name);
        let details = DeskDetails {
            postal_code: postal_code.or(now.postal_code.filter(|_| is_kept("postal_code"))),
            address: address.or_else(|| now.address.clone().filter(|_| is_kept("address"))),
            phone: phone.or_else(|| now.phone.clone().filter(|_| is_kept("phone"))),
            hours: hours.or_else(|| now.hours.clone().filter(|_| is_kept("hours"))),
            subjects: subjects.or_else(|| now.subjects.clone().filter(|_| is_kept("subjects"))),
            website: website.or_else(|| now.website.clone().filter(|_| is_kept("website"))),
        };
        DeskProfile { details, ..self.profile.clone() }
    }
}

fn fits(code: PostalCode, prefecture: Prefecture) -> Result<(), OtherPrefecture> {
    match prefecture_of(code) {
        Some(other) if other != prefecture => Err(OtherPrefecture(other.name())),
        Some(_) | None => Ok(()),
    }
}

fn take<T, E: ToString>(mistakes: &mut Mistakes, field: &'static str, parsed: Result<T, E>) -> Option<T> {
    parsed.map_err(|err| mistakes.push((field, err.to_string()))).ok()
}

fn line(mistakes: &mut Mistakes, field: &'static str, label: &'static str, raw: &str) -> Option<TextLine> {
    take(mistakes, field, optional(raw, |it| TextLine::parse(label, it, LONGEST_LINE))).flatten()
}

/// The place at which a visitor looks for a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchedPlace {
    Prefecture(Prefecture),
    /// A postal code, with its prefecture.
    Code(PostalCode, Prefecture),
}

/// The reason why no place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    #[error(transparent)]
    Code(#[from] BadPostalCode),
    #[error("この郵便番号の地域が分かりません。番号を確認するか、都道府県を選択してください")]
    UnknownCode,
}

impl SearchedPlace {
    /// Returns the place that a postal code names, or else the prefecture; `None` if a visitor gave neither.
    pub fn parse(code: &str, prefecture: &str) -> Result<Option<Self>, NoPlace> {
        if code.trim().is_empty() {
            return Ok(Prefecture::parse(prefecture).ok().map(Self::Prefecture));
        }
        let code = PostalCode::parse(code)?;
        let prefecture = prefecture_of(code).ok_or(NoPlace::UnknownCode)?;
        Ok(Some(Self::Code(code, prefecture)))
    }

    pub const fn prefecture(self) -> Prefecture {
        match self {
            Self::Prefecture(it) | Self::Code(_, it) => it,
        }
    }

    /// Returns how far a desk with this postal code is: one with a lower value comes first. Codes are given along the
    /// roads of the mail, so that a desk whose code begins with the same digits is in the same area.
    pub fn distance(self, desk: Option<PostalCode>) -> DeskDistance {
        match (self, desk) {
            (Self::Code(own, _), Some(desk)) => {
                let (own, other) = (own.digits(), desk.digits());
                let shared = own.bytes().zip(other.bytes()).take_while(|(it, other)| it == other).count();
                let apart = own.parse::<u32>().unwrap_or_default().abs_diff(desk.number());
                DeskDistance { other_digits: own.len() - shared, apart }
            }
            (Self::Code(..), None) => DeskDistance { other_digits: usize::MAX, apart: u32::MAX },
            (Self::Prefecture(_), _) => DeskDistance { other_digits: 0, apart: 0 },
        }
    }
}

/// How far a desk is from the place of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeskDistance {
    /// The number of digits, from the first that differs.
    other_digits: usize,
    apart: u32,
}

#[cfg(test)]
mod tests;
