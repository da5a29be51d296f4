//! The page people read, and the files beside it.

use std::fs;

use crate::programs::repository;

/// Replaces what stands between the two marks of that name in `docs/performance.md`.
pub fn write(name: &str, text: &str) -> Result<(), String> {
    let (begin, end) = (
        format!("<!-- figures: {name} -->"),
        format!("<!-- end of figures: {name} -->"),
    );
    let page = repository().join("docs/performance.md");
    let old = fs::read_to_string(&page)
        .map_err(|problem| format!("docs/performance.md cannot be read: {problem}"))?;
    let (Some((before, _)), Some((_, after))) = (old.split_once(&begin), old.split_once(&end))
    else {
        return Err(format!("docs/performance.md lacks `{begin}` and `{end}`"));
    };
    let text = text.trim();
    save(
        "docs/performance.md",
        &format!("{before}{begin}\n\n{text}\n\n{end}{after}"),
    )
}

/// Writes a file of the repository.
pub fn save(path: &str, text: &str) -> Result<(), String> {
    let problem = |e: std::io::Error| format!("{path} cannot be written: {e}");
    let file = repository().join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(problem)?;
    }
    fs::write(file, text).map_err(problem)
}
