//! The registrants to whom the center offers a consultation: registered, telework not introduced, opted in.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::id::RegistrationId;
use uuid::Uuid;

use super::campaign::{CampaignLinks, address, find, links};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::campaign::{
        Campaign,
        outreach::{OutreachRecipient, recipients},
    },
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "editor/campaign_outreach.html")]
struct OutreachPage {
    shell: Shell,
    campaign: Campaign,
    recipients: Vec<OutreachRecipient>,
    links: CampaignLinks,
}

#[get("/staff/month/{id}/outreach")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let recipients = recipients(&app.db, campaign.id).await?;
    page::html(&OutreachPage { links: links(&shell, &campaign), shell, campaign, recipients })
}

/// Invites one registrant, or all who were not invited yet.
#[post("/staff/month/{id}/outreach")]
pub async fn invite(
    app: Data<App>,
    user: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let ids: Vec<_> = if form.get("registration") == "all" {
        recipients(&app.db, campaign.id).await?.iter().map(OutreachRecipient::id).collect()
    } else {
        let one = Uuid::parse_str(form.get("registration")).map_err(|_| Problem::Unreadable)?;
        vec![RegistrationId(one)]
    };
    let invited = ops::campaign::invite(&app, campaign.id, &ids, user.id).await?;
    let sentence = match invited {
        0 => "送る相手がいませんでした。すでに送ったか、希望が取り消されています。".to_owned(),
        n => format!("{n}件のご案内を、業務時間に送ります。"),
    };
    Ok(page::see_other_with(format!("/staff/month/{id}/outreach"), &sentence))
}

impl OutreachPage {
    /// Returns the number of those who were not invited yet.
    fn left(&self) -> usize {
        self.recipients.iter().filter(|it| it.invited_at().is_none()).count()
    }

    fn address(&self, it: &OutreachRecipient) -> String {
        address(self.campaign.id, it.id())
    }
}
