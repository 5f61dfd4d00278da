//! Sets the values of mails about a company's consent that its consultation becomes an example.
use chrono::{DateTime, Utc};
use domain::wording::{long_date_time, month_day_weekday};

use super::{known, set_appointment};
use crate::{
    mail::{
        compose::wording::{EXAMPLE, REPORT, at_page, bullets, still_ahead},
        mail_event::{ExampleEvent, MailContext, MailEvent, Recommended},
        text::{
            Values,
            Variable::{self, *},
        },
    },
    url,
};

pub(super) fn set(values: &mut Values, about: &MailContext<'_>, event: ExampleEvent<'_>) {
    match event {
        ExampleEvent::Wanted { portal, until }
        | ExampleEvent::Review { portal, until }
        | ExampleEvent::Reminder { portal, until } => {
            known(values, about, &at_page(portal, EXAMPLE));
            values.set(CompanyDue, last_day(about, until));
        }
        ExampleEvent::Public { portal, address, from } => {
            known(values, about, &at_page(portal, EXAMPLE));
            values.set(ExamplePage, address);
            values.set(PublicFrom, long_date_time(from));
        }
        ExampleEvent::Over { portal, was_public, in_silence } => {
            known(values, about, portal);
            values.set_flag(WasPublic, was_public);
            values.set_flag(InSilence, in_silence);
        }
        ExampleEvent::Told { news } => {
            let page = format!("{}/example", url::staff(about.number));
            known(values, about, &about.sender.site.absolute(&page));
            values.set(Variable::ExampleNews, news.sentence());
        }
    }
}

/// Returns the last day on which an answer comes in time. A deadline is the midnight that ends it.
fn last_day(about: &MailContext<'_>, until: DateTime<Utc>) -> String {
    let last = until - chrono::TimeDelta::seconds(1);
    still_ahead(&about.sender, last).map(month_day_weekday).unwrap_or_default()
}

/// Sets the link and the appointment of a report that is ready, and what it recommends.
pub(super) fn report_ready(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    if let MailEvent::ReportReady {
        portal,
        appointment: held,
        recommended: it,
        follows,
        may_continue,
        is_over,
        is_correction,
    } = mail_event
    {
        known(values, about, &at_page(portal, REPORT));
        set_appointment(values, Some(held));
        recommended(values, *it);
        values.set_flag(Follows, *follows);
        values.set_flag(IsCorrection, *is_correction);
        values.set_flag(MayContinue, *may_continue);
        values.set_flag(CaseOver, *is_over);
    }
}

/// Sets the publications that a report recommends.
pub(super) fn recommended(values: &mut Values, it: Recommended<'_>) {
    values.set(Examples, bullets(it.examples));
    values.set(Guides, bullets(it.guides));
}
