//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod cases;
mod expert;
mod health;
mod public;
mod same_site;
mod sign_in;
mod site;
