//! Consultations that may be of the same company. A person decides, so each comes with its evidence.
use chrono::{DateTime, Utc};
use domain::{
    consultation::State,
    id::CompanyId,
    intake::duplicate::{Evidence, Identity, MOST_AT_DOMAIN, company_domain},
    number::CaseNumber,
};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::{app::App, store, url};

/// The most consultations that are shown.
const MOST: usize = 20;
/// The most of them that share nothing but the mail domain.
const MOST_BY_DOMAIN: usize = 5;

pub struct PossibleDuplicate {
    pub number: CaseNumber,
    pub href: String,
    pub company_name: String,
    /// The city, by which companies with one name are told apart; may be empty.
    pub place: String,
    pub received_at: DateTime<Utc>,
    pub state: State,
    /// The facts in which the two agree, strongest first; never empty.
    evidence: Vec<Evidence>,
}

impl PossibleDuplicate {
    /// Returns the evidence, such as 「電話番号が一致、所在地が一致」.
    pub fn evidence(&self) -> String {
        self.evidence.iter().map(|it| it.sentence()).collect::<Vec<_>>().join("、")
    }

    /// Returns whether both consultations are of one company already.
    pub fn is_of_company(&self) -> bool {
        self.evidence.contains(&Evidence::Company)
    }

    /// Returns whether some fact alone suggests one company.
    pub fn is_strong(&self) -> bool {
        self.evidence.iter().any(|it| it.is_strong())
    }
}

/// A mail domain that so many companies share that it is no evidence.
pub struct CommonDomain {
    pub domain: String,
    pub companies: u64,
}

/// Returns the domain of a mail address, if many companies share it.
pub async fn common_domain(app: &App, who: &Identity) -> Result<Option<CommonDomain>, DbErr> {
    let Some(domain) = company_domain(&who.mail_address) else { return Ok(None) };
    let companies = store::intake::duplicate::companies_at(&app.db, domain).await?;
    Ok((companies > MOST_AT_DOMAIN).then(|| CommonDomain { domain: domain.to_owned(), companies }))
}

/// Returns the facts in which two applications agree, strongest first, without a mail domain that many share.
pub async fn evidence(app: &App, who: &Identity, other: &Identity) -> Result<Vec<Evidence>, DbErr> {
    let mut found = who.evidence(other);
    if found.contains(&Evidence::MailDomain) && common_domain(app, who).await?.is_some() {
        found.retain(|it| *it != Evidence::MailDomain);
    }
    Ok(found)
}

/// Returns the consultations that agree with `who` in some fact, and those of the company, except the one with the id
/// `except`. Those with the strongest evidence come first, then the newest; of those that share nothing but the mail
/// domain only a few. A domain that many companies share is no evidence, and returned.
pub async fn possible_duplicates(
    app: &App,
    who: &Identity,
    company: CompanyId,
    except: Uuid,
) -> Result<(Vec<PossibleDuplicate>, Option<CommonDomain>), DbErr> {
    let common = common_domain(app, who).await?;
    let by_domain = common.is_none();
    let found = store::intake::duplicate::candidates(&app.db, (who, by_domain), company, except).await?;
    let mut duplicates: Vec<_> = found
        .into_iter()
        .filter_map(|(record, other)| {
            let mut evidence = who.evidence(&other);
            evidence.retain(|it| by_domain || *it != Evidence::MailDomain);
            if record.company == company {
                evidence.insert(0, Evidence::Company);
            }
            (!evidence.is_empty()).then(|| PossibleDuplicate {
                number: record.number,
                href: url::staff(&record.number),
                company_name: record.company_name,
                place: other.city.clone(),
                received_at: record.received_at,
                state: record.consultation.state,
                evidence,
            })
        })
        .collect();
    duplicates.sort_by(|a, b| a.evidence.cmp(&b.evidence));
    let mut weakest = 0;
    duplicates.retain(|it| {
        let is_weakest = it.evidence == [Evidence::MailDomain];
        weakest += usize::from(is_weakest);
        !is_weakest || weakest <= MOST_BY_DOMAIN
    });
    duplicates.truncate(MOST);
    Ok((duplicates, common))
}
