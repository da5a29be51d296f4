//! Messages with people in them who mean harm, and carriers that do not carry.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;

use super::*;

/// Tried again without waiting.
const STRAIGHT: Urgency = Urgency {
    again: &[Duration::ZERO; 5],
    is_patient: true,
};
const NOW: &str = "2026-01-31T12:00:00Z";

fn clock() -> Clock {
    Clock::saying(|| NOW.parse::<Timestamp>().unwrap())
}

fn letter() -> Letter {
    Letter {
        to: "otto@post.example".to_owned(),
        copy: None,
        subject: "Contoso invites you".to_owned(),
        text: "Hello\r\n".to_owned(),
        language: "en",
    }
}

fn parcel(letter: &Letter) -> Parcel {
    let from = "Comity <comity@contoso.com>".parse().unwrap();
    let now = NOW.parse().unwrap();
    letter.parcel(&from, "comity.test", now).unwrap()
}

/// The header lines of a message, unfolded, and its body.
fn parts(parcel: &Parcel) -> (Vec<String>, String) {
    let text = String::from_utf8(parcel.bytes.clone()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    let lines = head.split("\r\n").map(str::to_owned);
    (lines.collect(), body.to_owned())
}

fn names(parcel: &Parcel) -> Vec<String> {
    let (lines, _) = parts(parcel);
    let name = |line: &String| line.split(':').next().unwrap().to_ascii_lowercase();
    lines.iter().map(name).collect()
}

/// Line breaks of every kind, and a header that somebody would like to add.
const BREAKS: [&str; 6] = [
    "x\r\nBcc: evil@post.example",
    "x\nBcc: evil@post.example",
    "x\rBcc: evil@post.example",
    "x\u{2028}Bcc: evil@post.example",
    "x\u{85}Bcc: evil@post.example\r\n\r\nanother body",
    "x\0\r\n\tBcc: evil@post.example",
];

#[test]
fn a_subject_with_line_breaks_adds_no_header() {
    let usual = names(&parcel(&letter()));
    for subject in BREAKS {
        let subject = subject.to_owned();
        let parcel = parcel(&Letter {
            subject,
            ..letter()
        });
        assert_eq!(names(&parcel), usual);
        let (lines, body) = parts(&parcel);
        let subjects = lines.iter().filter(|line| line.starts_with("Subject:"));
        assert_eq!(subjects.count(), 1);
        assert_eq!(body, "Hello\r\n");
    }
}

#[test]
fn a_name_with_line_breaks_adds_no_header_and_no_recipient() {
    for name in BREAKS.into_iter().chain([
        "\"x\" <evil@post.example>, y",
        "=?utf-8?q?x?= <evil@post.example>",
        "\u{202e}moc.osotnoc@ecila",
    ]) {
        let copy = Some((Some(name.to_owned()), "ann@contoso.com".to_owned()));
        let parcel = parcel(&Letter { copy, ..letter() });
        let to = ["otto@post.example", "ann@contoso.com"];
        assert_eq!(parcel.recipients(), to, "{name}");
        let names = names(&parcel);
        assert!(!names.contains(&"bcc".to_owned()), "{name}");
        let (lines, _) = parts(&parcel);
        let copies: Vec<_> = lines
            .iter()
            .filter(|line| line.starts_with("Cc:"))
            .collect();
        assert_eq!(copies.len(), 1);
        assert!(copies[0].ends_with("<ann@contoso.com>"), "{}", copies[0]);
        assert!(!copies[0].contains('\u{202e}'));
    }
}

#[test]
fn an_address_with_line_breaks_is_no_address() {
    let from = "Comity <comity@contoso.com>".parse().unwrap();
    for to in [
        "otto@post.example\r\nBcc: evil@post.example",
        "otto@post.example\r\nRCPT TO:<evil@post.example>",
        "otto@post.example, evil@post.example",
        "<otto@post.example> evil@post.example",
        "otto@post.example\0",
        "otto",
    ] {
        let to = to.to_owned();
        let letter = Letter { to, ..letter() };
        let written = letter.parcel(&from, "comity.test", NOW.parse().unwrap());
        assert!(written.is_err(), "{}", letter.to);
    }
}

#[test]
fn a_body_is_plain_text_whatever_stands_in_it() {
    let text = "<img src=x onerror=alert(1)>\r\n.\r\nQUIT\r\n".to_owned();
    let parcel = parcel(&Letter { text, ..letter() });
    let (lines, body) = parts(&parcel);
    assert!(lines.contains(&"Content-Type: text/plain; charset=utf-8".to_owned()));
    // It is text, not markup, and a line with a dot is the carrier's to escape.
    assert!(body.contains("<img"), "{body}");
}

#[test]
fn a_link_is_in_one_piece_and_letters_of_all_languages_arrive() {
    let link = format!("https://comity.test/{}\r\n", "a=b&".repeat(100));
    let parcel = |text: String| parcel(&Letter { text, ..letter() });
    assert_eq!(parts(&parcel(link.clone())).1, link);
    for text in [
        "Grüße\r\n".to_owned(),
        "x\ny\r\n".to_owned(),
        "x".repeat(2000),
        "\0".to_owned(),
    ] {
        let (_, body) = parts(&parcel(text));
        let lines = body.replace("\r\n", "");
        assert!(!lines.contains(['\r', '\n', '\0']), "{lines:?}");
        assert!(body.split("\r\n").all(|line| line.len() <= 998));
    }
}

#[test]
fn what_somebody_writes_is_quoted_line_by_line_and_shows_what_it_says() {
    let said = "Hello\r\n\r\nhttps://evil.example/\u{202e}gnp.exe\rYour administrator\n";
    let quoted = quotation(said);
    assert!(quoted.lines().all(|line| line.starts_with('>')), "{quoted}");
    assert!(!quoted.contains('\u{202e}') && !quoted.contains("\rYour"));
    assert_eq!(name(" a\u{200f}b\u{2066}c\r\nd "), "abc d");
}

/// A carrier that does what it is told, and remembers what it got.
#[derive(Default)]
struct Told {
    words: Mutex<Vec<Result<(), Undelivered>>>,
    carried: Mutex<Vec<String>>,
}

#[async_trait]
impl Carrier for Told {
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        self.carried.lock().unwrap().push(parcel.id.clone());
        self.words.lock().unwrap().pop().unwrap_or(Ok(()))
    }
    async fn reach(&self) -> Result<(), Undelivered> {
        self.words.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

fn post(words: Vec<Result<(), Undelivered>>) -> (Post, Arc<Told>) {
    let told = Arc::new(Told {
        words: Mutex::new(words.into_iter().rev().collect()),
        ..Told::default()
    });
    let carrier = Arc::clone(&told);
    let mail = Mail::by("comity@contoso.com", carrier).unwrap();
    let post = Post::new(Some(mail), "https://comity.test:8443", clock());
    (post, told)
}

fn down() -> Result<(), Undelivered> {
    Err(Undelivered::Carrier("nobody is there".to_owned()))
}

#[tokio::test]
async fn a_message_that_did_not_leave_is_tried_again_and_leaves_once() {
    let later = Err(Undelivered::NotNow("greylisted".to_owned()));
    let (post, told) = post(vec![down(), later, Ok(())]);
    assert_eq!(post.send(&letter(), STRAIGHT).await, Sent::Later);
    while told.carried.lock().unwrap().len() < 3 || post.is_in_trouble() {
        tokio::task::yield_now().await;
    }
    let carried = told.carried.lock().unwrap();
    assert_eq!(carried.len(), 3);
    // It is the same message each time, so that nobody gets two.
    assert!(carried.iter().all(|id| *id == carried[0]));
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again_and_says_nothing_of_others() {
    let never = Err(Undelivered::Never("no such mailbox".to_owned()));
    let (post, told) = post(vec![never]);
    assert_eq!(post.send(&letter(), INVITATION).await, Sent::No);
    assert!(!post.is_in_trouble());
    assert_eq!(post.send(&letter(), INVITATION).await, Sent::Yes);
    assert_eq!(told.carried.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn that_messages_do_not_leave_is_found_out_without_a_message_too() {
    let (post, told) = post(vec![down()]);
    post.knock();
    while !post.is_in_trouble() {
        tokio::task::yield_now().await;
    }
    assert!(told.carried.lock().unwrap().is_empty());
    // While there is trouble nobody waits.
    assert_eq!(post.send(&letter(), INVITATION).await, Sent::Later);
}

#[tokio::test]
async fn nothing_leaves_without_a_carrier() {
    let post = Post::new(None, "https://comity.test", clock());
    assert!(!post.is_open() && !post.is_in_trouble());
    assert_eq!(post.send(&letter(), INVITATION).await, Sent::No);
}

#[tokio::test]
async fn messages_in_a_folder_are_whole_and_nobody_elses() {
    let folder = std::env::temp_dir().join(format!("comity-mail-{}", sts::random::guid()));
    let mail = Mail::into_folder("comity@contoso.com", folder.join("mail")).unwrap();
    let post = Post::new(Some(mail), "https://comity.test", clock());
    assert_eq!(post.send(&letter(), INVITATION).await, Sent::Yes);
    let files: Vec<_> = std::fs::read_dir(folder.join("mail")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let file = files[0].as_ref().unwrap().path();
    assert_eq!(file.extension().unwrap(), "eml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("To: otto@post.example\r\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("mail"))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o077, 0);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_sender_has_an_address() {
    let told: Arc<dyn Carrier> = Arc::new(Told::default());
    for from in ["", "Comity", "Comity <>", "a@b\r\nBcc: c@d"] {
        assert!(Mail::by(from, Arc::clone(&told)).is_err(), "{from}");
    }
    assert!(Mail::by("Comity <comity@contoso.com>", told).is_ok());
}
