//! An example that comes of a consultation: the consent of its company, the text that it approves, and the end of the
//! consent.
use chrono::TimeDelta;
use codes::EditorAct;
use domain::{
    actor::{Actor, Role},
    id::ConsultationId,
    intake::application::TICKED,
    publication::{
        Period,
        example::consent::{ConsentState, QUESTION_DAYS, REMINDER_DAYS, REVIEW_DAYS, WRITING_DAYS},
    },
};
use entity::{contact, editor_act, publication, publication_revision};
use madoguchi::{
    ops::{self, consultation::Ending},
    problem::Problem,
    store, worker,
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{FROM_NOW, public_address, publish};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    company,
    site::{PASSWORD, Reply, Site},
};

/// A completed consultation, with its company signed in at `site`, and an editor at another browser.
struct Stage {
    site: Site,
    cast: Cast,
    case: Case,
    editor: Site,
}

impl Stage {
    async fn new() -> Self {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let case = completed(&site, &cast).await;
        site.account(Role::Editor, "editor@example.jp").await;
        let editor = site.visitor();
        assert_eq!(editor.sign_in("editor@example.jp", PASSWORD).await.status, 303);
        company::sign_in(&site, CONTACT).await;
        Self { site, cast, case, editor }
    }

    fn page(&self) -> String {
        format!("/my/{}/example", self.case.number)
    }

    async fn act(&self, fields: &[(&str, &str)]) -> Reply {
        self.site.post(&self.page(), fields).await
    }

    async fn agree(&self, name: &str) {
        let reply = self.act(&[("action", "agree"), ("name", name), ("consent", TICKED)]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }

    /// Returns the editors' address of the example.
    async fn editor_path(&self) -> String {
        let consent =
            store::publication::consent::find(&self.site.app.db, self.case.id).await.unwrap().unwrap();
        format!("/staff/publish/cases/{}", consent.state.example().unwrap())
    }

    /// Writes the text at the revision that is there.
    async fn write(&self, revision: &str, more: &[(&str, &str)]) -> Reply {
        let fields = [
            ("revision", revision),
            ("title", "勤怠をクラウドで記録"),
            ("organization", "製造業の企業（名称は非公開）"),
            ("industry", "E"),
            ("prefecture", "13"),
            ("employees", "28"),
            ("year", "2026"),
            ("summary", "紙のタイムカードをやめ、クラウドの勤怠管理を始めました。"),
            ("measures", "一つの部署から段階的に始めました。"),
            ("source", "相談センターでの相談（企業の同意を得て掲載）"),
        ];
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|it| more.iter().all(|more| more.0 != it.0))
            .chain(more.iter().copied())
            .collect();
        self.editor.post(&self.editor_path().await, &fields).await
    }

    async fn show(&self, revision: &str) -> Reply {
        let address = format!("{}/ask-company", self.editor_path().await);
        let reply = self.editor.post(&address, &[("revision", revision)]).await;
        if reply.status == 303 {
            let act = editor_act::COLUMN.act.eq(EditorAct::CompanyAsked.code());
            let recorded = editor_act::Entity::find().filter(act).count(&self.site.app.db).await.unwrap();
            assert!(recorded > 0, "the request is in the record of editors");
        }
        reply
    }

    /// Plans the publication for so many days later.
    async fn plan(&self, seen: ops::publication::Seen, days: i64) -> ops::publication::Seen {
        let app = &self.site.app;
        let period = Period::new(app.clock.now() + TimeDelta::days(days), None).unwrap();
        let it = ops::publication::publish(app, seen, period, self.cast.coordinator).await.unwrap();
        ops::publication::Seen { revision: it.revision, ..seen }
    }

    async fn state(&self) -> ConsentState {
        store::publication::consent::find(&self.site.app.db, self.case.id).await.unwrap().unwrap().state
    }

    /// Returns the kinds of the mails about the example to the company, oldest first.
    async fn mails(&self) -> Vec<String> {
        let all = cases::mails_to(&self.site, CONTACT).await;
        all.into_iter().map(|it| it.kind).filter(|it| it.starts_with("example_")).collect()
    }

    async fn pass(&self, days: u64) {
        self.site.app.clock.advance(TimeDelta::days(i64::try_from(days).unwrap()));
        worker::deadlines::step(&self.site.app).await.unwrap();
        // Sessions have ended meanwhile.
        company::sign_in(&self.site, CONTACT).await;
        assert_eq!(self.editor.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    }
}

/// Makes a consultation in `Completed`, with its report approved.
pub async fn completed(site: &Site, cast: &Cast) -> Case {
    let case = cases::approved(site, cast, CONTACT).await;
    ops::consultation::end(&site.app, case.id, None, cast.center(), Ending::Complete).await.unwrap();
    case
}

/// Makes a public example of a completed consultation.
async fn public() -> (Stage, String) {
    let stage = Stage::new().await;
    stage.agree("hidden").await;
    assert_eq!(stage.write("1", &[]).await.status, 303);
    assert_eq!(stage.show("2").await.status, 303);
    assert_eq!(stage.act(&[("action", "approve"), ("revision", "2")]).await.status, 303);
    publish(&stage.editor, &stage.editor_path().await, "2", &[]).await;
    let address = public_address(&stage.site).await;
    (stage, address)
}

/// Makes an example that its company has approved, with a publication planned for ten days later.
async fn planned() -> (Stage, ops::publication::Seen) {
    let stage = Stage::new().await;
    stage.agree("hidden").await;
    assert_eq!(stage.write("1", &[]).await.status, 303);
    assert_eq!(stage.show("2").await.status, 303);
    assert_eq!(stage.act(&[("action", "approve"), ("revision", "2")]).await.status, 303);
    let seen = ops::publication::Seen { id: stage.state().await.example().unwrap(), revision: 2 };
    let seen = stage.plan(seen, 10).await;
    (stage, seen)
}

async fn texts(site: &Site) -> Vec<publication_revision::Model> {
    publication_revision::Entity::find().all(&site.app.db).await.unwrap()
}

#[actix_web::test]
async fn a_company_agrees_approves_the_text_and_finds_it_public() {
    let stage = Stage::new().await;
    stage.site.get(&format!("/my/{}", stage.case.number)).await.shows("href=\"/my/R08-000001/example\"");
    let page = stage.site.get(&stage.page()).await;
    page.shows("お返事がないときは、公開しません。");
    let reply = stage.act(&[("action", "agree")]).await;
    assert_eq!(reply.status, 422);
    reply.shows("企業名を出すかどうかを選択してください");
    reply.shows("同意にチェックを入れてください");

    stage.agree("hidden").await;
    stage.site.get(&stage.page()).await.shows("センターが文章を書いています");
    let list = stage.editor.get("/staff/publish/cases").await;
    list.shows("企業が協力に同意しました");
    let page = stage.editor.get(&stage.editor_path().await).await;
    page.shows("製造業の企業（名称は非公開）");
    page.shows("企業名を出さない");
    assert!(!page.body.contains("みなと製作所"), "{}", page.body);
    assert!(!page.body.contains(&stage.case.number.to_string()), "an editor sees no case");

    assert_eq!(stage.write("1", &[]).await.status, 303);
    let refused = publish_now(&stage, "2").await;
    assert_eq!(refused.status, 409);
    refused.shows("企業が確認した文章と同じときだけ、公開できます");
    assert_eq!(stage.show("2").await.status, 303);
    let page = stage.site.get(&stage.page()).await;
    page.shows("紙のタイムカードをやめ");
    assert_eq!(stage.act(&[("action", "approve"), ("revision", "2")]).await.status, 303);
    stage.editor.get("/staff/publish/cases").await.shows("企業の確認が終わりました");
    publish(&stage.editor, &stage.editor_path().await, "2", &[]).await;
    stage.pass(0).await;

    let address = public_address(&stage.site).await;
    stage.site.visitor().get(&address).await.shows("勤怠をクラウドで記録");
    stage.site.get(&stage.page()).await.shows(&format!("href=\"{address}\""));
    assert_eq!(stage.mails().await, ["example_review", "example_reminder", "example_public"]);
    // The reminder of a text that was approved is not sent.
    stage.site.app.clock.advance(TimeDelta::days(40));
    worker::once(&stage.site.app).await;
    let mails = cases::mails_to(&stage.site, CONTACT).await;
    let reminder = mails.iter().find(|it| it.kind == "example_reminder").unwrap();
    assert_eq!(reminder.state.code(), "suppressed");
}

async fn publish_now(stage: &Stage, revision: &str) -> Reply {
    let form = [&[("revision", revision)], &FROM_NOW[..]].concat();
    stage.editor.post(&format!("{}/publish", stage.editor_path().await), &form).await
}

#[actix_web::test]
async fn a_changed_text_needs_the_company_again_and_the_public_one_stays() {
    let (stage, address) = public().await;
    assert_eq!(stage.write("3", &[("title", "勤怠の記録を改めた")]).await.status, 303);
    assert_eq!(publish_now(&stage, "4").await.status, 409);
    assert_eq!(stage.show("4").await.status, 303);
    // The text changes once more while the company reads.
    assert_eq!(stage.write("4", &[("title", "勤怠の記録をクラウドへ")]).await.status, 303);
    let wish = [("action", "change"), ("wish", "部署の名前を消してください。")];
    assert_eq!(stage.act(&wish).await.status, 303);
    stage.editor.get(&stage.editor_path().await).await.shows("部署の名前を消してください。");
    assert_eq!(stage.show("5").await.status, 303);
    let stale = stage.act(&[("action", "approve"), ("revision", "4")]).await;
    assert_eq!(stale.status, 409);
    stale.shows("確認していただく文章が新しくなりました");
    stale.shows("勤怠の記録をクラウドへ");
    stage.site.visitor().get(&address).await.shows("勤怠をクラウドで記録");
    // Silence about the new text leaves the approved one.
    stage.pass(REVIEW_DAYS + 1).await;
    assert!(matches!(stage.state().await, ConsentState::Approved(_)));
    stage.site.visitor().get(&address).await.shows("勤怠をクラウドで記録");
}

#[actix_web::test]
async fn a_withdrawn_consent_erases_the_public_text_in_all_its_revisions() {
    let (stage, address) = public().await;
    let preview = stage.editor.get(&stage.editor_path().await).await;
    let link = preview.body.split("/preview/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let editor_path = stage.editor_path().await;
    assert_eq!(stage.act(&[("action", "withdraw")]).await.status, 303);
    let visitor = stage.site.visitor();
    let page = visitor.get(&address).await;
    assert_eq!(page.status, 200, "a published address never dies");
    page.shows("掲載を終了しました");
    assert!(!visitor.get("/cases").await.body.contains("勤怠をクラウドで記録"));
    assert!(!visitor.get(&format!("/preview/{link}")).await.body.contains("タイムカード"));
    for text in texts(&stage.site).await {
        let whole = format!("{}{:?}{}", text.title, text.body, text.facts);
        assert!(!whole.contains("タイムカード") && !whole.contains("勤怠"), "{whole}");
    }
    // No restored revision brings it back, and no other text comes to its address.
    let restore = [("revision", "4"), ("restored", "2")];
    assert_eq!(stage.editor.post(&format!("{editor_path}/restore"), &restore).await.status, 409);
    let form = [&[("revision", "4")], &FROM_NOW[..]].concat();
    let refused = stage.editor.post(&format!("{editor_path}/publish"), &form).await;
    assert_eq!(refused.status, 409);
    refused.shows("変更も公開もできません");
    let page = stage.editor.get(&editor_path).await;
    page.shows("この事例は、変更も公開もできません");
    assert!(!page.body.contains("保存する"), "{}", page.body);
    assert!(stage.mails().await.contains(&"example_over".to_owned()));
    assert_eq!(stage.state().await, ConsentState::Withdrawn);
    let refused =
        ops::publication::consent::ask(&stage.site.app, stage.case.id, stage.cast.coordinator).await;
    assert!(matches!(refused, Err(Problem::Refused(_))), "a company that has said no is not asked again");
    // The company itself may change its mind.
    stage.agree("shown").await;
    assert!(matches!(stage.state().await, ConsentState::Writing(_)));
}

#[actix_web::test]
async fn a_consent_withdrawn_by_telephone_before_the_publication_leaves_nothing() {
    let stage = Stage::new().await;
    stage.agree("shown").await;
    assert_eq!(stage.write("1", &[("organization", "株式会社みなと製作所")]).await.status, 303);
    assert_eq!(stage.show("2").await.status, 303);
    let center = stage.site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/consultations/{}/example", stage.case.number);
    center.get(&page).await.shows("企業の確認待ち");
    assert_eq!(center.post(&page, &[("action", "withdraw")]).await.status, 303);
    assert!(texts(&stage.site).await.is_empty());
    assert_eq!(publication::Entity::find().count(&stage.site.app.db).await.unwrap(), 0);
    stage.site.get(&stage.page()).await.shows("協力を取りやめました");
    let history = center.get(&format!("/staff/consultations/{}?view=history", stage.case.number)).await;
    history.shows("事例への協力の同意を取りやめました");
}

#[actix_web::test]
async fn silence_publishes_nothing() {
    let stage = Stage::new().await;
    let app = &stage.site.app;
    ops::publication::consent::ask(app, stage.case.id, stage.cast.coordinator).await.unwrap();
    stage.site.get(&stage.page()).await.shows("までにお返事がないときは、見送ります");
    stage.pass(QUESTION_DAYS + 1).await;
    assert_eq!(stage.state().await, ConsentState::Lapsed);
    assert_eq!(stage.mails().await, ["example_wanted"], "an unanswered question is over without a letter");

    stage.agree("hidden").await;
    assert_eq!(stage.write("1", &[]).await.status, 303);
    assert_eq!(stage.show("2").await.status, 303);
    stage.pass(REMINDER_DAYS + 1).await;
    worker::once(app).await;
    let sent = cases::mails_to(&stage.site, CONTACT).await;
    let reminder = sent.iter().find(|it| it.kind == "example_reminder").unwrap();
    assert_eq!(reminder.state.code(), "sent");
    stage.pass(REVIEW_DAYS - REMINDER_DAYS).await;
    assert_eq!(stage.state().await, ConsentState::Lapsed);
    assert!(texts(&stage.site).await.is_empty(), "a text without an answer is erased");
    assert_eq!(stage.mails().await.last().unwrap(), "example_over");

    // Nor does a text wait for ever for the center.
    stage.agree("hidden").await;
    stage.pass(WRITING_DAYS + 1).await;
    assert_eq!(stage.state().await, ConsentState::Lapsed);
    assert!(texts(&stage.site).await.is_empty());
}

#[actix_web::test]
async fn a_text_with_a_name_that_it_must_not_have_is_not_shown() {
    let stage = Stage::new().await;
    stage.agree("hidden").await;
    let refused = stage.show("1").await;
    assert_eq!(refused.status, 409);
    refused.shows("取組の要約");
    assert_eq!(stage.write("1", &[("quotation", "みなと製作所では、便利になりました。")]).await.status, 303);
    stage.show("2").await.shows("企業名を取り除いてください");
    assert_eq!(stage.write("2", &[("quotation", "田中 一郎です。便利になりました。")]).await.status, 303);
    stage.show("3").await.shows("個人の氏名は、事例に載せられません");
    assert_eq!(stage.mails().await, Vec::<String>::new());
}

#[actix_web::test]
async fn nothing_begins_before_the_consultation_is_completed() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    company::sign_in(&site, CONTACT).await;
    let own = format!("/my/{}", case.number);
    assert!(!site.get(&own).await.body.contains("/example"));
    let form = [("action", "agree"), ("name", "shown"), ("consent", TICKED)];
    let reply = site.post(&format!("{own}/example"), &form).await;
    assert_eq!(reply.status, 409);
    reply.shows("相談が完了し、報告書ができてから");
    let refused = ops::publication::consent::decline(&site.app, case.id, Actor::Company).await;
    assert!(matches!(refused, Err(Problem::Refused(_))));
    let other =
        ops::publication::consent::withdraw(&site.app, ConsultationId(case.id.0), cast.center()).await;
    assert!(matches!(other, Err(Problem::Refused(_))));
}

/// In either order, a withdrawn text is public at no time afterwards.
#[actix_web::test]
async fn a_text_that_is_withdrawn_while_it_is_published_is_gone() {
    for _ in 0..4 {
        let stage = Stage::new().await;
        stage.agree("hidden").await;
        assert_eq!(stage.write("1", &[]).await.status, 303);
        assert_eq!(stage.show("2").await.status, 303);
        assert_eq!(stage.act(&[("action", "approve"), ("revision", "2")]).await.status, 303);
        let (app, id) = (&stage.site.app, stage.case.id);
        let example = stage.state().await.example().unwrap();
        let period = Period::new(app.clock.now(), None).unwrap();
        let seen = ops::publication::Seen { id: example, revision: 2 };
        let by = stage.cast.coordinator;
        let (published, withdrawn) = tokio::join!(
            ops::publication::publish(app, seen, period, by),
            ops::publication::consent::withdraw(app, id, Actor::Company),
        );
        withdrawn.unwrap();
        assert_eq!(stage.state().await, ConsentState::Withdrawn);
        let visitor = stage.site.visitor();
        assert!(!visitor.get("/cases").await.body.contains("勤怠をクラウドで記録"), "{published:?}");
        for text in texts(&stage.site).await {
            assert!(!text.facts.contains("タイムカード"), "{}", text.facts);
        }
    }
}

/// A publication that is planned for later is withdrawn before anyone has read it.
#[actix_web::test]
async fn a_planned_publication_is_withdrawn_before_its_day() {
    let (stage, _) = planned().await;
    assert!(!stage.mails().await.contains(&"example_public".to_owned()), "the mail waits for the day");
    let (visitor, address) = (stage.site.visitor(), public_address(&stage.site).await);
    assert_eq!(stage.act(&[("action", "withdraw")]).await.status, 303);
    stage.pass(11).await;
    assert_eq!(visitor.get(&address).await.status, 404);
    visitor.get("/cases").await.shows("該当する事例はありません");
    for text in texts(&stage.site).await {
        assert!(!text.facts.contains("タイムカード"), "{}", text.facts);
    }
}

#[actix_web::test]
async fn the_company_is_told_when_its_example_is_public_however_often_the_day_is_moved() {
    let (stage, seen) = planned().await;
    stage.plan(seen, 20).await;
    stage.pass(11).await;
    assert!(!stage.mails().await.contains(&"example_public".to_owned()), "it is not public yet");
    stage.pass(10).await;
    assert_eq!(stage.mails().await.last().unwrap(), "example_public");
    stage.site.visitor().get(&public_address(&stage.site).await).await.shows("勤怠をクラウドで記録");
}

#[actix_web::test]
async fn a_planned_publication_that_is_taken_back_ends_no_consent() {
    let (stage, seen) = planned().await;
    ops::publication::archive(&stage.site.app, seen, stage.cast.coordinator).await.unwrap();
    stage.pass(11).await;
    assert!(matches!(stage.state().await, ConsentState::Approved(_)));
    stage.pass(WRITING_DAYS).await;
    assert_eq!(stage.state().await, ConsentState::Lapsed);
    assert!(texts(&stage.site).await.is_empty(), "nobody has read it");
}

#[actix_web::test]
async fn a_company_that_no_mail_can_tell_of_a_text_is_not_asked() {
    let stage = Stage::new().await;
    stage.agree("hidden").await;
    assert_eq!(stage.write("1", &[("quotation", "お問い合わせは080-1234-5678へ。")]).await.status, 303);
    let tx = stage.site.app.begin().await.unwrap();
    let own = contact::Entity::update_many().filter(contact::COLUMN.consultation_id.eq(stage.case.id.0));
    let set = |column: contact::Column, it: &str| (column, Expr::value(it));
    let (phone, digits) =
        (set(contact::Column::Phone, "080-1234-5678"), set(contact::Column::PhoneDigits, "08012345678"));
    own.clone().col_expr(phone.0, phone.1).col_expr(digits.0, digits.1).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    stage.show("2").await.shows("メールアドレスや電話番号は、事例に載せられません");
    let tx = stage.site.app.begin().await.unwrap();
    let none = || Expr::value(None::<String>);
    let emptied = own.col_expr(contact::Column::Email, none()).col_expr(contact::Column::EmailKey, none());
    emptied.exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    stage.show("2").await.shows("メールアドレスがないため");
    assert!(matches!(stage.state().await, ConsentState::Writing(_)));
}
