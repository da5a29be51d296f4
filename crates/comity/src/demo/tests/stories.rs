//! The stories that docs/demo.md tells.

use std::path::Path;

use cases::case_file::{CaseFile, Supplied};
use cases::folder;
use cases::report::{Colour, human};
use cases::run::{Counts, run};

#[test]
fn every_story_of_the_demo_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let world = folder::read(&folder.join("world.yaml")).unwrap();
    let world = Supplied::read(&world).unwrap();
    let stories = folder::read(&folder.join("stories.yaml")).unwrap();
    let stories = CaseFile::read(&stories, Some(&world)).unwrap();
    let results = [run(&stories, None)];
    let counts = Counts::of(&results);
    assert_eq!(
        counts.failed + counts.broken,
        0,
        "\n{}",
        human(&results, Colour::Off)
    );
    assert!(counts.passed >= 40);
}
