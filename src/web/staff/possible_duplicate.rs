//! Consultations that may be of the same company. A person decides, so each comes with its evidence.
use chrono::{DateTime, Utc};
use domain::{consultation::State, id::CompanyId, number::CaseNumber};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::{app::App, store, url};

pub struct PossibleDuplicate {
    pub number: CaseNumber,
    pub href: String,
    pub company_name: String,
    pub received_at: DateTime<Utc>,
    pub state: State,
    pub evidence: &'static str,
}

/// Returns the consultations of this company and of companies with the same folded name, except the one with
/// the id `except`.
pub async fn possible_duplicates(
    app: &App,
    company: CompanyId,
    name_key: &str,
    except: Uuid,
) -> Result<Vec<PossibleDuplicate>, DbErr> {
    let rows = store::intake::company::possible_duplicates(&app.db, company, name_key, except).await?;
    rows.iter()
        .map(|row| {
            let record = store::consultation::from_row(row)?;
            Ok(PossibleDuplicate {
                number: record.number,
                href: url::staff(&record.number),
                evidence: if record.company == company {
                    "同じ企業（法人番号が一致）"
                } else {
                    "会社名が一致（表記の違いを除く）"
                },
                company_name: record.company_name,
                received_at: record.received_at,
                state: record.consultation.state,
            })
        })
        .collect()
}
