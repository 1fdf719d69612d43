//! Table and chart of the project's pages are made of the lines that lie beside them.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use coslink_bench::report::{Results, pages};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

#[test]
fn the_pages_show_what_was_measured() {
    let results = Results::read(&[root().join(pages::RESULTS)]).unwrap();
    assert!(results.runs.len() > 100);
    assert!(results.setting.rounds >= 5);
    let block = pages::block(&results);
    for name in pages::PAGES {
        let page = fs::read_to_string(root().join(name)).unwrap();
        assert!(
            page.contains(&block),
            "{name} is not made by the command:\n{block}"
        );
        assert_eq!(pages::with_block(&page, &block).unwrap(), page);
        assert!(page.contains(&format!("]({})", pages::CHART)), "{name}");
    }
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir_all(copy.path().join("tests/bench")).unwrap();
    for name in pages::PAGES {
        fs::copy(root().join(name), copy.path().join(name)).unwrap();
    }
    pages::write(copy.path(), &results).unwrap();
    for name in pages::PAGES
        .into_iter()
        .chain([pages::CHART, pages::RESULTS])
    {
        let read = |root: &Path| fs::read_to_string(root.join(name)).unwrap();
        assert_eq!(read(copy.path()), read(&root()), "{name}");
    }
}
