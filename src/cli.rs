//! The command line.
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::actor::Role;

/// Runs a self-hosted consultation desk: one request, one appointment, one record.
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
    /// Serves the site and runs background work (the default).
    ///
    /// Creates and migrates the database of DATABASE_URL, creates MADOGUCHI_SECRET_FILE if it is missing, and listens
    /// on MADOGUCHI_LISTEN. Sends mail to SMTP_URL, or writes .eml files into data/mail. Prints a one-time set-up link
    /// if no account can sign in as administrator. Stops on SIGTERM or SIGINT, after finishing the requests in flight
    /// and the mails being sent.
    Serve(Serve),
    /// Runs background work only, in addition to instances that serve with --no-worker.
    ///
    /// Reads and writes the database of DATABASE_URL, after migrating it; sends mail to SMTP_URL, or writes .eml files
    /// into data/mail. Stops on SIGTERM or SIGINT, after finishing the mails being sent.
    Worker(Worker),
    /// Serves an invented programme for trying everything out.
    ///
    /// Works as `serve`, but on data/demo.db, which it fills first and rebuilds on another day; it refuses a file that
    /// holds anything else. Listens on loopback addresses only, writes mail as .eml files into data/mail and never
    /// sends any, whatever DATABASE_URL and SMTP_URL say. Prints the accounts.
    Demo,
    /// Fills an empty database with a large invented programme for measuring.
    ///
    /// Writes the database of DATABASE_URL, which must be empty. The same seed on the same day gives the same data.
    Fill(Fill),
    /// Simulates a year under each routing policy and prints how long companies wait and how evenly experts are loaded.
    ///
    /// Uses no database. Prints a table; with --csv also writes the figures into that file, replacing it. The same seed
    /// gives the same year.
    Simulate(Simulate),
    /// Receives mail.
    #[command(subcommand)]
    Mail(Mail),
    /// Checks every invariant in the database.
    ///
    /// Reads the database of DATABASE_URL and changes nothing. Prints one line for each finding; exits with 1 if there
    /// is any.
    Doctor,
    /// Migrates the schema of the database, and does nothing else.
    ///
    /// Writes the database of DATABASE_URL. Does nothing if the schema is up to date.
    Migrate,
    /// Manages the accounts that sign in with a password.
    #[command(subcommand)]
    Staff(Staff),
}

#[derive(Args, Debug, Default)]
pub struct Serve {
    /// Serves the site without background work, for several instances behind a load balancer.
    #[arg(long)]
    pub no_worker: bool,
}

#[derive(Args, Debug)]
pub struct Worker {
    /// Does all work that is due now, then exits.
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Receives one message (RFC 5322) from standard input, as a mail server's pipe delivers it.
    ///
    /// Stores the message in the database of DATABASE_URL before anything else; a worker processes it. Exits with 0 if
    /// the message is stored, with 75 if the mail server must try again, and with 65 if the input is not a mail and was
    /// put into quarantine. The same message received twice is stored once. A message larger than MAIL_SIZE_LIMIT is
    /// cut.
    Receive(Receive),
}

#[derive(Args, Debug)]
pub struct Receive {
    /// The recipient of the envelope; by default ORIGINAL_RECIPIENT or RECIPIENT from the environment.
    #[arg(long)]
    pub to: Option<String>,
    /// The sender of the envelope, <> for none; by default SENDER from the environment.
    #[arg(long)]
    pub from: Option<String>,
}

#[derive(Args, Debug)]
pub struct Fill {
    /// The number of consultations.
    #[arg(long, default_value_t = 10_000)]
    pub consultations: usize,
    /// The number of experts.
    #[arg(long, default_value_t = 500)]
    pub experts: usize,
    /// The seed of the random numbers.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args, Debug)]
pub struct Simulate {
    /// The seed of the random numbers.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The number of consultations.
    #[arg(long, default_value_t = 1500)]
    pub consultations: usize,
    /// The number of experts.
    #[arg(long, default_value_t = 30)]
    pub experts: usize,
    /// The file to write the figures into as CSV.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Adds an account and prints the one-time link that sets its password.
    ///
    /// Writes one account and one link into the database of DATABASE_URL. The link is valid for 7 days. An existing
    /// account gets a new link, and its earlier links become invalid.
    Add(StaffAdd),
    /// Removes the second factor of an account whose owner has lost it, and ends its sessions.
    ///
    /// For the only administrator: others are reset on the administrator's pages. The owner gets a mail, and signs in with
    /// the password and a new factor.
    ResetFactor(StaffResetFactor),
}

#[derive(Args, Debug)]
pub struct StaffResetFactor {
    /// The mail address that the account signs in with.
    #[arg(long)]
    pub email: String,
}

#[derive(Args, Debug)]
pub struct StaffAdd {
    /// The mail address that the account signs in with.
    #[arg(long)]
    pub email: String,
    /// The name that other users see.
    #[arg(long)]
    pub name: String,
    /// The role of the account.
    #[arg(long, value_enum)]
    pub role: StaffRole,
}

/// The roles that need only an account; experts and desks are added on the administrator's pages.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StaffRole {
    Coordinator,
    Observer,
    Editor,
    Administrator,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Coordinator => Self::Coordinator,
            StaffRole::Observer => Self::Observer,
            StaffRole::Editor => Self::Editor,
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
