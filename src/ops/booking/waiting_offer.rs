//! Releases the earlier time that is held for an offer.
use chrono::{DateTime, Utc};
use domain::{
    booking::appointment::Appointment,
    id::{AppointmentId, WaitingId},
};
use sea_orm::DatabaseTransaction;

use crate::{
    ops::case::save::{Save, Target},
    problem::Problem,
    store,
};

/// Withdraws the offers that are waiting for an answer, and frees their times.
pub async fn withdraw_open(
    tx: &DatabaseTransaction,
    waiting: WaitingId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    for held in store::booking::waiting_list::offers(tx, waiting).await? {
        if let Some(offer) = held.offer.withdraw() {
            store::booking::waiting_list::save_offer(tx, &offer, now).await?;
            release(tx, held.appointment, now).await?;
        }
    }
    Ok(())
}

/// Frees the time that was held for an offer.
async fn release(tx: &DatabaseTransaction, held: AppointmentId, now: DateTime<Utc>) -> Result<(), Problem> {
    let held = store::booking::appointment::find(tx, held).await?.filter(Appointment::is_live);
    if let Some(held) = held {
        store::booking::appointment::save(tx, &held.release()?, now).await?;
    }
    Ok(())
}

/// The open offers to a waiting company, which are withdrawn.
pub struct WithdrawnOffers(pub WaitingId);

impl Save for WithdrawnOffers {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        withdraw_open(to.tx, self.0, to.now).await
    }
}

/// The appointment that held the time of an offer, which is freed.
pub struct ReleasedOffer(pub AppointmentId);

impl Save for ReleasedOffer {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        release(to.tx, self.0, to.now).await
    }
}
