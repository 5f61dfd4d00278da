//! Examples of mails about a company's consent to an example, and of the publications that a report recommends.
use chrono::{DateTime, NaiveDate, Utc};

use super::{Example, Facts};
use crate::{
    app::App,
    mail::{
        mail_event::{ExampleEvent, ExampleNews, MailEvent},
        text::TextKind,
    },
    ops::aftercare::recommended::guide_line,
};

/// Returns the lines of an example, and of an entry of the guide.
pub(super) fn recommendations(app: &App, today: NaiveDate) -> ([String; 1], [String; 1]) {
    let example = format!("12人の製造業で在宅勤務（見本製作所）\n　{}", app.site.absolute("/cases/10001"));
    let address = app.site.absolute("/guide/10001");
    ([example], [guide_line("テレワーク導入の助成金", "見本省", &address, today)])
}

/// Returns an example of a company's consent to an example.
pub(super) fn of_consent<'a>(kind: TextKind, facts: &Facts<'a>, until: DateTime<Utc>) -> Example<'a> {
    let Facts { link: portal, recommended, .. } = *facts;
    let address = recommended.examples.first().and_then(|it| it.lines().last()).map_or("", str::trim);
    Example::Case(MailEvent::Example(if kind == TextKind::ExampleWanted {
        ExampleEvent::Wanted { portal, until }
    } else if kind == TextKind::ExampleReview {
        ExampleEvent::Review { portal, until }
    } else if kind == TextKind::ExampleReminder {
        ExampleEvent::Reminder { portal, until }
    } else if kind == TextKind::ExamplePublic {
        ExampleEvent::Public { portal, address, from: until }
    } else if kind == TextKind::ExampleOver {
        ExampleEvent::Over { portal, was_public: true, in_silence: false }
    } else {
        ExampleEvent::Told { news: ExampleNews::Agreed }
    }))
}
