//! Handing a case over to a first-line desk, with the company's consent.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::{
    consultation::ActionKind,
    id::DeskId,
    intake::{
        application::TICKED,
        desk_entry::{HAND_BACK_WORDING, LONGEST_MEMO},
    },
    text::{Prose, TextLine},
};
use uuid::Uuid;

use super::{
    case_head::{Head, may},
    opened::Opened,
};
use crate::{
    ops::{self, consultation::hand_back::HandedBackCase},
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
    },
};

/// How the company was asked: the code, and the word for the record.
const HOWS: [(&str, &str); 3] = [("phone", "電話"), ("mail", "メール"), ("visit", "面談")];

#[derive(Template)]
#[template(path = "staff/hand_back.html")]
struct HandBackPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The desks that are open: those of the company's prefecture come first.
    desks: Vec<Choice>,
    hows: Vec<Choice>,
    /// Whether the case can still be handed over.
    possible: bool,
}

#[get("/staff/consultations/{number}/hand-back")]
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    let refused = may(&open.case.record.consultation, ActionKind::Refer).err().map(|it| it.to_string());
    let own = open.case.record.desk.map(|it| it.to_string()).unwrap_or_default();
    let form = Fields::from_iter([("desk", own), ("person", open.case.contact.name.clone())]);
    render(open, FormState { refused, ..FormState::of(form) }).await
}

#[post("/staff/consultations/{number}/hand-back")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if let Some(given) = read(&mut typed)
        && let Some(version) = typed.value(open.seen(&typed.form, Some(ActionKind::Refer)))?
    {
        let done =
            ops::consultation::hand_back::hand_back(&open.app, open.id(), version, open.me.id, given).await;
        if typed.done(done)? {
            let message = if open.case.channel.is_mail() {
                "窓口に引き継ぎ、企業と窓口にメールでお知らせしました。"
            } else {
                "窓口に引き継ぎ、窓口にメールでお知らせしました。企業には、電話で伝えてください。"
            };
            return Ok(open.back(message));
        }
    }
    render(open.again().await?, typed).await
}

fn read(typed: &mut FormState) -> Option<HandedBackCase> {
    let (form, errors) = (&typed.form, &mut typed.errors);
    let desk = Uuid::try_parse(form.get("desk")).map(DeskId).map_err(|_| "窓口を選択してください");
    let desk = errors.take("desk", desk);
    let outline = errors.take("outline", Prose::parse("窓口に伝える内容", form.get("outline"), LONGEST_MEMO));
    let person = errors.take("person", TextLine::parse("同意した人の氏名", form.get("person"), 60));
    let how = HOWS.iter().find(|(code, _)| *code == form.get("how")).map(|(_, word)| *word);
    let how = errors.take("how", how.ok_or("同意を得た方法を選択してください"));
    let consent = form.has("consent", TICKED).then_some(());
    let consent = errors.take("consent", consent.ok_or("企業の同意を得たら、チェックしてください"));
    consent?;
    Some(HandedBackCase { desk: desk?, person: person?, how: how?, outline: outline? })
}

async fn render(open: Opened, typed: FormState) -> Result<HttpResponse, Problem> {
    let own = open.case.record.prefecture;
    let mut desks = store::reference::desk::all(&open.app.db).await?;
    let with_people =
        store::worklist::waiting_desks::with_people(&open.app.db, desks.iter().map(|it| it.id)).await?;
    desks.retain(|it| it.active && with_people.contains(&it.id));
    desks.sort_by_key(|it| (Some(it.prefecture) != own, it.prefecture));
    let choice = |it: store::reference::desk::Desk| {
        Choice::new(it.id.to_string(), format!("{}（{}）", it.name, it.prefecture.name()))
    };
    let desks = desks.into_iter().map(choice).collect();
    let possible = may(&open.case.record.consultation, ActionKind::Refer).is_ok();
    let hows = HOWS.map(|(code, word)| Choice::new(code, word)).to_vec();
    open.page(typed, |shell, head, typed| HandBackPage { shell, head, typed, desks, hows, possible })
}
