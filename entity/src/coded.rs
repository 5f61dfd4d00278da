//! A column type for values that are stored by their code.
use codes::Code;
use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};

/// A value that a column stores as the text of its code.
///
/// A stored text that is not a code of `T` is kept as it is. Reading a row never fails because of it, so that
/// one invalid row does not hide the others. The caller that needs the value decides what happens to the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coded<T> {
    Known(T),
    /// The text as it is stored.
    Unknown(String),
}

impl<T: Code> Coded<T> {
    /// Returns the value with the code `text`, or the text itself if there is none.
    pub fn read(text: String) -> Self {
        T::from_code(&text).map_or(Self::Unknown(text), Self::Known)
    }

    /// Returns the value; `None` if the stored text is not a code.
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

/// A key of several columns must say that none of them is a number that the database counts.
impl<T: Code> TryFromU64 for Coded<T> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Coded"))
    }
}
