//! A column that keeps codes.
use codes::Code;
use sea_orm::{
    ActiveValue, ColIdx, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};

/// The value that a column keeps by its code, stored as text.
///
/// A stored text that is no code of `T` is kept as it is: reading a row never fails for it, so that one row which
/// contradicts the rules does not hide the others. The place that needs the value says what becomes of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coded<T> {
    Known(T),
    /// The text as it is stored.
    Unknown(String),
}

impl<T: Code> Coded<T> {
    /// Returns the value that `text` is the code of, or the text.
    pub fn read(text: String) -> Self {
        T::from_code(&text).map_or(Self::Unknown(text), Self::Known)
    }

    /// Returns the value; `None` where the stored text is no code.
    pub const fn known(&self) -> Option<T> {
        match self {
            Self::Known(it) => Some(*it),
            Self::Unknown(_) => None,
        }
    }

    /// Returns the text as it is stored.
    pub fn code(&self) -> &str {
        match self {
            Self::Known(it) => it.code(),
            Self::Unknown(text) => text,
        }
    }
}

impl<T> From<T> for Coded<T> {
    fn from(it: T) -> Self {
        Self::Known(it)
    }
}

impl<T: Code> PartialEq<T> for Coded<T> {
    fn eq(&self, other: &T) -> bool {
        self.known() == Some(*other)
    }
}

impl<T: Code> From<Coded<T>> for Value {
    fn from(it: Coded<T>) -> Self {
        match it {
            Coded::Known(it) => it.code().into(),
            Coded::Unknown(text) => text.into(),
        }
    }
}

impl<T: Code> TryGetable for Coded<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        String::try_get_by(row, index).map(Self::read)
    }
}

impl<T: Code> ValueType for Coded<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <String as ValueType>::try_from(value).map(Self::read)
    }

    fn type_name() -> String {
        String::type_name()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<T> Nullable for Coded<T> {
    fn null() -> Value {
        String::null()
    }
}

impl<T: Code> IntoActiveValue<Self> for Coded<T> {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

#[cfg(test)]
mod tests {
    use codes::Turn;
    use sea_orm::{Value, sea_query::ValueType};

    use super::Coded;

    #[test]
    fn what_is_stored_is_written_back_as_it_was() {
        for (stored, value) in [("center", Some(Turn::Center)), ("Center", None), ("", None)] {
            let read = Coded::<Turn>::read(stored.to_owned());
            assert_eq!((read.known(), read.code()), (value, stored));
            assert_eq!(Value::from(read.clone()), Value::from(stored));
            assert_eq!(<Coded<Turn> as ValueType>::try_from(stored.into()).ok(), Some(read));
        }
    }
}
