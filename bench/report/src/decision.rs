//! The decision: product and floors in one process and in turns, then the general engines on
//! samples of the same stream.
//!
//! Every program asserts that it allows exactly as many requests as the oracle, so an answer that
//! is fast and wrong ends the run.

use serde_json::{Value, json};

use crate::figures::Figures;
use crate::machine::{self, Machine};
use crate::{Wanted, page, programs, table, targets};

pub fn run(wanted: &Wanted) -> Result<(), String> {
    let mut scales: Vec<&str> = wanted.scales.iter().map(String::as_str).collect();
    if scales.is_empty() {
        scales = vec!["S", "M", "L"];
    }
    let mut figures = Figures::default();
    for scale in &scales {
        for program in programs::of_decision(scale, &wanted.handed_on) {
            match programs::output(&program) {
                Ok(output) => figures.read(&output),
                // The product's own program must run; what an engine cannot do is said in the table.
                Err(problem) if program.is_ours => return Err(problem),
                Err(problem) => figures.left_out(scale, program.package, &problem),
            }
        }
    }
    let table = table::of(&figures, &scales);
    let targets = targets::of(&figures, &scales);
    println!("\n{targets}\n{table}");
    if !wanted.write {
        return Ok(());
    }
    let machine = machine::describe();
    page::save(
        "bench/results/decide.json",
        &format!("{:#}\n", as_json(&figures, &machine)),
    )?;
    page::write("decide", &format!("{machine}\n\n{targets}\n{table}"))
}

fn as_json(figures: &Figures, machine: &Machine) -> Value {
    let list = figures.list.iter().map(|figure| {
        json!({
            "scale": figure.scale,
            "variant": figure.name,
            "requests": figure.requests,
            "medianNanoseconds": figure.median,
            "minNanoseconds": figure.min,
            "maxNanoseconds": figure.max,
        })
    });
    let memory = figures.memory.iter().map(|(scale, name, bytes)| {
        json!({ "scale": scale, "variant": name, "bytesPerPartnerConfiguration": bytes })
    });
    let left_out = figures
        .left_out
        .iter()
        .map(|(scale, program, why)| json!({ "scale": scale, "program": program, "why": why }));
    json!({
        "processor": machine.processor,
        "cores": machine.cores,
        "memoryGib": machine.memory_gib,
        "compiler": machine.compiler,
        "commit": machine.commit,
        "figures": list.collect::<Vec<Value>>(),
        "memory": memory.collect::<Vec<Value>>(),
        "leftOut": left_out.collect::<Vec<Value>>(),
    })
}
