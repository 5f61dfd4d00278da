//! One consultation: the choice of its view, and what all views need.
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Party, consultation::ActionKind, id::AccountId, number::CaseNumber, wording};

use super::{
    candidates,
    case_head::Head,
    case_tabs::View,
    case_views,
    opened::Opened,
    outbox::preview::SpokenNews,
    slots,
    time_proposals::{Proposed, proposed},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        calendars::time_proposal::ProposalScope,
        consultation::case_details::CaseDetails,
        correspondence::{bounce::KnownBounce, inbound_mail::InboundEntry},
        worklist::visit::Visit,
    },
    url,
    web::kit::{form::Fields, form_state::FormState, page},
};

/// The time after the last look for which a person counts as looking at a case.
pub const LOOKING: TimeDelta = TimeDelta::minutes(10);

#[get("/staff/consultations/{number}")]
pub async fn show(open: Opened, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let Opened { app, case, .. } = &open;
    let view = View::from_code(Fields::of_query(&req).get("view"));
    if !view.is_some_and(View::is_record)
        && let Some(into) = kept(app, case).await?
    {
        let flash = format!("{}は、この案件に統合しました。", open.number());
        return Ok(page::see_other_with(url::staff(&into), &flash));
    }
    let seen = lately_seen(app, case).await?;
    // A page is shown even if it cannot be recorded who looks at it.
    if let Err(err) = ops::worklist::visit::record(app, open.me.id, open.id(), &seen).await {
        tracing::warn!(error = ?err, "could not record who looks at a case");
    }
    render_seen(open, view.unwrap_or(View::Overview), FormState::default(), seen).await
}

/// Returns the number of the case into which this one was merged.
async fn kept(app: &App, case: &CaseDetails) -> Result<Option<CaseNumber>, Problem> {
    let Some(into) = case.record.consultation.merged_into else { return Ok(None) };
    Ok(store::consultation::find(&app.db, into).await?.map(|it| it.number))
}

/// Shows a view of a consultation, with the values typed into its forms.
pub async fn render(open: Opened, view: View, typed: FormState) -> Result<HttpResponse, Problem> {
    let seen = lately_seen(&open.app, &open.case).await?;
    render_seen(open, view, typed, seen).await
}

/// Returns who of the center has looked at the case within the last minutes.
async fn lately_seen(app: &App, case: &CaseDetails) -> Result<Vec<Visit>, Problem> {
    let since = app.clock.now() - LOOKING;
    Ok(store::worklist::visit::since(&app.db, case.record.consultation.id, since).await?)
}

async fn render_seen(
    open: Opened,
    view: View,
    typed: FormState,
    seen: Vec<Visit>,
) -> Result<HttpResponse, Problem> {
    let Opened { app, shell, case, .. } = open;
    let app = &app;
    let (now, refused) = (app.clock.now(), typed.refused.clone());
    let proposals = waiting_proposals(app, &case, now).await?;
    let (open_mails, bounces) = waiting_mail(app, &case, &proposals).await?;
    let news = untold_news(app, &case, now).await?;
    let others = others(seen, shell.account.as_ref().map(|it| it.id), now);
    let plans_further =
        store::audit::event::may_drop_further(&app.db, &case.record, Party::Coordinator).await?;
    let kept = kept(app, &case).await?;
    let may_wish = slots::is_wish(app, &case).await?;
    let head = Head {
        case,
        open_mails,
        bounces,
        proposals,
        news,
        view: Some(view),
        others,
        plans_further,
        may_wish,
        kept,
        now,
        refused,
    };
    match view {
        // Without the possibility of asking experts, there are no candidates to show.
        View::Candidates if !head.can(ActionKind::RequestExperts) => {
            let head = Head { view: Some(View::Overview), ..head };
            case_views::overview(app, shell, head, typed).await
        }
        View::Overview => case_views::overview(app, shell, head, typed).await,
        View::Messages => case_views::messages(app, shell, head, typed).await,
        View::Appointments => case_views::appointments(app, shell, head, &typed).await,
        View::Candidates => candidates::render(app, shell, head, typed).await,
        View::SameCompany => case_views::same_company(app, shell, head, typed).await,
        View::History => case_views::history(app, shell, head, &typed).await,
        View::Mail => case_views::mail(app, shell, head, &typed).await,
    }
}

/// Returns the news that the company has not heard. Skips the query if it need not be called.
async fn untold_news(app: &App, case: &CaseDetails, now: DateTime<Utc>) -> Result<Vec<SpokenNews>, Problem> {
    let Some(since) = case.record.to_call_since else { return Ok(Vec::new()) };
    let news = store::worklist::untold::of(&app.db, case.record.consultation.id, (since, &[]), now).await?;
    Ok(news.into_iter().map(|it| SpokenNews::of(it, &app.site)).collect())
}

/// Returns the others of the center who look at the case now, such as 「鈴木 花子（3分前）」.
pub fn others(seen: Vec<Visit>, me: Option<AccountId>, now: DateTime<Utc>) -> Vec<String> {
    let others = seen.into_iter().filter(|it| Some(it.account) != me);
    others.map(|it| format!("{}（{}）", it.name, wording::ago(it.seen_at, now))).collect()
}

/// Returns the proposals of another time. Skips the query if there can be none.
async fn waiting_proposals(
    app: &App,
    case: &CaseDetails,
    now: DateTime<Utc>,
) -> Result<Vec<Proposed>, Problem> {
    if case.changed_entries == 0 && case.open_mails == 0 {
        return Ok(Vec::new());
    }
    proposed(app, ProposalScope::Case(case.record.consultation.id), now).await
}

/// Returns the received mails that wait for a decision, and the bounces. Skips the query if there are none.
async fn waiting_mail(
    app: &App,
    case: &CaseDetails,
    proposals: &[Proposed],
) -> Result<(Vec<InboundEntry>, Vec<KnownBounce>), Problem> {
    let id = case.record.consultation.id;
    let mut open = if case.open_mails > 0 {
        store::correspondence::inbound_mail::of(&app.db, id).await?
    } else {
        Vec::new()
    };
    let bounces =
        if case.bounces > 0 { store::correspondence::bounce::of(&app.db, id).await? } else { Vec::new() };
    // A bounce or a proposal is shown once, not also as a mail.
    open.retain(|it| {
        it.open
            && !bounces.iter().any(|bounce| bounce.reported_by == Some(it.id))
            && !proposals.iter().any(|proposal| proposal.id == it.id)
    });
    Ok((open, bounces))
}
