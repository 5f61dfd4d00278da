//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod corners;
mod demo;
mod health;
mod public;
mod same_site;
mod sign_in;
mod site;
