//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod apply;
mod cases;
mod company;
mod demo;
mod health;
mod public;
mod same_site;
mod sign_in;
mod site;
