//! Companies that apply, some of them repeatedly.
use chrono::{DateTime, Utc};
use domain::{
    intake::company::{CorporateNumber, Industry, Organization},
    prefecture::Prefecture,
    text::search_key,
};
use entity::company;
use uuid::Uuid;

use super::{dice::Dice, rows::Rows};
use crate::demo::names::{self, CompanyName, INDUSTRY_SHARES};

#[derive(Default)]
pub(super) struct Applicants(Vec<Applicant>);

#[derive(Clone, Copy)]
pub(super) struct Applicant {
    pub id: Uuid,
    /// The number of the invented company.
    pub n: usize,
    pub industry: Industry,
    pub organization: Organization,
    pub prefecture: Prefecture,
    pub employees: u32,
    pub corporate_number: Option<CorporateNumber>,
}

/// The base of the first corporate number, twelve digits. Registry offices have lower numbers, so that no real
/// company's number begins like this.
const FIRST_BASE: u64 = 990_000_000_000;

impl Applicants {
    /// Returns the next applicant. Three in four applications come from a company that has not applied before.
    pub fn next(&mut self, dice: &mut Dice, at: DateTime<Utc>, rows: &mut Rows) -> Option<Applicant> {
        if !self.0.is_empty() && !dice.chance(75) {
            return dice.pick(&self.0);
        }
        let n = self.0.len();
        let industry = dice.weighted(INDUSTRY_SHARES)?;
        let organization = names::organization(industry, dice.index(1000));
        let numbered = organization.has_corporate_number() && dice.chance(85);
        let prefectures: Vec<_> = Prefecture::all().map(|it| (it, weight(it))).collect();
        let it = Applicant {
            id: dice.id(at),
            n,
            industry,
            organization,
            prefecture: dice.weighted(&prefectures)?,
            employees: employees(dice),
            corporate_number: numbered.then(|| CorporateNumber::from_base(FIRST_BASE + n as u64)),
        };
        let name = it.name().name;
        rows.companies.push(company::Model {
            id: it.id,
            corporate_number: it.corporate_number.map(|it| it.to_string()),
            search_key: search_key(&name),
            name,
            created_at: at,
            merged_into: None,
        });
        self.0.push(it);
        Some(it)
    }
}

impl Applicant {
    pub fn name(&self) -> CompanyName {
        names::company(self.industry, self.organization, self.n)
    }
}

/// Returns a number of employees; most companies have fewer than a hundred.
fn employees(dice: &mut Dice) -> u32 {
    let (low, high) = dice
        .weighted(&[((2, 9), 25), ((10, 29), 30), ((30, 99), 28), ((100, 299), 12), ((300, 1500), 5)])
        .unwrap_or((2, 9));
    u32::try_from(dice.number(low, high)).unwrap_or(10)
}

/// Returns the weight of a prefecture, roughly as companies are spread over the country.
const fn weight(prefecture: Prefecture) -> u32 {
    match prefecture.code() {
        13 => 28,
        27 => 16,
        14 | 23 => 13,
        11 | 12 | 28 | 40 => 9,
        1 | 22 | 26 | 34 => 7,
        4 | 8 | 10 | 15 | 20 | 21 => 5,
        _ => 3,
    }
}
