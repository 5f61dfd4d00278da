//! One binary for all integration tests: linking is the slow part.
#![cfg(test)]
mod access;
mod apply;
mod cases;
mod chain;
mod company;
mod conversation;
mod corners;
mod demo;
mod expert;
mod health;
mod kill;
mod office;
mod public;
mod race;
mod reads;
mod same_site;
mod scratch;
mod sending;
mod sign_in;
mod site;
mod smtp;
mod staff;
mod tables;
mod tidy;
mod town;
mod writers;
