//! Our PDF documents as other programs read them: qpdf, and poppler, which Linux desktops show them with.
use std::{fs, process::Command};

/// Returns the text that a reader finds in a document, in its order. Fails if the file is damaged, if a font is not in
/// it, or if its parts have no tags.
pub fn text_of(document: &[u8]) -> String {
    let folder = std::env::temp_dir().join(format!("madoguchi-pdf-{}", uuid::Uuid::new_v4().simple()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("document.pdf");
    fs::write(&file, document).unwrap();
    let read = |program: &str, options: &[&str]| {
        let done = Command::new(program).args(options).current_dir(&folder).output();
        let done = done.unwrap_or_else(|err| panic!("{program} of Debian's qpdf and poppler-utils: {err}"));
        let shown = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{program} {options:?}: {shown}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        shown
    };
    read("qpdf", &["--check", "document.pdf"]);
    for font in read("pdffonts", &["document.pdf"]).lines().skip(2) {
        assert!(font.contains("yes yes yes"), "embedded, a subset, and with its characters: {font}");
    }
    let about = read("pdfinfo", &["document.pdf"]);
    assert!(about.lines().any(|it| it.starts_with("Tagged:") && it.ends_with("yes")), "{about}");
    let structure = read("pdfinfo", &["-struct", "document.pdf"]);
    for tag in ["H1", "LI", "Lbl", "LBody"] {
        assert!(structure.contains(tag), "{tag}: {structure}");
    }
    let text = read("pdftotext", &["document.pdf", "-"]);
    fs::remove_dir_all(&folder).unwrap();
    text
}
