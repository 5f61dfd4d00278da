//! The fields of a consultation: ICT, labour management, or both.
pub use codes::Field;
use codes::codes;

codes! {
    /// One field or both, but never none.
    pub enum Fields {
        Ict = "ict" => "ICT",
        Labor = "labor" => "労務管理",
        Both = "both" => "両方",
    }
}

impl Fields {
    /// Returns the chosen fields; `None` if neither is chosen.
    pub const fn from_flags(ict: bool, labor: bool) -> Option<Self> {
        match (ict, labor) {
            (true, true) => Some(Self::Both),
            (true, false) => Some(Self::Ict),
            (false, true) => Some(Self::Labor),
            (false, false) => None,
        }
    }

    pub const fn contains(self, field: Field) -> bool {
        match (self, field) {
            (Self::Both, _) | (Self::Ict, Field::Ict) | (Self::Labor, Field::Labor) => true,
            (Self::Ict, Field::Labor) | (Self::Labor, Field::Ict) => false,
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |&it| self.contains(it))
    }

    /// Returns whether these fields contain every field of `other`.
    pub fn covers(self, other: Self) -> bool {
        other.iter().all(|it| self.contains(it))
    }

    pub fn union(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }

    /// Returns these fields without those of `taken`; `None` if none is left.
    pub fn without(self, taken: Self) -> Option<Self> {
        let left = |field| self.contains(field) && !taken.contains(field);
        Self::from_flags(left(Field::Ict), left(Field::Labor))
    }
}

impl From<Field> for Fields {
    fn from(field: Field) -> Self {
        match field {
            Field::Ict => Self::Ict,
            Field::Labor => Self::Labor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Fields};

    #[test]
    fn the_taken_and_the_remaining_fields_make_the_whole() {
        for whole in [Fields::Ict, Fields::Labor, Fields::Both] {
            for taken in [Fields::Ict, Fields::Labor, Fields::Both] {
                let left = whole.without(taken);
                for field in Field::ALL {
                    let in_left = left.is_some_and(|it| it.contains(field));
                    assert_eq!(in_left, whole.contains(field) && !taken.contains(field));
                }
                assert_eq!(left.is_none(), taken.covers(whole));
            }
        }
    }

    #[test]
    fn two_fields_are_both_and_one_stays_one() {
        assert_eq!(Fields::Ict.union(Fields::Ict), Fields::Ict);
        assert_eq!(Fields::Ict.union(Fields::Labor), Fields::Both);
        assert_eq!(Fields::Both.union(Fields::Labor), Fields::Both);
    }
}
