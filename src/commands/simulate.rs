//! `madoguchi simulate`: plays an invented year under each routing policy.
use std::{fs::File, io::Write};

use anyhow::Context;
use madoguchi::simulate::{Policy, Setup, simulate, table, write_csv};

use crate::{
    cli::Simulate,
    exit::{Failure, software, usage},
};

pub fn run(wanted: &Simulate) -> Result<(), Failure> {
    let setup = Setup { seed: wanted.seed, consultations: wanted.consultations, experts: wanted.experts };
    // A mistyped file name is reported before the year is played.
    let file = wanted
        .csv
        .as_ref()
        .map(|path| File::create(path).with_context(|| format!("--csv {}", path.display())).map_err(usage));
    let file = file.transpose()?;
    let outcomes: Vec<_> = Policy::ALL.map(|policy| simulate(setup, policy).0).into();
    write!(std::io::stdout(), "{}", table(&outcomes)).map_err(software)?;
    match file {
        Some(file) => write_csv(file, setup.seed, &outcomes).map_err(software),
        None => Ok(()),
    }
}
