//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod cases;
mod health;
mod public;
mod race;
mod same_site;
mod scratch;
mod sign_in;
mod site;
mod writers;
