//! Gzip, zstd, UTF-16, folders: told by what is in the file, not by its name.

use std::fs;
use std::io::Write as _;

use crate::{faults, folder, read, read_bytes, summary, try_read};

const HEAD: &str = "Request ID,Home tenant ID,Resource tenant ID,Sign-in error code,User\n";

fn csv(rows: usize) -> String {
    let row = |index: usize| {
        format!(
            "00000000-0000-4000-8000-{index:012},0c000000-0000-4000-8000-000000000001,0f000000-0000-4000-8000-000000000002,0,Zoë {}\n",
            index % 7
        )
    };
    HEAD.to_owned() + &(0..rows).map(row).collect::<String>()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn sign_ins(taken: &comity_intake::Taken) -> usize {
    summary(taken).iter().map(|row| row.sign_ins).sum()
}

#[test]
fn gzip_and_zstd_are_told_by_their_first_bytes() {
    let plain = csv(50_000);
    let taken = read_bytes("gzip", "log.csv", gzip(plain.as_bytes()));
    assert_eq!((sign_ins(&taken), faults(&taken)), (50_000, vec![]));
    let packed = zstd::encode_all(plain.as_bytes(), 3).unwrap();
    assert_eq!(sign_ins(&read_bytes("zstd", "log.gz", packed)), 50_000);
    // Files that were packed and put one after the other are one file.
    let (head, tail) = plain.as_bytes().split_at(plain.len() / 2);
    let parts = [gzip(head), gzip(tail)].concat();
    assert_eq!(
        sign_ins(&read_bytes("gzip-parts", "log.csv", parts)),
        50_000
    );
}

#[test]
fn what_comes_before_the_end_of_truncated_gzip_is_read_and_the_rest_is_told() {
    let packed = gzip(csv(200_000).as_bytes());
    let taken = read_bytes("gzip-cut", "log.csv.gz", &packed[..packed.len() / 2]);
    assert_eq!(taken.told.broken_files, 1);
    assert!(sign_ins(&taken) > 50_000 && sign_ins(&taken) < 150_000);
    let told = faults(&taken);
    let end = "the gzip data ends too early; what follows in this file was not read";
    assert!(told.iter().any(|fault| fault.ends_with(end)), "{told:?}");
}

#[test]
fn utf_16_is_read_in_both_orders() {
    let text = csv(3);
    let units = || text.encode_utf16();
    let little: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(units().flat_map(u16::to_le_bytes))
        .collect();
    let big: Vec<u8> = [0xFE, 0xFF]
        .into_iter()
        .chain(units().flat_map(u16::to_be_bytes))
        .collect();
    for (name, bytes) in [("little", little), ("big", big)] {
        let taken = read_bytes(name, "log.csv", bytes);
        assert_eq!(sign_ins(&taken), 3, "{name}");
        let names: Vec<_> = taken
            .log
            .iter()
            .filter_map(|seen| seen.user_display_name)
            .collect();
        assert!(names.contains(&"Zoë 1"), "{names:?}");
    }
}

#[test]
fn a_bomb_is_stopped() {
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.write_all(HEAD.as_bytes()).unwrap();
    let zeros = vec![b'\n'; 1 << 20];
    for _ in 0..400 {
        packer.write_all(&zeros).unwrap();
    }
    let taken = read_bytes("bomb", "log.csv", packer.finish().unwrap());
    let told = faults(&taken);
    assert!(
        told[0].contains("it unpacks to more than 400 times its size"),
        "{told:?}"
    );
}

#[test]
fn folders_are_read_to_the_bottom_and_what_ends_otherwise_is_told() {
    let folder = folder("folders");
    fs::create_dir_all(folder.join("2026/01")).unwrap();
    fs::write(folder.join("2026/01/a.csv"), csv(2)).unwrap();
    fs::write(folder.join("2026/b.csv.gz"), gzip(csv(3).as_bytes())).unwrap();
    fs::write(folder.join("README.md"), "not a log").unwrap();
    // What `comity pull` keeps is no log, and no news.
    fs::write(folder.join("2026/.comity-pull.json"), "{}").unwrap();
    let taken = read(&folder);
    assert_eq!((taken.told.files, taken.told.passed_over), (2, 1));
    assert_eq!(
        (taken.told.rows, taken.told.duplicates, sign_ins(&taken)),
        (5, 2, 3)
    );
}

#[test]
fn a_folder_without_a_log_is_an_error() {
    let folder = folder("no-logs");
    fs::write(folder.join("README.md"), "not a log").unwrap();
    let error = try_read(&folder).unwrap_err().to_string();
    assert!(
        error.contains("holds no file that ends like a log"),
        "{error}"
    );
}
