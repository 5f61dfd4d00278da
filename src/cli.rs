//! The command line.
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
    /// Serves the site (the default).
    ///
    /// Makes and migrates the database of DATABASE_URL, makes MADOGUCHI_SECRET_FILE where it is missing, and listens
    /// on MADOGUCHI_LISTEN. Where nobody can sign in as administrator, prints a one-time set-up link. Stops on SIGTERM
    /// or SIGINT after finishing the requests in flight.
    Serve,
    /// Brings the schema of the database up to date, and nothing else.
    ///
    /// Writes the database of DATABASE_URL. Harmless when there is nothing to do.
    Migrate,
    /// Manages the people who sign in with a password.
    #[command(subcommand)]
    Staff(Staff),
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
