//! Every case about clouds, invitations, redemption, sign-ins, direct connect, Conditional Access,
//! tenant restrictions and their log rows (S5 to S11, S15) is done at the endpoints of a server that
//! holds its world: with a browser at `authorize`, for tokens at `token`, with `POST /invitations`,
//! with jobs. What comes of it must be what the case expects and what the law says.
//!
//! Members of an answer that nobody is told there (`detail`, `source`, mails) are not compared; who is
//! in which directory afterwards and every row of every log is.

mod asking;
mod browser;
mod compared;
mod exceptions;
mod place;
mod proxy;
mod signing;

use std::path::{Path, PathBuf};

use cases::case_file::{Case, CaseFile};
use cases::compare::Difference;
use cases::fixture::State;
use cases::folder;
use cases::vector::Step;
use serde_json::Value;

use self::exceptions::EXCEPTIONS;
use self::place::Place;

/// What differs, or why it cannot be done.
type Done = Result<Vec<String>, String>;

fn told(difference: &Difference) -> String {
    let Difference {
        path,
        expected,
        got,
    } = difference;
    let got = got.as_ref().map_or("nothing".to_owned(), Value::to_string);
    format!("{path}: expected {expected}, got {got}")
}

fn all() -> Vec<CaseFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let files = folder::files(&[folder]).into_iter();
    let read = |path: PathBuf| CaseFile::read(&folder::read(&path).unwrap(), None).unwrap();
    files.map(|path| read(path.unwrap())).collect()
}

fn is_meant(case: &Case) -> bool {
    let mut clauses = case.vector.clauses.iter();
    clauses.any(|clause| matches!(clause.section, 5..=11 | 15))
}

async fn perform(place: &mut Place, step: &Step, before: &State, law: &Value) -> Done {
    let (input, expected) = (&step.input, &step.expected);
    match step.question.op().as_str() {
        "signin" => signing::sign_in(place, input, expected, before, law).await,
        "tenantRestrictions" => proxy::behind_a_proxy(place, input, before, law).await,
        "redeem" => signing::redeem(place, input, expected, before, law).await,
        "invite" => asking::invite(place, input, expected, law).await,
        "sync" => asking::synchronize(place, input, expected).await,
        "admin" => asking::administer(place, input, expected, law).await,
        "partner" => asking::look_up(place, input, expected).await,
        other => Err(format!("nobody does `{other}` at a door")),
    }
}

#[derive(Default)]
struct Tally {
    cases: usize,
    whole_cases: usize,
    steps: usize,
    done: usize,
    wrong: Vec<String>,
}

impl Tally {
    async fn walk(&mut self, file: &CaseFile, case: &Case, client: &reqwest::Client) {
        let mut state = file.fixture().changed(&case.vector.given).unwrap();
        let mut kept: Option<Place> = None;
        let (id, mut whole) = (&case.vector.id, true);
        for (number, step) in (1..).zip(&case.vector.steps) {
            let before = state.clone();
            let law = step.question.ask(&mut state).unwrap();
            let mut place = match kept.take() {
                Some(place) => place,
                None => Place::of(&before.world, client).await,
            };
            let mut done = perform(&mut place, step, &before, &law).await;
            if let Ok(wrong) = &mut done {
                wrong.extend(place.strangers(&state).await);
            }
            let excepted = EXCEPTIONS
                .iter()
                .any(|exception| exception.case == id && exception.step == number);
            self.steps += 1;
            match (done, excepted) {
                (Ok(wrong), false) if wrong.is_empty() => {
                    self.done += 1;
                    kept = Some(place);
                }
                (Ok(wrong), true) if wrong.is_empty() => {
                    self.wrong.push(format!(
                        "{id}, step {number}, is done and needs no exception"
                    ));
                }
                (_, true) => whole = false,
                (Ok(wrong), false) => self
                    .wrong
                    .push(format!("{id}, step {number}: {}", wrong.join("\n  "))),
                (Err(why), false) => self
                    .wrong
                    .push(format!("{id}, step {number}, cannot be done: {why}")),
            }
        }
        self.cases += 1;
        self.whole_cases += usize::from(whole);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_is_done_at_the_doors_themselves_s5_to_s11_s15() {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut tally = Tally::default();
    let files = all();
    for file in &files {
        for case in file.cases().iter().filter(|case| is_meant(case)) {
            tally.walk(file, case, &client).await;
        }
    }
    println!(
        "{} of {} steps and {} of {} cases whole; {} exceptions",
        tally.done,
        tally.steps,
        tally.whole_cases,
        tally.cases,
        EXCEPTIONS.len()
    );
    for exception in EXCEPTIONS {
        let cases = files.iter().flat_map(CaseFile::cases);
        let mut meant = cases.filter(|case| case.vector.id == exception.case && is_meant(case));
        let exists = meant.any(|case| case.vector.steps.len() >= exception.step);
        assert!(exists, "no such step: {exception:?}");
        assert!(!exception.why.is_empty());
    }
    let wrong = &tally.wrong;
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
