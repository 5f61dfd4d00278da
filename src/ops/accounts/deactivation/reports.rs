//! Hands over the reports that an account still had to write.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    aftercare::report::{ReportGap, report_author},
    due::Due,
    id::ExpertId,
};

use crate::{
    ops::{
        aftercare::report_gap::{follow_gap, writers},
        case::{context::Context, save::HandedOverReport, transaction::CaseTransaction},
    },
    problem::Problem,
    store::booking::expert_agenda::AgendaReport,
};

/// Records that the other expert of each appointment writes its report, or that the center does. The next mail to that
/// expert says so.
pub(super) async fn pass_on(
    work: &mut CaseTransaction<'_>,
    reports: &[&AgendaReport],
    leaving: ExpertId,
    by: Actor,
) -> Result<(), Problem> {
    let name = work.context.experts.name(leaving).to_owned();
    for it in reports {
        let due_at = it.case.report_due.unwrap_or_else(|| due_anew(work));
        let mut others = writers(&work.context, &it.appointment, due_at);
        others.retain(|it| it.expert != leaving);
        work.save(HandedOverReport(it.appointment.id, leaving)).await?;
        match report_author(&others) {
            Some(other) => {
                work.ask_for_report_besides(other, due_at);
                let to = work.context.experts.name(other).to_owned();
                work.note(by, format!("実施報告書の作成を、{name}さんから{to}さんに引き継ぎました"));
                follow_gap(work).await?;
            }
            None => {
                work.record.report_by_center = Some(ReportGap::NoExpert);
                work.note(by, format!("実施報告書は、{name}さんに代わりセンターが作成します"));
            }
        }
    }
    Ok(())
}

/// Returns the deadline of a report in a case that has gone on to its next appointment: the whole time from now.
fn due_anew(work: &CaseTransaction<'_>) -> DateTime<Utc> {
    let Context { settings, calendar, now, .. } = &work.context;
    Due::report(settings, calendar, *now).at().unwrap_or(*now)
}
