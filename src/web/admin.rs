//! What an administrator sets.
mod audit;
mod expert_form;
mod holidays;
mod invite;
mod masters;
mod overview;
mod settings;
mod settings_form;
mod users;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(overview::show)
        .service(users::list)
        .service(invite::show)
        .service(invite::submit)
        .service(users::show)
        .service(users::set_active)
        .service(users::send_link)
        .service(users::change_facts)
        .service(settings::show)
        .service(settings::submit)
        .service(holidays::show)
        .service(holidays::add)
        .service(holidays::remove)
        .service(masters::show)
        .service(masters::add_theme)
        .service(masters::change_theme)
        .service(masters::add_desk)
        .service(masters::set_desk_active)
        .service(audit::show);
}

/// One tab of the administrator's pages: address, label, whether it is this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tab(&'static str, &'static str, bool);

fn tabs(current: &str) -> Vec<Tab> {
    [
        ("/admin", "概要"),
        ("/admin/users", "利用者"),
        ("/admin/settings", "設定"),
        ("/admin/holidays", "休業日"),
        ("/admin/masters", "テーマ・窓口"),
        ("/admin/audit", "操作の記録"),
    ]
    .map(|(href, label)| Tab(href, label, href == current))
    .to_vec()
}
