//! The pictures of an example or of the notice of a survey: adding one with its words, and taking one out.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    publication::{Phase, Publication, PublicationKind, example::picture::MOST_PICTURES},
    text::TextLine,
};

use super::{
    entry::{address, find},
    publish::seen,
};
use crate::{
    app::App,
    ops,
    picture::LARGEST_FILE,
    problem::Problem,
    web::kit::{
        example_picture::{self, PRIVATE},
        example_view::{ShownPicture, shown_pictures},
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::EditorUser,
        upload::{FILES, FormWithFiles},
    },
};

#[derive(Template)]
#[template(path = "editor/pictures.html")]
struct PicturesPage {
    shell: Shell,
    publication: Publication,
    address: String,
    is_public: bool,
    pictures: Vec<ShownPicture>,
    typed: FormState,
}

#[get("/staff/publish/{kind:cases|surveys}/{id}/pictures")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    render(&app, shell, publication, FormState::default())
}

#[get("/staff/publish/{kind:cases|surveys}/{id}/pictures/{sha256}")]
pub async fn picture(
    app: Data<App>,
    _: EditorUser,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (kind, id, sha256) = path.into_inner();
    let publication = find(&app, &(kind, id)).await?;
    example_picture::answer(&app, example_picture::pictures(&publication.content)?, &sha256, PRIVATE).await
}

#[post("/staff/publish/{kind:cases|surveys}/{id}/pictures")]
pub async fn add(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    path: Path<(String, String)>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let seen = seen(&publication, &form.fields)?;
    let mut typed = FormState::of(form.fields);
    let alternative = TextLine::parse("画像の説明", typed.form.get("alternative"), 200);
    let alternative = typed.errors.take("alternative", alternative);
    let file = form.files.into_iter().next().ok_or("画像を選択してください");
    let file = typed.errors.take(FILES, file);
    let (Some(alternative), Some(file)) = (alternative, file) else {
        return render(&app, shell, publication, typed);
    };
    match ops::publication::picture::add(&app, seen, file.bytes, alternative, user.id).await {
        Ok(Ok(it)) => Ok(page::see_other_with(pictures_of(&it), "画像を加えました。")),
        Ok(Err(refused)) => {
            typed.errors.add(FILES, format!("{refused}。選び直してください"));
            render(&app, shell, publication, typed)
        }
        Err(problem) => {
            typed.done(Err(problem))?;
            let publication = find(&app, &path).await?;
            render(&app, shell, publication, typed)
        }
    }
}

#[post("/staff/publish/{kind:cases|surveys}/{id}/pictures/remove")]
pub async fn remove(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let seen = seen(&publication, &form)?;
    let it = ops::publication::picture::remove(&app, seen, form.get("picture"), user.id).await?;
    Ok(page::see_other_with(pictures_of(&it), "画像を外しました。"))
}

fn pictures_of(it: &Publication) -> String {
    format!("{}/pictures", address(it))
}

fn render(
    app: &App,
    shell: Shell,
    publication: Publication,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let pictures = shown_pictures(example_picture::pictures(&publication.content)?, &address(&publication));
    let (address, status) = (address(&publication), typed.status());
    let page = PicturesPage {
        shell,
        is_public: publication.state.phase(app.clock.now()) == Phase::Current,
        pictures,
        address,
        publication,
        typed,
    };
    page::html_with(status, &page)
}

impl PicturesPage {
    const MOST: usize = MOST_PICTURES;

    fn megabytes() -> usize {
        LARGEST_FILE / 1024 / 1024
    }
}
