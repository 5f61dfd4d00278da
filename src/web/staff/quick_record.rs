//! Taking back a record that was made with one click by mistake.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    id::ConsultationId,
    worklist::quick_record::{QuickRecordKind, RecordObstacle},
};

use super::{case_head::Head, case_tabs::View, opened::Opened};
use crate::{
    ops::consultation::quick_record as ops,
    problem::Problem,
    store::{self, audit::event::HistoryEntry},
    web::kit::{form::Fields, form_state::FormState, page::Shell},
};

#[derive(Template)]
#[template(path = "staff/quick_record.html")]
struct TakeBackPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The event of the record; `None` if there is none at this position.
    recorded: Option<HistoryEntry>,
    obstacles: Vec<RecordObstacle>,
}

#[get("/staff/consultations/{number}/records/{seq}/undo")]
pub async fn show(open: Opened, path: Path<(String, i32)>) -> Result<HttpResponse, Problem> {
    render(open, path.1, FormState::default()).await
}

#[post("/staff/consultations/{number}/records/{seq}/undo")]
pub async fn submit(open: Opened, path: Path<(String, i32)>, form: Fields) -> Result<HttpResponse, Problem> {
    let seq = path.1;
    let mut typed = FormState::of(form);
    let done = match open.seen(&typed.form, None) {
        Ok(version) => ops::take_back(&open.app, open.id(), version, open.me.id, seq).await,
        Err(problem) => Err(problem),
    };
    match typed.value(done)? {
        Some(quick) => {
            let flash = format!("{}の記録を取り消しました。", quick.kind.label());
            Ok(open.back_to(View::History, &flash))
        }
        None => render(open.again().await?, seq, typed).await,
    }
}

async fn render(open: Opened, seq: i32, typed: FormState) -> Result<HttpResponse, Problem> {
    let id: ConsultationId = open.id();
    let history = store::audit::event::of(&open.app.db, id).await?;
    let found = ops::find(&open.app.db, &open.case.record, &history, seq).await?;
    let obstacles = found.err().unwrap_or_default();
    let recorded = history.into_iter().find(|it| it.seq == seq && it.quick.is_some());
    open.page(typed, |shell, head, typed| TakeBackPage { shell, head, typed, recorded, obstacles })
}

impl TakeBackPage {
    fn kind(&self) -> Option<&QuickRecordKind> {
        self.recorded.as_ref().and_then(|it| it.quick.as_ref()).map(|it| &it.kind)
    }

    /// Returns the page on which the obstacle is removed, with the words of the link to it.
    fn way(&self, it: &RecordObstacle) -> Option<(String, &'static str)> {
        match it {
            RecordObstacle::Later(seq) => {
                Some((self.head.at(&format!("/records/{seq}/undo")), "あとの記録を確認する"))
            }
            RecordObstacle::Ended => Some((self.head.at("/reopen"), "相談を再開する")),
            RecordObstacle::CompanyActed { .. }
            | RecordObstacle::Unknown
            | RecordObstacle::TakenBack
            | RecordObstacle::NotConfirmed
            | RecordObstacle::SignedIn(_) => None,
            RecordObstacle::Written(_) => Some((self.head.at("?view=messages"), "メッセージを確認する")),
            RecordObstacle::AddressCorrected => Some((self.head.at("/correct/contact"), "連絡先を確認する")),
            RecordObstacle::ExpertsAsked(_) => {
                Some((self.head.at("?view=overview"), "専門家への依頼を確認する"))
            }
        }
    }
}
