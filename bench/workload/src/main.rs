//! Writes the workload to files, or says what is in it.

use std::io::{BufWriter, Write};

use workload::signin_log::signin_rows;
use workload::{SEED, Workload, scale};

const USAGE: &str = "\
workload policies SCALE OUT.ndjson [MAX_TENANTS]   one line per tenant, Graph property names
workload signins  ROWS OUT.ndjson                  the sign-in log of one tenant of scale M
workload requests SCALE COUNT OUT.ndjson           AuthZEN-like requests and the right answers
workload stats    SCALE                            what the workload looks like";

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["policies", name, path] => policies(name, path, u32::MAX),
        ["policies", name, path, max] => policies(name, path, max.parse().expect(USAGE)),
        ["signins", rows, path] => signins(rows.parse().expect(USAGE), path),
        ["requests", name, count, path] => requests(name, count.parse().expect(USAGE), path),
        ["stats", name] => {
            stats(name);
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2)
        }
    }
}

fn file(path: &str) -> std::io::Result<BufWriter<std::fs::File>> {
    Ok(BufWriter::with_capacity(
        1 << 20,
        std::fs::File::create(path)?,
    ))
}

fn policies(name: &str, path: &str, max: u32) -> std::io::Result<()> {
    let workload = Workload::generate(scale(name), SEED);
    let mut file = file(path)?;
    let mut line = Vec::new();
    for tenant in 0..workload.tenants.min(max) {
        line.clear();
        workload.tenant_json(tenant, &mut line);
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.flush()
}

fn signins(rows: usize, path: &str) -> std::io::Result<()> {
    let workload = Workload::generate(scale("M"), SEED);
    let mut file = file(path)?;
    let mut written = Ok(());
    signin_rows(&workload, 7, rows, SEED, |row| {
        if written.is_ok() {
            written = file.write_all(row);
        }
    });
    written.and_then(|()| file.flush())
}

fn requests(name: &str, count: usize, path: &str) -> std::io::Result<()> {
    let workload = Workload::generate(scale(name), SEED);
    let requests = workload.requests(count, SEED);
    let mut file = file(path)?;
    let mut line = Vec::new();
    for q in &requests.list {
        line.clear();
        workload.request_json(&requests, q, &mut line);
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.flush()
}

fn stats(name: &str) {
    const SAMPLE: usize = 200_000;
    let workload = Workload::generate(scale(name), SEED);
    let configs = workload.partners.len();
    let inheriting = workload
        .partners
        .iter()
        .filter(|p| p.blocks.iter().any(Option::is_none))
        .count();
    let requests = workload.requests(SAMPLE, SEED);
    let list = &requests.list;
    let unknown = list
        .iter()
        .filter(|q| workload.partner(q.home, q.resource).is_none())
        .count();
    let mut pairs: Vec<_> = list.iter().map(|q| (q.home, q.resource)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let step = (configs / 2000).max(1);
    let mut json = Vec::new();
    for partner in workload.partners.iter().step_by(step) {
        workload.partner_json(partner, &mut json);
    }
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    println!(
        "{name}: {} tenants, {configs} partner configurations, {:.1} % of them inheriting, {:.1} targets and {} bytes of JSON each;",
        workload.tenants,
        percent(inheriting, configs),
        workload.arena.len() as f64 / configs as f64,
        json.len() / configs.div_ceil(step),
    );
    println!(
        "of {SAMPLE} requests {:.1} % name an unlisted partner, {:.2} % are allowed; {:.1} groups each, {} distinct pairs",
        percent(unknown, SAMPLE),
        percent(workload.allowed(&requests, list) as usize, SAMPLE),
        requests.all_groups.len() as f64 / SAMPLE as f64,
        pairs.len(),
    );
}
