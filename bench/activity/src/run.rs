//! One run of one program: how long, how much of the processors, how much memory.

use std::error::Error;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// The exit code of a comparison that found a difference.
const DIFFERS: i32 = 5;

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_millis(10);

pub struct Run {
    /// Seconds.
    pub wall: f64,
    /// Seconds of all processors together.
    pub processors: f64,
    /// MiB at most.
    pub memory: f64,
    pub output: String,
}

/// Runs it to its end.
pub fn measure(command: &mut Command) -> Result<Run, Box<dyn Error>> {
    let begin = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut stdout = child.stdout.take().ok_or("a pipe")?;
    let output = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(child.id())?))?;
    let (mut processors, mut memory) = (Duration::ZERO, 0.0_f64);
    let status = loop {
        if let Ok(time) = ClockId::now(clock) {
            processors = processors.max(Duration::from(time));
        }
        memory = memory.max(most_memory(child.id()).unwrap_or_default());
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(PAUSE);
    };
    let wall = begin.elapsed().as_secs_f64();
    let output = output.join().map_err(|_| "the output was lost")??;
    // A preview that finds something says so by its exit code.
    if !matches!(status.code(), Some(0 | DIFFERS)) {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(Run {
        wall,
        processors: processors.as_secs_f64(),
        memory,
        output,
    })
}

/// The most memory a process has had so far, in MiB.
fn most_memory(process: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}
