//! Codes in columns.
use codes::Turn;
use entity::Coded;
use sea_orm::{Value, sea_query::ValueType};

#[test]
fn a_stored_code_is_written_back_as_it_was() {
    for (stored, value) in [("center", Some(Turn::Center)), ("Center", None), ("", None)] {
        let read = Coded::<Turn>::read(stored.to_owned());
        assert_eq!((read.known(), read.code()), (value, stored));
        assert_eq!(Value::from(read.clone()), Value::from(stored));
        assert_eq!(<Coded<Turn> as ValueType>::try_from(stored.into()).ok(), Some(read));
    }
}
