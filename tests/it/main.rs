//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod apply;
mod cases;
mod company;
mod demo;
mod health;
mod kill;
mod public;
mod race;
mod same_site;
mod scratch;
mod sending;
mod sign_in;
mod site;
mod smtp;
mod writers;
