//! The fields of an item of news.
use domain::{
    intake::application::TICKED,
    publication::news::{NewsCategory, NewsFacts, WebAddress},
    text::optional,
};

use crate::web::kit::form::{Choice, FieldErrors, Fields};

pub fn fill(facts: &NewsFacts, form: &mut Fields) {
    form.add("category", facts.category.code());
    form.add("related", facts.related.as_ref().map_or("", |it| it.as_str()));
    if facts.pinned {
        form.add("pinned", TICKED);
    }
}

pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<NewsFacts> {
    let category = NewsCategory::from_code(form.get("category")).ok_or("分類を選択してください");
    let category = errors.take("category", category);
    let related = errors.take("related", optional(form.get("related"), WebAddress::parse));
    Some(NewsFacts { category: category?, pinned: form.has("pinned", TICKED), related: related? })
}

pub fn categories() -> Vec<Choice> {
    NewsCategory::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}
