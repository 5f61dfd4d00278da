//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod apply;
mod cases;
mod company;
mod corners;
mod demo;
mod expert;
mod health;
mod office;
mod public;
mod race;
mod same_site;
mod scratch;
mod sign_in;
mod site;
mod staff;
mod writers;
