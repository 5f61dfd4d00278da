//! The fields of a sign-up for an event, as participants and editors fill them in.
use domain::{
    gathering::SeatKind,
    text::{TextLine, optional},
};

use super::form::{Choice, FieldErrors, Fields};
use crate::ops::gathering::Participant;

/// The lengths of the longest name and organization, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_ORGANIZATION: usize = 100;

/// Parses name, reading and organization, or adds the errors of the fields.
pub fn parse_person(form: &Fields, errors: &mut FieldErrors) -> Option<Participant> {
    let name = errors.take("name", TextLine::parse("お名前", form.get("name"), LONGEST_NAME));
    let kana = optional(form.get("kana"), |it| TextLine::parse_kana("フリガナ", it, LONGEST_NAME));
    let kana = errors.take("kana", kana);
    let organization = optional(form.get("organization"), |it| {
        TextLine::parse("会社・団体の名称", it, LONGEST_ORGANIZATION)
    });
    let organization = errors.take("organization", organization);
    Some(Participant { name: name?, kana: kana?, organization: organization? })
}

/// Parses the kind of seat, which has to be one that the event `has`, or adds the error of the field.
pub fn parse_seat(
    form: &Fields,
    errors: &mut FieldErrors,
    has: impl Fn(SeatKind) -> bool,
) -> Option<SeatKind> {
    let seat = SeatKind::from_code(form.get("seat")).filter(|it| has(*it));
    errors.take("seat", seat.ok_or("参加の方法を選択してください"))
}

/// Returns the kinds of seats that an event has, as choices.
pub fn seat_choices(has: impl Fn(SeatKind) -> bool) -> Vec<Choice> {
    SeatKind::ALL.into_iter().filter(|it| has(*it)).map(|it| Choice::new(it.code(), it.label())).collect()
}
