//! Style sheets and pictures. They are part of the binary, and their addresses change with their content.
use actix_web::{
    HttpResponse, get,
    http::header,
    middleware::Compress,
    web::{self, ServiceConfig},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{problem::Problem, secret::hex};

#[derive(RustEmbed)]
#[folder = "templates/assets/"]
struct Assets;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(web::scope("/assets").wrap(Compress::default()).service(show));
}

/// Returns the address of an asset.
pub fn url(name: &str) -> String {
    let version = Assets::get(name).map(|it| version(&it)).unwrap_or_default();
    format!("/assets/{version}/{name}")
}

#[get("/{version}/{name}")]
async fn show(path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (requested, name) = path.into_inner();
    let asset = Assets::get(&name).ok_or(Problem::NotFound)?;
    // While instances are being replaced, a page may ask for the version of another instance.
    let caching =
        if requested == version(&asset) { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok()
        .content_type(media_type(&name))
        .insert_header((header::CACHE_CONTROL, caching))
        .body(asset.data.into_owned()))
}

fn version(asset: &EmbeddedFile) -> String {
    hex(&asset.metadata.sha256_hash()[..6])
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::{Assets, url};

    #[test]
    fn the_address_carries_the_content() {
        let address = url("app.css");
        let version = address.strip_prefix("/assets/").and_then(|it| it.strip_suffix("/app.css")).unwrap();
        assert_eq!(version.len(), 12);
        assert_ne!(url("tokens.css").split('/').nth(2), Some(version));
    }

    #[test]
    fn the_licence_travels_with_the_tokens() {
        assert!(Assets::get("tokens.css").is_some() && Assets::get("tokens.LICENSE").is_some());
    }
}
