//! Evidence that two applications are of one company. A person decides; the evidence says why the two are shown
//! together.
use crate::text::search_key;

/// The facts of an application about the company and the person that filed it. Empty texts are no facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub corporate_number: Option<String>,
    pub name: String,
    /// The reading of the company's name.
    pub reading: String,
    pub city: String,
    pub street: String,
    /// The digits of the telephone number.
    pub telephone: String,
    /// The name of the contact.
    pub person: String,
    /// The contact's address in lower case.
    pub mail_address: String,
}

/// One fact in which two applications agree, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Both are filed under one company already.
    Company,
    CorporateNumber,
    MailAddress,
    Name,
    Reading,
    Telephone,
    Address,
    Person,
    MailDomain,
}

impl Evidence {
    /// Returns the evidence as the center reads it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Company => "同じ企業として登録",
            Self::CorporateNumber => "法人番号が一致",
            Self::MailAddress => "メールアドレスが一致",
            Self::Name => "会社名が一致（表記の違いを除く）",
            Self::Reading => "会社名のフリガナが一致",
            Self::Telephone => "電話番号が一致",
            Self::Address => "所在地が一致",
            Self::Person => "担当者の氏名が一致",
            Self::MailDomain => "メールアドレスのドメインが一致",
        }
    }

    /// Returns whether this fact alone suggests one company. Two people can have one name, and two companies can share
    /// a building or the domain of their group.
    pub const fn is_strong(self) -> bool {
        match self {
            Self::Company | Self::CorporateNumber | Self::MailAddress | Self::Name => true,
            Self::Reading | Self::Telephone | Self::Address | Self::Person | Self::MailDomain => false,
        }
    }
}

/// The number of companies from which on a mail domain that they share is no evidence: it is that of a provider, an
/// association or a group.
pub const MOST_AT_DOMAIN: u64 = 5;

/// Returns whether the evidence suggests one company: one strong fact, or two others.
pub fn is_evident(evidence: &[Evidence]) -> bool {
    evidence.iter().any(|it| it.is_strong()) || evidence.len() > 1
}

/// The facts of which at least some should agree, as the center reads them when none does.
pub const COMPARED: &str = "法人番号、メールアドレス、会社名、フリガナ、電話番号、所在地";

/// Domains whose addresses anybody can have, so that two of them say nothing about the company.
const FREE_MAIL: [&str; 45] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.co.jp",
    "yahoo.com",
    "ymail.ne.jp",
    "icloud.com",
    "me.com",
    "mac.com",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.jp",
    "live.com",
    "msn.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ocn.ne.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "so-net.ne.jp",
    "aol.com",
    "dion.ne.jp",
    "disney.ne.jp",
    "dti.ne.jp",
    "eonet.ne.jp",
    "excite.co.jp",
    "goo.ne.jp",
    "hi-ho.ne.jp",
    "infoseek.jp",
    "jcom.home.ne.jp",
    "nifty.ne.jp",
    "plala.or.jp",
    "proton.me",
    "protonmail.com",
    "rakuten.jp",
    "tiki.ne.jp",
    "uqmobile.jp",
    "vodafone.ne.jp",
    "wakwak.com",
    "ymobile.ne.jp",
    "zaq.ne.jp",
];

/// Returns the domain of an address; `None` if anybody can have an address there.
pub fn company_domain(mail_address: &str) -> Option<&str> {
    let (_, domain) = mail_address.rsplit_once('@')?;
    // Providers give some customers an address below their own domain.
    let is_below =
        |free: &&str| domain.strip_suffix(*free).is_some_and(|it| it.is_empty() || it.ends_with('.'));
    (!domain.is_empty() && !FREE_MAIL.iter().any(is_below)).then_some(domain)
}

/// Returns the key by which addresses are compared; empty if the city or the street is missing. A key has no blanks, so
/// that the two stay apart.
pub fn address_key(city: &str, street: &str) -> String {
    let (city, street) = (search_key(city), search_key(street));
    if city.is_empty() || street.is_empty() { String::new() } else { format!("{city} {street}") }
}

impl Identity {
    /// Returns the key of the address.
    pub fn address_key(&self) -> String {
        address_key(&self.city, &self.street)
    }

    /// Returns the facts in which two applications agree, strongest first. Both are compared folded, so that a variant
    /// of a character or a legal form makes no difference.
    pub fn evidence(&self, other: &Self) -> Vec<Evidence> {
        let same = |a: &str, b: &str| {
            let key = search_key(a);
            !key.is_empty() && key == search_key(b)
        };
        let known = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        let domains = company_domain(&self.mail_address).zip(company_domain(&other.mail_address));
        let address = self.address_key();
        let same_address = !address.is_empty() && address == other.address_key();
        [
            (Evidence::CorporateNumber, known(&self.corporate_number, &other.corporate_number)),
            (Evidence::MailAddress, same(&self.mail_address, &other.mail_address)),
            (Evidence::Name, same(&self.name, &other.name)),
            (Evidence::Reading, same(&self.reading, &other.reading)),
            (Evidence::Telephone, same(&self.telephone, &other.telephone)),
            (Evidence::Address, same_address),
            (Evidence::Person, same(&self.person, &other.person)),
            (Evidence::MailDomain, domains.is_some_and(|(a, b)| a == b)),
        ]
        .into_iter()
        .filter_map(|(it, holds)| holds.then_some(it))
        .collect()
    }
}

#[cfg(test)]
mod tests;
