//! The corrections of an expert: the meeting link of the expert's own appointment.
use domain::field::Fields;

use super::{at, center, done, is_sound, last, undo};
use crate::{
    cases::{self, CONTACT},
    site::PASSWORD,
};

#[actix_web::test]
async fn an_expert_corrects_the_own_meeting_link_and_the_history_says_so() {
    let (site, cast) = center().await;
    cases::expert(&site, "other@example.jp", "佐藤 次郎", Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let path = format!("/expert/consultations/{}/room", case.number);
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    expert.get(&path).await.shows("変更の理由");
    let new = "https://video.example.jp/special";
    let wrong = expert.post(&path, &[("video_url", "http://video.example.jp/"), ("reason", "混雑")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("混雑");
    done(&expert.post(&path, &[("video_url", new), ("reason", "会議室の変更")]).await);
    assert_eq!(cases::appointment(&site, case).await.place, new);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("山田 太郎（専門家）");
    history.shows("オンライン相談の接続先を変更しました");
    history.shows("<del>https://video.example.jp/expert</del>");
    history.shows("理由：会議室の変更");

    let other = site.visitor();
    assert_eq!(other.sign_in("other@example.jp", PASSWORD).await.status, 303);
    let refused = other.post(&path, &[("video_url", "https://video.example.jp/evil")]).await;
    assert!(matches!(refused.status, 403 | 404), "{}", refused.status);
    assert_eq!(cases::appointment(&site, case).await.place, new);
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(cases::appointment(&site, case).await.place, "https://video.example.jp/expert");
    site.get(&at(case.number, "?view=history")).await.shows("オンライン相談の接続先の変更を取り消しました");
    is_sound(&site).await;
}
