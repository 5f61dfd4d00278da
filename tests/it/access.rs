//! Access control: every route of the site, tried by every kind of person.
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use actix_web::{http::Method, test::TestRequest};

use crate::{
    site::Reply,
    tables,
    town::{Person, Town},
};
use Person::{Administrator, Company, Coordinator, Desk, Editor, Expert, Observer, Visitor};

const EVERYONE: &[Person] = &Person::ALL;

/// The persons who have an account.
const STAFF: &[Person] = &[Coordinator, Expert, Desk, Observer, Editor, Administrator];

/// The method, the path as the handler's attribute has it (within its scope), and the persons who may use it. A
/// company, an expert or a desk means the one whose consultation it is.
#[rustfmt::skip]
pub const ROUTES: &[(&str, &str, &[Person])] = &[
    ("GET", "/", EVERYONE),
    ("GET", "/.well-known/security.txt", EVERYONE),
    ("GET", "/a/{token}", EVERYONE),
    ("POST", "/a/{token}", EVERYONE),
    ("GET", "/accessibility", EVERYONE),
    ("GET", "/account", STAFF),
    ("GET", "/account/password", STAFF),
    ("POST", "/account/password", STAFF),
    ("GET", "/account/second-factor", STAFF),
    ("POST", "/account/second-factor", STAFF),
    ("POST", "/account/second-factor/remove", STAFF),
    ("POST", "/account/sessions", STAFF),
    ("GET", "/address-objection/{token}", EVERYONE),
    ("POST", "/address-objection/{token}", EVERYONE),
    ("GET", "/admin", &[Administrator]),
    ("GET", "/admin/audit", &[Administrator]),
    ("GET", "/admin/figures", &[Administrator]),
    ("POST", "/admin/figures", &[Administrator]),
    ("GET", "/admin/figures/{id}", &[Administrator]),
    ("POST", "/admin/figures/{id}/take", &[Administrator]),
    ("POST", "/admin/figures/{id}/undo", &[Administrator]),
    ("GET", "/admin/follow-up", &[Administrator]),
    ("GET", "/admin/follow-up/{year}", &[Administrator]),
    ("POST", "/admin/follow-up/{year}", &[Administrator]),
    ("GET", "/admin/follow-up/{year}/{step}", &[Administrator]),
    ("POST", "/admin/follow-up/{year}/{step}", &[Administrator]),
    ("GET", "/admin/holidays", &[Administrator]),
    ("POST", "/admin/holidays", &[Administrator]),
    ("POST", "/admin/holidays/remove", &[Administrator]),
    ("GET", "/admin/indicators", &[Administrator]),
    ("POST", "/admin/indicators", &[Administrator]),
    ("POST", "/admin/indicators/{id}/end", &[Administrator]),
    ("GET", "/admin/mail-texts", &[Administrator]),
    ("GET", "/admin/mail-texts/{year}/{kind}", &[Administrator]),
    ("POST", "/admin/mail-texts/{year}/{kind}", &[Administrator]),
    ("POST", "/admin/mail-texts/{year}/{kind}/restore", &[Administrator]),
    ("GET", "/admin/masters", &[Administrator]),
    ("POST", "/admin/masters/desks", &[Administrator]),
    ("GET", "/admin/masters/desks/import", &[Administrator]),
    ("POST", "/admin/masters/desks/import", &[Administrator]),
    ("GET", "/admin/masters/desks/import/{id}", &[Administrator]),
    ("POST", "/admin/masters/desks/import/{id}/take", &[Administrator]),
    ("GET", "/admin/masters/desks/{id}", &[Administrator]),
    ("POST", "/admin/masters/desks/{id}", &[Administrator]),
    ("POST", "/admin/masters/desks/{id}/active", &[Administrator]),
    ("POST", "/admin/masters/themes", &[Administrator]),
    ("POST", "/admin/masters/themes/{code}", &[Administrator]),
    ("GET", "/admin/retention", &[Administrator]),
    ("POST", "/admin/retention/holds", &[Administrator]),
    ("POST", "/admin/retention/holds/{id}/lift", &[Administrator]),
    ("GET", "/admin/retention/{number}", &[Administrator]),
    ("POST", "/admin/retention/{number}/erase", &[Administrator]),
    ("GET", "/admin/settings", &[Administrator]),
    ("POST", "/admin/settings", &[Administrator]),
    ("GET", "/admin/users", &[Administrator]),
    ("GET", "/admin/users/new", &[Administrator]),
    ("POST", "/admin/users/new", &[Administrator]),
    ("GET", "/admin/users/{id}", &[Administrator]),
    ("POST", "/admin/users/{id}/active", &[Administrator]),
    ("GET", "/admin/users/{id}/deactivate", &[Administrator]),
    ("POST", "/admin/users/{id}/deactivate", &[Administrator]),
    ("POST", "/admin/users/{id}/expert", &[Administrator]),
    ("POST", "/admin/users/{id}/link", &[Administrator]),
    ("POST", "/admin/users/{id}/second-factor", &[Administrator]),
    ("GET", "/apply", EVERYONE),
    ("POST", "/apply", EVERYONE),
    ("GET", "/apply/resume", EVERYONE),
    ("POST", "/apply/resume", EVERYONE),
    ("GET", "/apply/{draft}", EVERYONE),
    ("POST", "/apply/{draft}/address", EVERYONE),
    ("GET", "/apply/{draft}/confirm", EVERYONE),
    ("POST", "/apply/{draft}/confirm", EVERYONE),
    ("GET", "/apply/{draft}/done", EVERYONE),
    ("POST", "/apply/{draft}/extend", EVERYONE),
    ("GET", "/apply/{draft}/saved", EVERYONE),
    ("POST", "/apply/{draft}/saved", EVERYONE),
    ("GET", "/apply/{draft}/slot", EVERYONE),
    ("POST", "/apply/{draft}/slot", EVERYONE),
    ("GET", "/apply/{draft}/{question:topic|company|contact}", EVERYONE),
    ("POST", "/apply/{draft}/{question:topic|company|contact}", EVERYONE),
    ("GET", "/assets/{version}/{name}", EVERYONE),
    ("GET", "/calendar/{token}.ics", EVERYONE),
    ("GET", "/desk", &[Desk]),
    ("GET", "/desk/{number}", &[Desk]),
    ("GET", "/desk/{number}/files/{id}", &[Desk]),
    ("POST", "/desk/{number}/messages", &[Desk]),
    ("GET", "/desk/calls", &[Desk]),
    ("GET", "/desk/calls/new", &[Desk]),
    ("POST", "/desk/calls/new", &[Desk]),
    ("GET", "/desk/calls/{id}", &[Desk]),
    ("POST", "/desk/calls/{id}", &[Desk]),
    ("GET", "/desk/figures", &[Desk]),
    ("GET", "/desk/new", &[Desk]),
    ("POST", "/desk/new", &[Desk]),
    ("GET", "/desks", EVERYONE),
    ("GET", "/expert", &[Expert]),
    ("GET", "/expert/availability", &[Expert]),
    ("POST", "/expert/availability", &[Expert]),
    ("GET", "/expert/availability/day", &[Expert]),
    ("POST", "/expert/availability/day", &[Expert]),
    ("POST", "/expert/availability/feed", &[Expert]),
    ("POST", "/expert/availability/{kind}/{id}/remove", &[Expert]),
    ("GET", "/expert/calendar", &[Expert]),
    ("GET", "/expert/calendars", &[Expert]),
    ("POST", "/expert/calendars", &[Expert]),
    ("POST", "/expert/calendars/entries/{id}/restore", &[Expert]),
    ("GET", "/expert/calendars/{id}/access", &[Expert]),
    ("POST", "/expert/calendars/{id}/access", &[Expert]),
    ("POST", "/expert/calendars/{id}/policy", &[Expert]),
    ("POST", "/expert/calendars/{id}/refresh", &[Expert]),
    ("POST", "/expert/calendars/{id}/remove", &[Expert]),
    ("GET", "/expert/notifications", &[Expert]),
    ("POST", "/expert/notifications", &[Expert]),
    ("GET", "/expert/consultations/{number}", &[Expert]),
    ("GET", "/expert/consultations/{number}/answer", &[Expert]),
    ("POST", "/expert/consultations/{number}/answer", &[Expert]),
    ("GET", "/expert/consultations/{number}/cancel", &[Expert]),
    ("POST", "/expert/consultations/{number}/cancel", &[Expert]),
    ("GET", "/expert/consultations/{number}/files/{id}", &[Expert]),
    ("GET", "/expert/consultations/{number}/mail/{entry}", &[Expert]),
    ("POST", "/expert/consultations/{number}/messages", &[Expert]),
    ("GET", "/expert/consultations/{number}/next", &[Expert]),
    ("POST", "/expert/consultations/{number}/next", &[Expert]),
    ("GET", "/expert/consultations/{number}/outcome", &[Expert]),
    ("POST", "/expert/consultations/{number}/outcome", &[Expert]),
    ("GET", "/expert/consultations/{number}/outcome/{appointment}", &[Expert]),
    ("POST", "/expert/consultations/{number}/outcome/{appointment}", &[Expert]),
    ("GET", "/expert/consultations/{number}/report", &[Expert]),
    ("POST", "/expert/consultations/{number}/report", &[Expert]),
    ("GET", "/expert/consultations/{number}/room", &[Expert]),
    ("POST", "/expert/consultations/{number}/room", &[Expert]),
    ("GET", "/expert/consultations/{number}/slot", &[Expert]),
    ("POST", "/expert/consultations/{number}/slot", &[Expert]),
    ("GET", "/e/{token}", EVERYONE),
    ("POST", "/e/{token}", EVERYONE),
    ("GET", "/events", EVERYONE),
    ("GET", "/events.atom", EVERYONE),
    ("GET", "/events.ics", EVERYONE),
    ("GET", "/events/{id}", EVERYONE),
    ("GET", "/events/{id}.ics", EVERYONE),
    ("POST", "/events/{id}/apply", EVERYONE),
    ("GET", "/events/{id}/files/{file}", EVERYONE),
    ("GET", "/events/{id}/sign-up", EVERYONE),
    ("POST", "/events/{id}/sign-up", EVERYONE),
    ("GET", "/events/{id}/sign-up/sent", EVERYONE),
    ("GET", "/f/{token}", EVERYONE),
    ("POST", "/f/{token}", EVERYONE),
    ("GET", "/awards/{year}", EVERYONE),
    ("GET", "/cases", EVERYONE),
    ("GET", "/cases/{id}", EVERYONE),
    ("GET", "/cases/{id}/pictures/{sha256}", EVERYONE),
    ("GET", "/guide", EVERYONE),
    ("GET", "/guide/local-government", EVERYONE),
    ("GET", "/guide/match", EVERYONE),
    ("GET", "/guide/{id}", EVERYONE),
    ("GET", "/news", EVERYONE),
    ("GET", "/news.atom", EVERYONE),
    ("GET", "/news/{id}", EVERYONE),
    ("GET", "/news/{year:20[0-9][0-9]}", EVERYONE),
    ("GET", "/preview/{token}", EVERYONE),
    ("GET", "/preview/{token}/pictures/{sha256}", EVERYONE),
    ("GET", "/robots.txt", EVERYONE),
    ("GET", "/search", EVERYONE),
    ("GET", "/sitemap.xml", EVERYONE),
    ("GET", "/staff/events/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/events/{id}/attendance", &[Coordinator, Editor]),
    ("POST", "/staff/events/{id}/call-off", &[Coordinator, Editor]),
    ("POST", "/staff/events/{id}/materials", &[Coordinator, Editor]),
    ("POST", "/staff/events/{id}/online-link", &[Coordinator, Editor]),
    ("GET", "/staff/events/{id}/sheet", &[Coordinator, Editor]),
    ("POST", "/staff/events/{id}/walk-in", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}/figures", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}/import", &[Coordinator, Editor]),
    ("POST", "/staff/month/{id}/import", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}/import/{import}", &[Coordinator, Editor]),
    ("POST", "/staff/month/{id}/import/{import}/take", &[Coordinator, Editor]),
    ("POST", "/staff/month/{id}/import/{import}/undo", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}/outreach", &[Coordinator]),
    ("POST", "/staff/month/{id}/outreach", &[Coordinator]),
    ("GET", "/staff/month/{id}/registrations.csv", &[Coordinator, Editor]),
    ("GET", "/staff/month/{id}/registrations/{registration}", &[Coordinator, Editor]),
    ("POST", "/staff/month/{id}/registrations/{registration}", &[Coordinator, Editor]),
    ("GET", "/staff/publish", &[Coordinator, Editor]),
    ("POST", "/staff/publish/cases/{id}/ask-company", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind:cases|surveys}/{id}/pictures", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind:cases|surveys}/{id}/pictures", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind:cases|surveys}/{id}/pictures/remove", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind:cases|surveys}/{id}/pictures/{sha256}", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/import", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/import", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/import/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/import/{id}/take", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/import/{id}/undo", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/new", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/new", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/archive", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/checked", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/{id}/delete", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/delete", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/{id}/history", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/{id}/history/{revision}", &[Coordinator, Editor]),
    ("GET", "/staff/publish/{kind}/{id}/publish", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/publish", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/restore", &[Coordinator, Editor]),
    ("POST", "/staff/publish/{kind}/{id}/successor", &[Coordinator, Editor]),
    ("GET", "/healthz", EVERYONE),
    ("GET", "/help", EVERYONE),
    ("GET", "/l/{token}", EVERYONE),
    ("POST", "/l/{token}", EVERYONE),
    ("POST", "/l/{token}/renew", EVERYONE),
    ("GET", "/login", EVERYONE),
    ("POST", "/login", EVERYONE),
    ("GET", "/login/sent", EVERYONE),
    ("GET", "/metrics", EVERYONE),
    ("GET", "/my/{number}/surveys", &[Company]),
    ("POST", "/my/{number}/surveys", &[Company]),
    ("GET", "/my/{number}/network", &[Company]),
    ("POST", "/my/{number}/network", &[Company]),
    ("GET", "/network", EVERYONE),
    ("GET", "/network/answer/{token}", EVERYONE),
    ("POST", "/network/answer/{token}", EVERYONE),
    ("GET", "/network/ask", EVERYONE),
    ("POST", "/network/ask", EVERYONE),
    ("GET", "/network/ask/sent", EVERYONE),
    ("GET", "/network/mentor/{token}", EVERYONE),
    ("POST", "/network/mentor/{token}", EVERYONE),
    ("GET", "/network/question/{token}", EVERYONE),
    ("POST", "/network/question/{token}", EVERYONE),
    ("GET", "/network/register", EVERYONE),
    ("POST", "/network/register", EVERYONE),
    ("GET", "/network/register/sent", EVERYONE),
    ("GET", "/staff/network", &[Coordinator]),
    ("GET", "/staff/network/mentors/{id}", &[Coordinator]),
    ("POST", "/staff/network/mentors/{id}", &[Coordinator]),
    ("GET", "/staff/network/questions/{id}", &[Coordinator]),
    ("POST", "/staff/network/questions/{id}", &[Coordinator]),
    ("GET", "/q/{token}", EVERYONE),
    ("POST", "/q/{token}", EVERYONE),
    ("GET", "/staff/doubts", &[Coordinator]),
    ("GET", "/staff/doubts/{id}", &[Coordinator]),
    ("POST", "/staff/doubts/{id}", &[Coordinator]),
    ("GET", "/staff/surveys/{id}", &[Coordinator, Editor]),
    ("GET", "/staff/surveys/{id}/answers.csv", &[Coordinator, Editor]),
    ("POST", "/staff/surveys/{id}/codes", &[Coordinator, Editor]),
    ("GET", "/staff/surveys/{id}/codes.csv", &[Coordinator, Editor]),
    ("GET", "/staff/surveys/{id}/invitations", &[Coordinator]),
    ("POST", "/staff/surveys/{id}/results", &[Coordinator, Editor]),
    ("POST", "/staff/surveys/{id}/invitations", &[Coordinator]),
    ("GET", "/surveys", EVERYONE),
    ("GET", "/surveys/report", EVERYONE),
    ("POST", "/surveys/report", EVERYONE),
    ("GET", "/surveys/report/sent", EVERYONE),
    ("GET", "/surveys/{id}", EVERYONE),
    ("GET", "/surveys/{id}/answer", EVERYONE),
    ("POST", "/surveys/{id}/answer", EVERYONE),
    ("GET", "/surveys/{id}/pictures/{sha256}", EVERYONE),
    ("GET", "/surveys/{id}/thanks", EVERYONE),
    ("GET", "/m/{token}", EVERYONE),
    ("POST", "/m/{token}", EVERYONE),
    ("GET", "/m/{token}/certificate", EVERYONE),
    ("GET", "/m/{token}/certificate.pdf", EVERYONE),
    ("GET", "/month", EVERYONE),
    ("GET", "/month/register", EVERYONE),
    ("POST", "/month/register", EVERYONE),
    ("GET", "/month/register/sent", EVERYONE),
    ("GET", "/month/{year:20[0-9][0-9]}", EVERYONE),
    ("GET", "/month/{year:20[0-9][0-9]}/logos/{logo}", EVERYONE),
    ("GET", "/month/{year:20[0-9][0-9]}/rules", EVERYONE),
    ("GET", "/my", &[Company]),
    ("POST", "/my/sign-out", EVERYONE),
    ("GET", "/my/{number}", &[Company]),
    ("GET", "/my/{number}/application", &[Company]),
    ("GET", "/my/{number}/application.pdf", &[Company]),
    ("GET", "/my/{number}/appointment.ics", &[Company]),
    ("GET", "/my/{number}/cancel", &[Company]),
    ("POST", "/my/{number}/cancel", &[Company]),
    ("GET", "/my/{number}/example", &[Company]),
    ("GET", "/my/{number}/example/pictures/{sha256}", &[Company]),
    ("POST", "/my/{number}/example", &[Company]),
    ("GET", "/my/{number}/expert-missed", &[Company]),
    ("POST", "/my/{number}/expert-missed", &[Company]),
    ("POST", "/my/{number}/confirm", &[Company]),
    ("POST", "/my/{number}/prove-again", &[Company]),
    ("GET", "/my/{number}/correct/{section}", &[Company]),
    ("POST", "/my/{number}/correct/{section}", &[Company]),
    ("GET", "/my/{number}/files/{id}", &[Company]),
    ("GET", "/my/{number}/further", &[Company]),
    ("POST", "/my/{number}/further", &[Company]),
    ("GET", "/my/{number}/mail/{entry}", &[Company]),
    ("GET", "/my/{number}/messages", &[Company]),
    ("POST", "/my/{number}/messages", &[Company]),
    ("POST", "/my/{number}/messages/read", &[Company]),
    ("GET", "/my/{number}/report", &[Company]),
    ("GET", "/my/{number}/reschedule", &[Company]),
    ("POST", "/my/{number}/reschedule", &[Company]),
    ("POST", "/my/{number}/further/back", &[Company]),
    ("GET", "/my/{number}/questions/{id}", &[Company]),
    ("POST", "/my/{number}/questions/{id}", &[Company]),
    ("GET", "/my/{number}/survey", &[Company]),
    ("POST", "/my/{number}/survey", &[Company]),
    ("GET", "/my/{number}/waiting", &[Company]),
    ("POST", "/my/{number}/waiting", &[Company]),
    ("POST", "/my/{number}/waiting/stop", &[Company]),
    ("GET", "/o/{token}", EVERYONE),
    ("POST", "/o/{token}", EVERYONE),
    ("GET", "/privacy", EVERYONE),
    ("GET", "/readyz", EVERYONE),
    ("GET", "/staff", &[Coordinator]),
    ("GET", "/staff/absences", &[Coordinator]),
    ("GET", "/staff/closing-days", &[Coordinator]),
    ("POST", "/staff/absences", &[Coordinator]),
    ("GET", "/staff/absences/new", &[Coordinator]),
    ("POST", "/staff/absences/new", &[Coordinator]),
    ("GET", "/staff/consultations", &[Coordinator]),
    ("GET", "/staff/consultations/{number}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/correct/{section}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/correct/{section}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/corrections/{seq}/undo", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/corrections/{seq}/undo", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/records/{seq}/undo", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/records/{seq}/undo", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/coordinator", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/coordinator", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/hand-back", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/hand-back", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/example", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/example", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/experts/{assignment}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/experts/{assignment}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/files/{id}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/mail/{entry}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/answered", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/center-note", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/desk-message", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/message", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/note", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/proposals/{id}/keep", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/questions/{id}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/questions/{id}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/outcome/{appointment}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/outcome/{appointment}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/report/{appointment}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/report/{appointment}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/report/{appointment}/correct", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/report/{appointment}/correct", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/report/{appointment}/write", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/report/{appointment}/write", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/request", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/requests/{assignment}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/requests/{assignment}", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/room", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/room", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/send-again", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/slots", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/slots", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/wait", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/wait", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/waiting", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/{action}", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/snooze", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/company-merge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/company-merge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/company-unmerge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/corporate-number", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/merge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/merge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/related", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/related/remove", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/rejoin", &[Coordinator]),
    ("GET", "/staff/consultations/{number}/split", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/split", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/unmerge", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/tags", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/tags/remove", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/tasks", &[Coordinator]),
    ("POST", "/staff/consultations/{number}/{action}", &[Coordinator]),
    ("GET", "/staff/files/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/files/{id}", &[Coordinator, Editor]),
    ("POST", "/staff/files/{id}/{file}/remove", &[Coordinator, Editor]),
    ("GET", "/staff/forgotten-password", EVERYONE),
    ("POST", "/staff/forgotten-password", EVERYONE),
    ("GET", "/staff/mail", &[Coordinator]),
    ("GET", "/staff/mail/in", &[Coordinator]),
    ("GET", "/staff/mail/in/{id}", &[Coordinator]),
    ("POST", "/staff/mail/in/{id}/attach", &[Coordinator]),
    ("POST", "/staff/mail/in/{id}/take-back", &[Coordinator]),
    ("POST", "/staff/mail/in/{id}/discard", &[Coordinator]),
    ("POST", "/staff/mail/in/{id}/done", &[Coordinator]),
    ("GET", "/staff/mail/in/{id}/html", &[Coordinator]),
    ("GET", "/staff/mail/in/{id}/raw", &[Coordinator]),
    ("GET", "/staff/mail/{id}", &[Coordinator]),
    ("POST", "/staff/mail/{id}", &[Coordinator]),
    ("GET", "/staff/mail/{id}/html", &[Coordinator]),
    ("GET", "/staff/notifications", &[Coordinator]),
    ("POST", "/staff/notifications", &[Coordinator]),
    ("GET", "/staff/new", &[Coordinator]),
    ("POST", "/staff/new", &[Coordinator]),
    ("GET", "/staff/plan", &[Coordinator]),
    ("POST", "/staff/plan", &[Coordinator]),
    ("GET", "/staff/schedule", &[Coordinator]),
    ("GET", "/staff/schedule/free", &[Coordinator]),
    ("GET", "/staff/set-password/{token}", EVERYONE),
    ("POST", "/staff/set-password/{token}", EVERYONE),
    ("GET", "/staff/sign-in", EVERYONE),
    ("POST", "/staff/sign-in", EVERYONE),
    ("POST", "/staff/sign-in/code", EVERYONE),
    ("POST", "/staff/sign-in/set-up", EVERYONE),
    ("POST", "/staff/sign-out", EVERYONE),
    ("POST", "/staff/transfer", &[Coordinator]),
    ("GET", "/staff/waiting", &[Coordinator]),
    ("GET", "/staff/tasks", &[Coordinator]),
    ("POST", "/staff/tasks/{id}", &[Coordinator]),
    ("POST", "/staff/tasks/{id}/done", &[Coordinator]),
    ("POST", "/staff/tasks/{id}/reopen", &[Coordinator]),
    ("GET", "/staff/templates", &[Coordinator, Administrator]),
    ("POST", "/staff/templates", &[Coordinator, Administrator]),
    ("POST", "/staff/templates/{id}", &[Coordinator, Administrator]),
    ("POST", "/staff/templates/{id}/remove", &[Coordinator, Administrator]),
    ("GET", "/stats", EVERYONE),
    ("GET", "/stats/adoption", EVERYONE),
    ("GET", "/stats/editions", &[Coordinator, Observer, Administrator]),
    ("GET", "/stats/editions/{month}", &[Coordinator, Observer, Administrator]),
    ("GET", "/stats/editions/{month}/report.pdf", &[Coordinator, Observer, Administrator]),
    ("GET", "/stats/editions/{month}/report.xlsx", &[Coordinator, Observer, Administrator]),
    ("POST", "/stats/editions/{month}/comment", &[Coordinator]),
    ("POST", "/stats/editions/{month}/release", &[Coordinator]),
    ("GET", "/stats/pref/{code}", EVERYONE),
    ("GET", "/stats.csv", EVERYONE),
    ("GET", "/stats.xlsx", EVERYONE),
    ("GET", "/u/{topic}/{token}", EVERYONE),
    ("POST", "/u/{topic}/{token}", EVERYONE),
];

#[test]
fn every_handler_is_listed_and_every_listed_one_is_there() {
    let written: BTreeSet<_> = handlers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"));
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let missing: Vec<_> = written.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&written).collect();
    assert!(missing.is_empty(), "say in ROUTES who may open {missing:?}");
    assert!(gone.is_empty(), "ROUTES lists what no handler answers: {gone:?}");
}

#[actix_web::test]
async fn each_person_can_open_exactly_the_permitted_routes() {
    let town = Town::new().await;
    let mut wrong = refused(&town).await;
    // Reading goes first, because a post changes what there is to read.
    for reading in [true, false] {
        for (method, pattern, may) in ROUTES.iter().filter(|it| (it.0 == "GET") == reading) {
            for &person in *may {
                let reply = knock(&town, person, method, pattern).await;
                let everyones = may.len() == EVERYONE.len();
                // The pages for signing in are open to everyone, and may redirect to another such page.
                let refused = if everyones { reply.status == 403 } else { is_refusal(&reply) };
                if refused || reply.status >= 500 || (everyones && reply.status == 404) {
                    wrong.push(format!("{person:?} stays out: {method} {pattern}: {}", reply.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_head_request_is_answered_as_a_get() {
    let town = Town::new().await;
    let mut wrong = Vec::new();
    for (_, pattern, _) in ROUTES.iter().filter(|it| it.0 == "GET") {
        for person in [Visitor, Company, Coordinator, Administrator] {
            let get = knock(&town, person, "GET", pattern).await;
            let head = knock(&town, person, "HEAD", pattern).await;
            let of =
                |it: &Reply| (it.status, it.location.clone(), it.header("content-type").map(str::to_owned));
            if of(&head) != of(&get) {
                wrong.push(format!("{person:?}: {pattern}: {:?}, not {:?}", of(&head), of(&get)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lets every person knock at every route that is not for them, and returns what was wrong.
async fn refused(town: &Town) -> Vec<String> {
    let mut wrong = Vec::new();
    // A look at all tables takes longer than a knock.
    for routes in ROUTES.chunks(16) {
        let before = tables::fingerprint(&town.site.app.db, &["session"]).await;
        for (method, pattern, may) in routes {
            for &person in EVERYONE.iter().filter(|it| !may.contains(it)) {
                let reply = knock(town, person, method, pattern).await;
                if !is_refusal(&reply) {
                    wrong.push(format!("{person:?} gets in: {method} {pattern}: {}", reply.status));
                }
            }
        }
        if tables::fingerprint(&town.site.app.db, &["session"]).await != before {
            let routes: Vec<_> =
                routes.iter().map(|(method, pattern, _)| format!("{method} {pattern}")).collect();
            wrong.push(format!("a person who may not changed something: one of {}", routes.join(", ")));
        }
    }
    wrong
}

async fn knock(town: &Town, person: Person, method: &str, pattern: &str) -> Reply {
    let browser = town.browser(person, pattern).await;
    let request = TestRequest::default().method(method.parse::<Method>().unwrap()).uri(&town.path(pattern));
    // Monitoring is for programs on the same machine, and the settings page always names a year.
    let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
    browser.send(request.set_form([("year", "2026")])).await
}

/// Returns whether the reply redirects to the sign-in page or says that there is nothing for this person.
fn is_refusal(reply: &Reply) -> bool {
    let door = |to: &str| ["/login", "/staff/sign-in"].contains(&to.split('?').next().unwrap_or_default());
    matches!(reply.status, 403 | 404) || (reply.status == 303 && reply.location.as_deref().is_some_and(door))
}

/// Returns the method and path of every handler below a folder. A file has at most one scope, and then all its handlers
/// are in it.
fn handlers(folder: &Path) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for file in rust_files(folder) {
        let text = fs::read_to_string(&file).unwrap();
        let place = file.display();
        let scopes: Vec<_> = arguments(&text, "web::scope(").collect();
        assert!(scopes.len() <= 1, "{place}: more than one scope");
        let scope = scopes.first().copied().unwrap_or_default();
        for method in ["get", "post", "put", "patch", "delete"] {
            for path in arguments(&text, &format!("#[{method}(")) {
                found.insert((method.to_ascii_uppercase(), format!("{scope}{path}")));
            }
        }
        for other in [".route(", "web::resource(", "#[route(", "#[head(", "#[options("] {
            assert!(
                !text.contains(other),
                "{place}: a handler names its route by #[get] or #[post], not {other}"
            );
        }
    }
    found
}

/// Returns the quoted texts that follow `call`.
fn arguments<'a>(text: &'a str, call: &str) -> impl Iterator<Item = &'a str> {
    text.split(call).skip(1).map(|rest| {
        let rest = rest.trim_start().strip_prefix('"').unwrap();
        &rest[..rest.find('"').unwrap()]
    })
}

pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}
