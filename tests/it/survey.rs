//! Surveys: the notices and the check of a request against them, the questions with codes, the invitation of people who
//! have opted in, the results, and the reports of doubtful requests.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    id::{AccountId, PublicationId},
    publication::{
        Content, Facts, Period, Publication,
        survey::{SurveyAccess, SurveyChannel, SurveyFacts, SurveyForm, SurveyTarget},
    },
    survey::{SurveyQuestions, SurveyResponseStatus, doubt::DoubtForm, doubt::DoubtReport},
    text::{Prose, TextLine},
};
use entity::{doubt as doubt_row, outbox, survey_code, survey_response};
use madoguchi::{
    doctor,
    ops::{self, publication::Seen},
    store::{
        self,
        survey::{code, response},
    },
    worker,
};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::{
    campaign,
    cases::mails_to,
    site::{PASSWORD, Site},
};

mod members;
mod results;

const QUESTIONS: &str =
    "[1つ・必須] 導入していますか\n- はい\n- いいえ\n[数・必須] 何人ですか\n条件：問1＝はい\n[文] ご意見";

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 200).unwrap()
}

/// Returns questions for those who have a code, until 20 December 2026.
pub fn form() -> SurveyForm {
    SurveyForm {
        access: SurveyAccess::ByCode,
        closes_on: "2026-12-20".parse().unwrap(),
        thanks: Prose::parse("", "結果は3月に公表します。", 100).ok(),
        questions: SurveyQuestions::parse(QUESTIONS).unwrap(),
    }
}

/// Returns the same questions for everyone.
pub fn open_form() -> SurveyForm {
    SurveyForm { access: SurveyAccess::Everyone, ..form() }
}

/// Returns the notice of a survey with these questions.
pub fn notice(form: impl Into<Option<SurveyForm>>) -> Content {
    let facts = SurveyFacts {
        office: line("見本省"),
        firm: Some(line("株式会社みほんリサーチ")),
        target: SurveyTarget::default(),
        channels: vec![SurveyChannel::Post],
        starts_on: "2026-11-01".parse().unwrap(),
        ends_on: "2026-12-15".parse().unwrap(),
        contact: line("みほんリサーチ調査事務局"),
        phone: Some(line("03-0000-1111")),
        words: Some(line("働き方アンケート")),
        pictures: Vec::new(),
        form: form.into(),
    };
    Content {
        title: line("企業のデジタル化に関する調査"), body: None, facts: Facts::Survey(facts)
    }
}

/// Returns a publication as an editor's page showed it.
fn again(it: &Publication) -> Seen {
    Seen { id: it.id, revision: it.revision }
}

/// Publishes a draft.
pub async fn publish(site: &Site, by: AccountId, draft: &Publication) -> Publication {
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let seen = Seen { id: draft.id, revision: draft.revision };
    ops::publication::publish(&site.app, seen, period, by).await.unwrap()
}

/// Begins to answer, and returns the token of the page.
pub async fn begun(site: &Site, id: PublicationId, code: &str) -> String {
    let (survey, response) = ops::survey::begin(&site.app, id, code, "network").await.unwrap();
    ops::survey::page_token(&site.app, &survey, response)
}

/// Returns the printed codes of a survey.
pub async fn codes(site: &Site, id: PublicationId) -> Vec<String> {
    let all = code::printed(&site.app.db, id).await.unwrap();
    all.into_iter().map(|(id, _)| ops::survey::code_of(&site.app, id)).collect()
}

/// Reports a doubtful request.
pub async fn doubt(site: &Site) -> Uuid {
    let form = DoubtForm {
        sender: "にせものリサーチ".to_owned(),
        channel: SurveyChannel::Post.code().to_owned(),
        phone: "050-0000-9999".to_owned(),
        description: "口座番号を聞かれました。".to_owned(),
        name: "佐藤 一郎".to_owned(),
        contact: "018-123-4567".to_owned(),
    };
    let report = DoubtReport::parse(&form).unwrap();
    ops::survey::doubt::report(&site.app, &report, "network").await.unwrap();
    doubt_row::Entity::find().one(&site.app.db).await.unwrap().unwrap().id
}

/// Makes a site with an editor, who is signed in, and a survey with these questions.
async fn questioned(form: SurveyForm) -> (Site, AccountId, Publication) {
    let site = Site::new().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let draft = ops::publication::create(&site.app, notice(form), editor).await.unwrap();
    let it = publish(&site, editor, &draft).await;
    (site, editor, it)
}

pub async fn work(site: &Site) {
    while worker::deadlines::step(&site.app).await.unwrap() {}
}

async fn send(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
}

async fn sound(site: &Site) {
    work(site).await;
    send(site).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

pub fn go_to(site: &Site, at: &str) {
    let at: DateTime<Utc> = format!("{at}+09:00").parse().unwrap();
    site.app.clock.advance(at - site.app.clock.now());
}

async fn given(site: &Site, id: PublicationId) -> u64 {
    response::count(&site.app.db, id, SurveyResponseStatus::Given).await.unwrap()
}

/// Answers all questions by the pages, and returns the last reply.
pub async fn answer(visitor: &Site, path: &str, yes: bool) -> crate::site::Reply {
    let choice = if yes { "0" } else { "1" };
    let reply = visitor.post(path, &[("action", "save"), ("n", "1"), ("answer", choice)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    if yes {
        visitor.post(path, &[("action", "save"), ("n", "2"), ("answer", "12")]).await;
    }
    visitor.post(path, &[("action", "give")]).await
}

#[actix_web::test]
async fn a_notice_is_written_and_a_request_is_compared_with_it() {
    let site = Site::signed_in(Role::Editor).await;
    let form = [
        ("title", "企業のデジタル化に関する調査"),
        ("office", "見本省"),
        ("firm", "株式会社みほんリサーチ"),
        ("channel", "post"),
        ("starts_date", "2026-11-01"),
        ("ends_date", "2026-12-15"),
        ("contact", "みほんリサーチ調査事務局"),
        ("survey_phone", "03-0000-1111"),
        ("words", "働き方アンケート"),
    ];
    site.get("/staff/publish/surveys/new").await.shows("ここで回答を受け付ける質問");
    let wrong =
        site.post("/staff/publish/surveys/new", &[("questions", "[丸] x"), ("access", "by_code")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("1行目：「丸」という種類はありません");
    let reply = site.post("/staff/publish/surveys/new", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let entry = reply.location.unwrap();
    site.get(&entry).await.shows("みほんリサーチ調査事務局");
    let publish = [("revision", "1"), ("from_date", "2026-11-20"), ("from_time", "14:05")];
    assert_eq!(site.post(&format!("{entry}/publish"), &publish).await.status, 303);

    let visitor = site.visitor();
    visitor.get("/surveys").await.shows("企業のデジタル化に関する調査");
    visitor.get("/").await.shows("届いた調査が本物か確かめる");
    visitor.get("/sitemap.xml").await.shows("/surveys/10001");
    let page = visitor.get("/surveys/10001").await;
    page.shows("見本省が行うと発表した調査です");
    page.shows("同じ名称を使った偽の手紙もあります");
    let find = async |words: &str| {
        let typed = url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>();
        visitor.get(&format!("/surveys?q={typed}")).await
    };
    for words in ["㈱ﾐﾎﾝﾘｻｰﾁ", "はたらき方 ｱﾝｹｰﾄ", "働き方あんけーと"] {
        let reply = find(words).await;
        if words.starts_with('は') {
            reply.shows("当てはまるお知らせは、ありません");
        } else {
            reply.shows("届いたものが本物とは限りません");
        }
    }
    find("みほんリサーチ ０３－００００－１１１１").await.shows("この調査の電話番号と同じです");
    // A request in the name of a real survey with another number is never called genuine.
    let false_one = find("みほんリサーチ 050-0000-9999").await;
    false_one.shows("この調査の電話番号と違います");
    assert!(!false_one.body.contains("電話番号と同じです"));
    find("別の会社").await.shows("疑わしい調査を知らせる");
    for reply in [find("みほんリサーチ").await, visitor.get("/surveys/10001").await] {
        assert!(!reply.body.contains("本物の調査です"), "{}", reply.body);
    }
    // A survey that is over is found, and said to be over.
    go_to(&site, "2026-12-16T09:00:00");
    find("みほんリサーチ").await.shows("この調査は、終わっています");
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303);
    let archive = site.post(&format!("{entry}/archive"), &[("revision", "2")]).await;
    assert_eq!(archive.status, 303, "{}", archive.body);
    find("みほんリサーチ").await.shows("この調査は、終わっています");
    visitor.get("/surveys/10001").await.shows("公開を終了しました");
    sound(&site).await;
}

#[actix_web::test]
async fn a_survey_is_answered_step_by_step_once_and_by_no_known_person() {
    let (site, _, it) = questioned(form()).await;
    let desk = format!("/staff/surveys/{}", it.id);
    let few = site.post(&format!("{desk}/codes"), &[("count", "0")]).await;
    assert_eq!(few.status, 303);
    assert_eq!(site.post(&format!("{desk}/codes"), &[("count", "３")]).await.status, 303);
    let codes = codes(&site, it.id).await;
    assert_eq!(codes.len(), 3);
    site.get(&format!("{desk}/codes.csv")).await.shows(&codes[0]);
    let visitor = site.visitor();
    let begin = format!("/surveys/{}/answer", it.number);
    visitor.get(&format!("/surveys/{}", it.number)).await.shows("この調査に回答する");
    visitor.get(&format!("{begin}?code={}", codes[0])).await.shows(&codes[0]);

    // The code is found in any width and case. What was saved goes on with the same code.
    let typed = codes[0].to_uppercase().replace('-', "　");
    let reply = visitor.post(&begin, &[("code", &typed)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = reply.location.unwrap();
    visitor.get(&page).await.shows("導入していますか");
    let wrong = visitor.post(&page, &[("action", "save"), ("n", "1")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("1つ選択してください");
    let early = visitor.post(&page, &[("action", "give")]).await;
    assert_eq!(early.status, 409, "a required answer is missing");
    let reply = visitor.post(&page, &[("action", "save"), ("n", "1"), ("answer", "0")]).await;
    assert!(reply.location.unwrap().ends_with("?n=2"));
    let again = site.visitor().post(&begin, &[("code", &codes[0])]).await.location.unwrap();
    site.visitor().get(&format!("{again}?check=1")).await.shows("はい");
    // The other answer closes the branch.
    let reply = visitor.post(&page, &[("action", "save"), ("n", "1"), ("answer", "1")]).await;
    assert!(reply.location.unwrap().ends_with("?n=3"));
    assert!(!visitor.get(&format!("{page}?check=1")).await.body.contains("何人ですか"));
    let formula = "=HYPERLINK(\"x\")";
    visitor.post(&page, &[("action", "save"), ("n", "3"), ("answer", formula)]).await;
    visitor.get(&format!("{page}?check=1")).await.shows("この内容で回答を送る");
    let reply = visitor.post(&page, &[("action", "give")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&reply.location.unwrap()).await.shows("結果は3月に公表します");
    assert_eq!(visitor.get(&page).await.status, 410);
    assert_eq!(visitor.post(&page, &[("action", "give")]).await.status, 410);
    // Nothing joins the answers to the code.
    let row = survey_response::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    assert_eq!((row.code_id, row.saved_at), (None, None));
    let file = site.get(&format!("{desk}/answers.csv")).await;
    file.shows("いいえ");
    file.shows("'=HYPERLINK");
    // A used code gets the same answer as a wrong one.
    let used = visitor.post(&begin, &[("code", &codes[0])]).await;
    let wrong = visitor.post(&begin, &[("code", "0000-0000-0000-0000")]).await;
    assert_eq!((used.status, wrong.status), (409, 409));
    used.shows("この回答番号では回答できません");
    wrong.shows("この回答番号では回答できません");
    for _ in 0..18 {
        visitor.post(&begin, &[("code", "1111")]).await;
    }
    let bounded = visitor.post(&begin, &[("code", &codes[1])]).await;
    assert_eq!(bounded.status, 429, "guessing is bounded, also for a right code");
    sound(&site).await;
}

/// Two browsers give the answers under the last code at once: they count once.
#[actix_web::test]
async fn a_code_that_is_used_twice_at_once_counts_once() {
    let site = Site::on_disk().await;
    let editor = site.account(Role::Editor, "editor@example.jp").await.id;
    let draft = ops::publication::create(&site.app, notice(form()), editor).await.unwrap();
    let it = publish(&site, editor, &draft).await;
    ops::survey::print_codes(&site.app, it.id, 1, editor).await.unwrap();
    let code = codes(&site, it.id).await.remove(0);
    let begin = || ops::survey::begin(&site.app, it.id, &code, "network");
    let (first, second) = futures_util::future::join(begin(), begin()).await;
    let (survey, response) = first.unwrap();
    assert_eq!(second.unwrap().1, response, "one set of answers for a code");
    let token = ops::survey::page_token(&site.app, &survey, response);
    let begun = ops::survey::response_of(&site.app, &token).await.unwrap().unwrap();
    let no = begun.form.questions.get(0).unwrap().parse_answer(&["1"]).unwrap();
    ops::survey::save(&site.app, &begun, 0, no).await.unwrap();
    let give = || ops::survey::give(&site.app, &begun);
    let all = futures_util::future::join_all([give(), give(), give(), give()]).await;
    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(given(&site, it.id).await, 1);
    assert!(begin().await.is_err());
}

/// Makes a survey, and registrants who opted in, did not, or opted in with words that name no surveys.
async fn with_registrants() -> (Site, Publication) {
    let (site, editor, it) = questioned(form()).await;
    let month = campaign::published(&site, editor, campaign::month(2026)).await.id;
    for (name, email, opts_in) in [
        ("みほん", "yes@example.co.jp", true),
        ("別名", "yes@example.co.jp", true),
        ("希望なし", "no@example.co.jp", false),
        ("止めた会社", "stopped@example.co.jp", true),
    ] {
        campaign::approved(&site, month, editor, name, email, opts_in).await;
    }
    campaign::waiting(&site, month, "承認待ち", "waits@example.co.jp", true).await;
    // One who opted in before the words named surveys.
    let early = campaign::approved(&site, month, editor, "以前の会社", "early@example.co.jp", true).await;
    let mut early = store::campaign::registration::find(&site.app.db, early.id).await.unwrap().unwrap();
    early.opt_in.as_mut().unwrap().version = "2026-11".to_owned();
    let tx = site.app.begin().await.unwrap();
    store::campaign::registration::save(&tx, &early).await.unwrap();
    tx.commit().await.unwrap();
    (site, it)
}

/// Returns the mails about surveys to an address, each with its state.
async fn survey_mails(site: &Site, to: &str) -> Vec<String> {
    let all = outbox::Entity::find().order_by_asc(outbox::Column::CreatedAt).all(&site.app.db).await.unwrap();
    let of = all.into_iter().filter(|it| it.recipient == to && it.kind.starts_with("survey_"));
    of.map(|it| format!("{}/{}", it.kind, it.state.code())).collect()
}

/// The key of the table refuses an invitation without a consent.
async fn the_key_refuses(site: &Site) {
    let model = survey_code::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    let model =
        survey_code::Model { id: Uuid::now_v7(), code_hash: "x".to_owned(), opt_in_version: None, ..model };
    let tx = site.app.begin().await.unwrap();
    let refused = survey_code::Entity::insert(sea_orm::IntoActiveModel::into_active_model(model));
    assert!(refused.exec_without_returning(&tx).await.is_err());
}

#[actix_web::test]
async fn only_those_who_opted_in_to_surveys_are_invited_and_reminded_once() {
    let (site, it) = with_registrants().await;
    let invited = async |to: &str| survey_mails(&site, to).await;
    site.account(Role::Coordinator, "center@example.jp").await;
    let page = format!("/staff/surveys/{}/invitations", it.id);
    assert_eq!(site.get(&page).await.status, 403, "the center invites");
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    site.get(&format!("{page}?count=1")).await.shows("まだ依頼していない方は<b>2件</b>");
    site.get(&format!("{page}?count=1&prefecture=13")).await.shows("<b>0件</b>");
    let stale = site.post(&page, &[("shown", "5")]).await;
    assert_eq!(stale.status, 409);
    stale.shows("送る相手の数が変わりました");
    let reply = site.post(&page, &[("shown", "2"), ("status", "none")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&format!("{page}?count=1")).await.shows("<b>0件</b>");
    // The consent is asked for again when the mail is sent.
    let mail = mails_to(&site, "stopped@example.co.jp").await.pop().unwrap();
    let stop = mail.text_body.lines().find(|it| it.contains("/u/outreach/")).unwrap().to_owned();
    // The header says the same, and a mail program posts there at once (RFC 8058).
    assert_eq!(mail.unsubscribe.as_deref(), Some(stop.as_str()));
    let stop = stop.split_once("/u/").map(|(_, rest)| format!("/u/{rest}")).unwrap();
    assert_eq!(site.visitor().post(&stop, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
    send(&site).await;
    assert_eq!(invited("yes@example.co.jp").await, ["survey_invitation/sent"]);
    assert_eq!(invited("stopped@example.co.jp").await, ["survey_invitation/suppressed"]);
    for other in ["no@example.co.jp", "early@example.co.jp", "waits@example.co.jp"] {
        assert!(invited(other).await.is_empty(), "{other}");
    }
    the_key_refuses(&site).await;

    go_to(&site, "2026-12-13T09:59:00");
    work(&site).await;
    assert_eq!(invited("yes@example.co.jp").await.len(), 1);
    // 13 December 2026 is a Sunday: the reminder waits for Monday's opening hours.
    go_to(&site, "2026-12-13T10:00:00");
    work(&site).await;
    work(&site).await;
    go_to(&site, "2026-12-14T10:00:00");
    send(&site).await;
    assert_eq!(
        invited("yes@example.co.jp").await,
        ["survey_invitation/sent", "survey_reminder/sent"],
        "once, to one who has not answered"
    );
    assert_eq!(invited("stopped@example.co.jp").await.len(), 1);
    let mail = mails_to(&site, "yes@example.co.jp").await.pop().unwrap();
    let link = mail.text_body.lines().find(|it| it.contains("/answer?code=")).unwrap().to_owned();
    let code = link.split_once("code=").unwrap().1.to_owned();
    let token = begun(&site, it.id, &code).await;
    let reply = answer(&site.visitor(), &format!("/q/{token}"), true).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    closes_and_is_erased(&site, &it, &code).await;
}

/// Lets the closing day pass, and the times of the erasures.
async fn closes_and_is_erased(site: &Site, it: &Publication, code: &str) {
    let editor = store::accounts::account::find_by_email(&site.app.db, "editor@example.jp").await;
    let editor = editor.unwrap().unwrap().id;
    // After the closing day no answer is taken, and what was not given is gone.
    ops::survey::print_codes(&site.app, it.id, 1, editor).await.unwrap();
    let late = codes(site, it.id).await.remove(0);
    begun(site, it.id, &late).await;
    go_to(site, "2026-12-21T00:00:00");
    let closed = site.visitor().post(&format!("/surveys/{}/answer", it.number), &[("code", &late)]).await;
    assert_eq!(closed.status, 409);
    work(site).await;
    assert_eq!(survey_response::Entity::find().all(&site.app.db).await.unwrap().len(), 1);
    // Addresses go after 90 days, answers in words after a year.
    go_to(site, "2027-03-22T00:00:00");
    work(site).await;
    let kept = survey_code::Entity::find().all(&site.app.db).await.unwrap();
    assert!(kept.iter().all(|it| it.registration_id.is_none()));
    let mails = outbox::Entity::find().all(&site.app.db).await.unwrap();
    assert!(mails.iter().all(|it| !it.text_body.contains(code)));
    go_to(site, "2027-12-22T00:00:00");
    sound(site).await;
}

#[actix_web::test]
async fn results_hide_small_counts_and_questions_stay_once_answered() {
    let (site, editor, it) = questioned(open_form()).await;
    let visitor = site.visitor();
    let begin = format!("/surveys/{}/answer", it.number);
    for n in 0..9 {
        let page = visitor.post(&begin, &[]).await.location.unwrap();
        assert_eq!(answer(&visitor, &page, n < 6).await.status, 303);
    }
    let page = visitor.post(&begin, &[]).await.location.unwrap();
    visitor.post(&page, &[("action", "save"), ("n", "1"), ("answer", "0")]).await;
    let desk = format!("/staff/surveys/{}", it.id);
    let shown = site.get(&desk).await;
    shown.shows("9件");
    shown.shows("非公表");
    shown.shows("前の質問に人数の少ない答えがあるため");
    assert!(
        !shown.body.contains("<td class=\"num\">3</td>") && !shown.body.contains("<td class=\"num\">6</td>")
    );
    assert!(!shown.body.contains("平均"), "the number of those who saw it would tell who did not");
    assert_eq!(site.get(&format!("{desk}/answers.csv")).await.status, 200);
    // Other questions would make the answers meaningless; the closing day may change.
    let mut other = notice(open_form());
    if let Facts::Survey(facts) = &mut other.facts {
        facts.form.as_mut().unwrap().questions = SurveyQuestions::parse("[文] ほかに").unwrap();
    }
    let seen = Seen { id: it.id, revision: it.revision };
    let edited = ops::publication::edit(&site.app, seen, other, editor).await.unwrap();
    let period = Period::new(site.app.clock.now(), None).unwrap();
    let refused = ops::publication::publish(&site.app, again(&edited), period, editor).await;
    assert!(refused.unwrap_err().to_string().contains("質問と回答の方法は変えられません"));
    assert!(
        ops::publication::archive(&site.app, again(&edited), editor).await.is_err(),
        "people are answering"
    );
    let mut sooner = notice(open_form());
    if let Facts::Survey(facts) = &mut sooner.facts {
        facts.form.as_mut().unwrap().closes_on = "2026-11-20".parse().unwrap();
    }
    let edited = ops::publication::edit(&site.app, again(&edited), sooner, editor).await.unwrap();
    ops::publication::publish(&site.app, again(&edited), period, editor).await.unwrap();
    go_to(&site, "2026-11-21T00:00:00");
    assert_eq!(visitor.post(&begin, &[]).await.status, 409);
    // The center sees the present numbers, all others those of the edition.
    site.account(Role::Coordinator, "figures@example.jp").await;
    let official = site.visitor();
    assert_eq!(official.sign_in("figures@example.jp", PASSWORD).await.status, 303);
    let stats = official.get("/stats").await;
    stats.shows("<th scope=\"row\">回答を締め切った調査</th><td class=\"num\">1</td>");
    stats.shows("<th scope=\"row\">調査の回答</th><td class=\"num\">9</td>");
    let csv = official.get("/stats.csv").await.body;
    assert!(csv.contains("surveys,調査,2,調査の回答,9\r\n"), "{csv}");
    let month = domain::statistics::month::EditionMonth::parse("2026-11").unwrap();
    let edition = ops::statistics::edition::count_now(&site.app, month).await.unwrap().all;
    assert_eq!(edition.counts(domain::statistics::figures::FigureTable::SurveyResponses), [9, 0]);
    site.app.clock.advance(TimeDelta::days(366));
    work(&site).await;
    assert_eq!(given(&site, it.id).await, 9, "the counts stay");
    let later = ops::statistics::edition::count_now(&site.app, month).await.unwrap().all;
    assert_eq!(edition.late_changes(&later), [], "what is erased changes no figure");
    sound(&site).await;
}

#[actix_web::test]
async fn a_doubtful_request_reaches_the_center_and_comes_back_until_it_is_settled() {
    let site = Site::signed_in(Role::Coordinator).await;
    let visitor = site.visitor();
    let wrong = visitor.post("/surveys/report", &[("sender", "にせもの")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("入力内容を確認してください（2件）");
    let typed = [
        ("sender", "にせものリサーチ"),
        ("channel", "telephone"),
        ("phone", "050-0000-9999"),
        ("description", "口座番号を聞かれました。"),
        ("contact", "someone@example.com"),
    ];
    let reply = visitor.post("/surveys/report", &typed).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor.get(&reply.location.unwrap()).await.shows("2営業日を目安に");
    assert!(
        mails_to(&site, "someone@example.com").await.is_empty(),
        "no mail to an address that is not proved"
    );
    site.get("/staff").await.shows("連絡を確認する（1件）");
    site.get("/staff/doubts").await.shows("にせものリサーチ");
    let id = doubt_row::Entity::find().one(&site.app.db).await.unwrap().unwrap().id;
    let page = format!("/staff/doubts/{id}");
    site.get(&page).await.shows("口座番号を聞かれました");
    // 20 November 2026 is a Friday, and Monday is a holiday.
    let settings = site.app.programme().await.unwrap();
    let center = settings.settings_at(site.app.clock.now()).center_email.clone();
    let reminders = async || {
        work(&site).await;
        mails_to(&site, &center).await.iter().filter(|it| it.kind == "doubts_waiting").count()
    };
    go_to(&site, "2026-11-25T09:59:00");
    assert_eq!(reminders().await, 0);
    go_to(&site, "2026-11-25T10:00:00");
    assert_eq!(reminders().await, 1);
    go_to(&site, "2026-11-27T10:00:00");
    assert_eq!(reminders().await, 2);
    assert_eq!(site.sign_in("someone@example.jp", PASSWORD).await.status, 303);
    site.get("/staff").await.shows("期日を過ぎています");
    let reply = site.post(&page, &[("note", "見本省に確かめた。偽の調査。")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&page).await.shows("見本省に確かめた");
    assert!(!site.get("/staff").await.body.contains("/staff/doubts"));
    go_to(&site, "2026-12-20T10:00:00");
    assert_eq!(reminders().await, 2);
    go_to(&site, "2027-11-28T10:00:00");
    work(&site).await;
    let row = doubt_row::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    let personal = (&row.contact, &row.phone, &row.description, &row.note);
    assert_eq!(personal, (&None, &None, &None, &None));
    assert!(!row.sender.contains("にせもの"));
    // A network is bounded, and nothing is kept beyond the bound.
    for _ in 0..10 {
        assert_eq!(visitor.post("/surveys/report", &typed).await.status, 303);
    }
    assert_eq!(visitor.post("/surveys/report", &typed).await.status, 429);
    assert_eq!(doubt_row::Entity::find().all(&site.app.db).await.unwrap().len(), 11);
    sound(&site).await;
}
