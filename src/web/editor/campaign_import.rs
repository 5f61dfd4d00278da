//! Importing registrations from a CSV file: the choice of the file, what it contains, and undoing it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use codes::ImportKind;
use domain::{
    campaign::RegistrationEntry,
    id::{FileImportId, PublicationId},
    publication::Facts,
    text::TextLine,
};
use uuid::Uuid;

use super::{
    campaign::{CampaignLinks, find, links},
    campaign_file::{self, COLUMNS, RegistrationRow},
};
use crate::{
    app::App,
    ops::{self, file_import::ChosenFile},
    problem::Problem,
    store::{
        self,
        campaign::{Campaign, registration},
        file_import::{self, FileImport},
    },
    url,
    web::kit::{
        csv_file::{self, MOST_ROWS},
        form::FieldErrors,
        import_view::PreviewRow,
        page::{self, Shell},
        session::EditorUser,
        upload::{FILES, FormWithFiles},
    },
};

/// The number of earlier imports that are listed.
const SHOWN: u64 = 20;

#[derive(Template)]
#[template(path = "editor/campaign_import.html")]
struct RegistrationImportPage {
    shell: Shell,
    errors: FieldErrors,
    earlier: Vec<FileImport>,
    links: CampaignLinks,
}

#[derive(Template)]
#[template(path = "editor/campaign_import_preview.html")]
struct RegistrationPreviewPage {
    shell: Shell,
    campaign: Campaign,
    import: FileImport,
    good: Vec<PreviewRow>,
    /// The rows that cannot be taken.
    bad: Vec<PreviewRow>,
    /// The number of registrations that came of it, if it was taken.
    taken: u64,
    links: CampaignLinks,
}

#[get("/staff/month/{id}/import")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    page::html(&import_page(&app, shell, *id, FieldErrors::default()).await?)
}

/// Keeps a file, if it can be read, and shows what it contains. Nothing is registered by that.
#[post("/staff/month/{id}/import")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let mut errors = FieldErrors::default();
    let activities = activities(&app, &campaign).await?;
    let text = errors.take(FILES, csv_file::of_form(&form, "CSVファイル"));
    let text = text.filter(|it| errors.take(FILES, campaign_file::rows(it, &activities)).is_some());
    let (Some(text), Some(file)) = (text, form.files.first()) else {
        return page::unprocessable(&import_page(&app, shell, *id, errors).await?);
    };
    let chosen = ChosenFile {
        kind: ImportKind::Registration,
        campaign: Some(campaign.id),
        name: file.name.clone(),
        content: text,
    };
    let import = ops::file_import::keep(&app, chosen, user.id).await?;
    Ok(page::see_other(address(campaign.id, import)))
}

#[get("/staff/month/{id}/import/{import}")]
pub async fn preview(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, it) = found(&app, &path).await?;
    let taken = registration::count_of_import(&app.db, it.id).await?;
    let rows = rows(&app, &campaign, &it).await?.into_iter().map(|it| PreviewRow {
        line: it.line,
        name: it.name,
        remark: String::new(),
        faults: it.read.err().unwrap_or_default(),
    });
    let (good, bad) = rows.partition(|it| it.faults.is_empty());
    let links = links(&shell, &campaign);
    page::html(&RegistrationPreviewPage { shell, campaign, import: it, good, bad, taken, links })
}

/// Takes the rows that can be taken.
#[post("/staff/month/{id}/import/{import}/take")]
pub async fn take(
    app: Data<App>,
    user: EditorUser,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, it) = found(&app, &path).await?;
    let entries = rows(&app, &campaign, &it).await?.into_iter().filter_map(|it| it.read.ok()).collect();
    let count = ops::campaign::import::take(&app, it.id, entries, user.id).await?;
    let sentence = format!("{count}件を登録済みとして取り込みました。登録者には、メールを送りません。");
    Ok(page::see_other_with(address(campaign.id, it.id), &sentence))
}

#[post("/staff/month/{id}/import/{import}/undo")]
pub async fn undo(
    app: Data<App>,
    user: EditorUser,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, it) = found(&app, &path).await?;
    let undone = ops::campaign::import::undo(&app, it.id, user.id).await?;
    let sentence = format!(
        "取込みを取り消しました。削除{}件、そのあと変更があったため残したもの{}件。",
        undone.deleted, undone.left
    );
    Ok(page::see_other_with(address(campaign.id, it.id), &sentence))
}

fn address(campaign: PublicationId, id: FileImportId) -> String {
    format!("{}/import/{id}", url::campaign_desk(campaign))
}

async fn found(app: &App, path: &(Uuid, Uuid)) -> Result<(Campaign, FileImport), Problem> {
    let campaign = find(app, path.0).await?;
    let it = file_import::find(&app.db, ImportKind::Registration, FileImportId(path.1)).await?;
    let it = it.filter(|it| it.campaign == Some(campaign.id)).ok_or(Problem::NotFound)?;
    Ok((campaign, it))
}

/// Returns the activities that the telework month offers now.
async fn activities(app: &App, campaign: &Campaign) -> Result<Vec<TextLine>, Problem> {
    let publication = store::publication::find(&app.db, campaign.id).await?.ok_or(Problem::NotFound)?;
    match publication.content.facts {
        Facts::Campaign(facts) => Ok(facts.activities),
        Facts::News(_) | Facts::Guide(_) | Facts::Example(_) | Facts::Gathering(_) | Facts::Survey(_) => {
            Err(Problem::NotFound)
        }
    }
}

/// Returns the rows of a file that was not taken yet. They are read anew, because activities and registrations may have
/// changed meanwhile.
async fn rows(app: &App, campaign: &Campaign, it: &FileImport) -> Result<Vec<RegistrationRow>, Problem> {
    if it.taken_at.is_some() {
        return Ok(Vec::new());
    }
    let activities = activities(app, campaign).await?;
    let mut rows = campaign_file::rows(&it.content, &activities).unwrap_or_default();
    let readable: Vec<_> = (0..rows.len()).filter(|n| rows[*n].read.is_ok()).collect();
    let entries: Vec<RegistrationEntry> =
        rows.iter().filter_map(|it| it.read.as_ref().ok().cloned()).collect();
    for place in ops::campaign::import::twice(&app.db, campaign.id, &entries).await? {
        let why = "同じメールアドレスと名称の登録が、すでにあるか、ファイルの中にあります".to_owned();
        rows[readable[place]].read = Err(vec![why]);
    }
    Ok(rows)
}

async fn import_page(
    app: &App,
    shell: Shell,
    id: Uuid,
    errors: FieldErrors,
) -> Result<RegistrationImportPage, Problem> {
    let campaign = find(app, id).await?;
    let earlier = file_import::newest(&app.db, ImportKind::Registration, Some(campaign.id), SHOWN).await?;
    Ok(RegistrationImportPage { links: links(&shell, &campaign), shell, errors, earlier })
}

impl RegistrationPreviewPage {
    fn action(&self, act: &str) -> String {
        format!("{}/{act}", address(self.campaign.id, self.import.id))
    }
}
