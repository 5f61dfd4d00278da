//! Consultations that may be of the same company. A person decides, so each comes with its evidence.
use chrono::{DateTime, Utc};
use domain::{
    consultation::State,
    id::CompanyId,
    intake::duplicate::{Evidence, Identity},
    number::CaseNumber,
};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::{app::App, store, url};

/// The most consultations that are shown.
const MOST: usize = 20;

pub struct PossibleDuplicate {
    pub number: CaseNumber,
    pub href: String,
    pub company_name: String,
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

/// Returns the consultations that agree with `who` in some fact, and those of the company, except the one with the id
/// `except`. Those with the strongest evidence come first, then the newest.
pub async fn possible_duplicates(
    app: &App,
    who: &Identity,
    company: CompanyId,
    except: Uuid,
) -> Result<Vec<PossibleDuplicate>, DbErr> {
    let found = store::intake::duplicate::candidates(&app.db, who, company, except).await?;
    let mut duplicates: Vec<_> = found
        .into_iter()
        .filter_map(|(record, other)| {
            let mut evidence = who.evidence(&other);
            if record.company == company {
                evidence.insert(0, Evidence::Company);
            }
            (!evidence.is_empty()).then(|| PossibleDuplicate {
                number: record.number,
                href: url::staff(&record.number),
                company_name: record.company_name,
                received_at: record.received_at,
                state: record.consultation.state,
                evidence,
            })
        })
        .collect();
    duplicates.sort_by(|a, b| a.evidence.cmp(&b.evidence));
    duplicates.truncate(MOST);
    Ok(duplicates)
}
