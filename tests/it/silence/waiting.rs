//! Silence in cases that wait for something besides their state: a report, the response to a message, the wish for more help.
use chrono::TimeDelta;
use domain::{
    aftercare::follow_up::{FollowUpAnswer, SurveyAgreement, SurveyAnswer},
    text::TextLine,
};
use madoguchi::{
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
    },
    store,
};

use super::{Watched, for_sixty_business_days, write};
use crate::{
    cases::{self, Case, Cast},
    deadlines::sound,
    site::Site,
};

/// Submits the report on the latest appointment.
async fn submit(site: &Site, cast: &Cast, case: Case) {
    let body = cases::report();
    let id = cases::appointment(site, case).await.id;
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
}

/// Answers the survey with the wish for a further appointment.
async fn wish(site: &Site, case: Case) {
    let survey = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap().remove(0);
    let yes = SurveyAgreement::Yes;
    let answer = FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: yes,
        satisfied: yes,
        will_consider: yes,
        wants_further_appointment: true,
        comment: String::new(),
    });
    ops::aftercare::follow_up::answer(&site.app, survey.id, answer).await.unwrap();
}

#[actix_web::test]
async fn a_case_that_waits_for_something_besides_its_state_is_not_silent() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let contact = |name: &str| format!("{name}@example.co.jp");
    let wished = cases::followed_up(&site, &cast, &contact("a"), TimeDelta::days(7)).await;
    let submitted = cases::consulted(&site, &cast, &contact("b")).await;
    let returned = cases::consulted(&site, &cast, &contact("c")).await;
    let asks = cases::booked(&site, &cast, &contact("d")).await;
    // All of them begin to wait at the same time.
    wish(&site, wished).await;
    submit(&site, &cast, submitted).await;
    submit(&site, &cast, returned).await;
    let id = cases::appointment(&site, returned).await.id;
    let reason = TextLine::parse("理由", "助言をもう少し詳しく書いてください。", 200).unwrap();
    let decision = ReportDecision::Return { reason };
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, decision).await.unwrap();
    write(&site, asks, "駐車場はありますか。").await;
    assert!(cases::record(&site, wished).await.wants_help_since.is_some());
    assert!(cases::record(&site, submitted).await.approves_report());
    assert!(!cases::record(&site, returned).await.approves_report());
    assert!(cases::record(&site, asks).await.response.is_some());

    let now = site.app.clock.now();
    let mut watched = [
        Watched::of("wish", wished, now),
        Watched::of("report submitted", submitted, now),
        Watched::of("report returned", returned, now),
        Watched::of("message", asks, now),
    ];
    Box::pin(for_sixty_business_days(&site, &mut watched)).await;
    for it in &watched {
        let record = cases::record(&site, it.case).await;
        assert!(record.consultation.state.is_open(), "{}: nothing ends by itself", it.name);
    }
    sound(&site).await;
}
