//! The administrator's pages.
mod adoption;
mod audit;
mod deactivation;
mod desk_import;
mod desks;
mod expert_form;
mod follow_up;
mod follow_up_form;
mod holidays;
mod indicators;
mod invite;
mod mail_texts;
mod overview;
mod reference_data;
mod retention;
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
        .service(deactivation::show)
        .service(deactivation::submit)
        .service(users::send_link)
        .service(users::reset_factor)
        .service(users::change_facts)
        .service(settings::show)
        .service(settings::submit)
        .service(holidays::show)
        .service(holidays::add)
        .service(holidays::remove)
        .service(reference_data::show)
        .service(reference_data::add_theme)
        .service(reference_data::change_theme)
        .service(desk_import::show)
        .service(desk_import::submit)
        .service(desk_import::preview)
        .service(desk_import::take)
        .service(adoption::show)
        .service(adoption::submit)
        .service(adoption::preview)
        .service(adoption::take)
        .service(adoption::undo)
        .service(indicators::show)
        .service(indicators::define)
        .service(indicators::end)
        .service(desks::add)
        .service(desks::show)
        .service(desks::change)
        .service(desks::set_active)
        .service(follow_up::index)
        .service(follow_up::show)
        .service(follow_up::take)
        .service(follow_up::edit)
        .service(follow_up::change)
        .service(mail_texts::list)
        .service(mail_texts::edit)
        .service(mail_texts::submit)
        .service(mail_texts::restore)
        .service(retention::show)
        .service(retention::place_hold)
        .service(retention::lift_hold)
        .service(retention::case)
        .service(retention::erase)
        .service(audit::show);
}

/// One tab of the administrator's pages: its address, its label, and whether it is the current page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tab(&'static str, &'static str, bool);

fn tabs(current: &str) -> Vec<Tab> {
    [
        ("/admin", "概要"),
        ("/admin/users", "利用者"),
        ("/admin/settings", "設定"),
        ("/admin/holidays", "休業日"),
        ("/admin/masters", "テーマ・窓口"),
        ("/admin/figures", "調査の数値"),
        ("/admin/indicators", "指標"),
        ("/admin/follow-up", "フォローアップ"),
        ("/admin/mail-texts", "メールの文面"),
        ("/admin/retention", "保存と消去"),
        ("/admin/audit", "操作の記録"),
    ]
    .map(|(href, label)| Tab(href, label, href == current))
    .to_vec()
}
