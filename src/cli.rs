//! The command line.
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::actor::Role;

/// A self-hosted consultation desk: one request, one appointment, one record.
///
/// Settings come from the environment, or from the same keys in madoguchi.toml (MADOGUCHI_CONFIG names another file).
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the site and works in the background (the default).
    ///
    /// Makes and migrates the database of DATABASE_URL, makes MADOGUCHI_SECRET_FILE where it is missing, and listens
    /// on MADOGUCHI_LISTEN. Mail goes to SMTP_URL, or as .eml files into data/mail. Where nobody can sign in as
    /// administrator, prints a one-time set-up link. Stops on SIGTERM or SIGINT, after finishing the requests in flight
    /// and the mail in hand.
    Serve(Serve),
    /// Works in the background alone, beside instances that serve with --no-worker.
    ///
    /// Reads and writes the database of DATABASE_URL, which it migrates; sends mail to SMTP_URL, or writes .eml files
    /// into data/mail. Stops on SIGTERM or SIGINT, after finishing the mail in hand.
    Worker(Worker),
    /// Serves an invented programme, for trying everything out.
    ///
    /// As `serve`, on data/demo.db, which it fills first and rebuilds on another day; refused where that file holds
    /// anything else. Listens on loopback addresses alone, writes mail as .eml files into data/mail and never sends any,
    /// whatever DATABASE_URL and SMTP_URL say. Prints the accounts.
    Demo,
    /// Fills an empty database with an invented programme in bulk, for measuring.
    ///
    /// Writes the database of DATABASE_URL, which must hold nothing else. The same seed on the same day gives the same
    /// data.
    Fill(Fill),
    /// Plays an invented year under different ways of routing and prints how long companies wait and how even the load is.
    ///
    /// Reads nothing and touches no database. Prints a table; with --csv writes the same figures into that file, which
    /// it replaces. The same seed gives the same year.
    Simulate(Simulate),
    /// Takes mail that comes in.
    #[command(subcommand)]
    Mail(Mail),
    /// Checks every invariant in the database.
    ///
    /// Reads the database of DATABASE_URL and changes nothing. Prints a line for each finding; exits with 1 where there
    /// is one.
    Doctor,
    /// Brings the schema of the database up to date, and nothing else.
    ///
    /// Writes the database of DATABASE_URL. Harmless when there is nothing to do.
    Migrate,
    /// Manages the people who sign in with a password.
    #[command(subcommand)]
    Staff(Staff),
}

#[derive(Args, Debug, Default)]
pub struct Serve {
    /// Web only, for several instances behind a balancer.
    #[arg(long)]
    pub no_worker: bool,
}

#[derive(Args, Debug)]
pub struct Worker {
    /// Does everything that is due now, then exits.
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Takes one message (RFC 5322) on standard input, as a mail server's pipe delivers it.
    ///
    /// Writes the message into the database of DATABASE_URL before anything else; a worker understands it. Exits with 0
    /// where it is taken for good, 75 where the mail server must try again, 65 where it is no mail and waits in
    /// quarantine. The same message taken twice is one. Of a message larger than MAIL_SIZE_LIMIT the beginning is kept.
    Receive(Receive),
}

#[derive(Args, Debug)]
pub struct Receive {
    /// The recipient of the envelope; else ORIGINAL_RECIPIENT or RECIPIENT of the environment.
    #[arg(long)]
    pub to: Option<String>,
    /// The sender of the envelope, <> for none; else SENDER of the environment.
    #[arg(long)]
    pub from: Option<String>,
}

#[derive(Args, Debug)]
pub struct Fill {
    #[arg(long, default_value_t = 10_000)]
    pub consultations: usize,
    #[arg(long, default_value_t = 500)]
    pub experts: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args, Debug)]
pub struct Simulate {
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, default_value_t = 1500)]
    pub consultations: usize,
    #[arg(long, default_value_t = 30)]
    pub experts: usize,
    /// The file to write the figures into.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Adds an account and prints the one-time link that sets its password.
    ///
    /// Writes one account and one link into the database of DATABASE_URL. The link is good for 7 days. An account that
    /// exists gets a new link, and its earlier ones become worthless.
    Add(StaffAdd),
}

#[derive(Args, Debug)]
pub struct StaffAdd {
    /// The address to sign in with.
    #[arg(long)]
    pub email: String,
    /// The name that others see.
    #[arg(long)]
    pub name: String,
    #[arg(long, value_enum)]
    pub role: StaffRole,
}

/// The roles that need nothing but an account; experts and desks are added on the administrator's pages.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StaffRole {
    Coordinator,
    Observer,
    Administrator,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Coordinator => Self::Coordinator,
            StaffRole::Observer => Self::Observer,
            StaffRole::Administrator => Self::Administrator,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
