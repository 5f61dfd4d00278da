//! The confirmed appointment as a calendar entry to download.
use actix_web::{HttpResponse, get, http::header, web::Data};
use domain::booking::appointment::{Appointment, AppointmentMode};
use ical::{Entry, Status, entry};

use super::own_consultation::OwnConsultation;
use crate::{app::App, problem::Problem, store, web::kit::page::Shell};

#[get("/my/{number}/appointment.ics")]
pub async fn download(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let all = store::booking::appointment::of(&app.db, own.0.consultation.id).await?;
    let appointment = all.into_iter().find(Appointment::is_confirmed).ok_or(Problem::NotFound)?;
    let names: Vec<_> = appointment.experts.iter().map(|&it| roster.name(it)).collect();
    let settings = &shell.settings;
    let place = match appointment.mode {
        AppointmentMode::Online => "接続先",
        AppointmentMode::Visit => "訪問先",
    };
    let description = format!(
        "受付番号：{}\n実施方法：{}\n{place}：{}\n担当：{}\n\n{}\n電話：{}",
        own.0.number,
        appointment.mode.label(),
        appointment.place,
        names.join("、"),
        settings.center_name,
        settings.center_phone,
    );
    let summary = format!("テレワーク相談（受付番号 {}）", own.0.number);
    let page = app.site.absolute(&own.path(""));
    let body = entry(
        &Entry {
            uid: &appointment.uid,
            sequence: appointment.sequence,
            starts_at: appointment.starts_at,
            ends_at: appointment.ends_at,
            status: Status::Confirmed,
            summary: &summary,
            description: &description,
            location: &appointment.place,
            url: Some(&page),
        },
        app.clock.now(),
    );
    let file = format!("attachment; filename=\"{}.ics\"", own.0.number);
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8; method=PUBLISH")
        .insert_header((header::CONTENT_DISPOSITION, file))
        .body(body))
}
