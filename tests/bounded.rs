//! Fuzz targets as tests: the samples and many mutations of them, within bounds of time and memory.
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

#[path = "mutation.rs"]
mod mutation;

/// Far beyond what any input takes, even unoptimised on a busy machine; far below what a quadratic step would take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes that the process may occupy at most.
const MOST_MEMORY: u64 = 512 * 1024 * 1024;

/// Runs the target on each sample in `folder`, a folder in `tests`, and on `rounds` mutations of each.
pub fn run(folder: &str, rounds: usize, target: impl Fn(&[u8])) {
    let samples = mutation::samples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder));
    assert!(samples.len() > 10, "only {} samples in {folder}", samples.len());
    let mut chance = mutation::Chance(20_261_120);
    for sample in &samples {
        in_time(sample, &target);
        for _ in 0..rounds {
            let mut raw = sample.clone();
            chance.mutate(&mut raw);
            in_time(&raw, &target);
        }
    }
    if let Some(peak) = peak() {
        assert!(peak < MOST_MEMORY, "{peak} bytes of memory");
    }
}

fn in_time(raw: &[u8], target: &impl Fn(&[u8])) {
    let begun = Instant::now();
    target(raw);
    assert!(begun.elapsed() < PATIENCE, "{:?} for {}", begun.elapsed(), String::from_utf8_lossy(raw));
}

/// Returns the most memory that this process has occupied, in bytes; `None` where the system does not say.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}
