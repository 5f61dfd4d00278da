//! The consent to invitations to surveys that is given outside of the telework month.
use crate::{
    app::App,
    problem::Problem,
    store::survey::member::{self, NewMember},
};

/// Records the consent of a person whose address is proved.
pub async fn join(app: &App, it: &NewMember) -> Result<(), Problem> {
    let tx = app.begin().await?;
    member::save(&tx, it, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Takes the consent back. Mails that wait are not sent any more.
pub async fn leave(app: &App, email_key: &str) -> Result<(), Problem> {
    let tx = app.begin().await?;
    member::opt_out(&tx, email_key, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
