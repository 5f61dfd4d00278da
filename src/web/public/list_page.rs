//! The pages of a public list.

/// One page of a list.
#[derive(Clone, Debug)]
pub struct ListPage<T> {
    pub entries: Vec<T>,
    /// The number of all entries.
    pub total: usize,
    /// The number of this page; the first is 1.
    pub number: usize,
    pub last: usize,
    /// The address of the list with its filter, to which the number of a page is added.
    address: String,
}

impl<T> ListPage<T> {
    /// The number of entries on a page.
    pub const ON_A_PAGE: usize = 20;

    /// Returns the page that `typed` names, or the first. `address` is that of the list, with `?` if it has a filter.
    pub fn of(all: Vec<T>, typed: &str, address: String) -> Self {
        let total = all.len();
        let (first, _) = Self::place(typed, total);
        let entries = all.into_iter().skip(first).take(Self::ON_A_PAGE).collect();
        Self::counted(entries, total, typed, address)
    }

    /// Returns the page that `typed` names, with its entries, of a list of `total` entries.
    pub fn counted(entries: Vec<T>, total: usize, typed: &str, address: String) -> Self {
        let (_, number) = Self::place(typed, total);
        Self { entries, total, number, last: total.div_ceil(Self::ON_A_PAGE).max(1), address }
    }

    /// Returns how many entries stand before the page that `typed` names, and the number of the page.
    pub fn place(typed: &str, total: usize) -> (usize, usize) {
        let number = typed.parse().unwrap_or(1).clamp(1, total.div_ceil(Self::ON_A_PAGE).max(1));
        ((number - 1) * Self::ON_A_PAGE, number)
    }

    /// Makes what is shown of the entries of this page.
    pub fn map<U>(self, shown: impl FnMut(T) -> U) -> ListPage<U> {
        let Self { entries, total, number, last, address } = self;
        ListPage { entries: entries.into_iter().map(shown).collect(), total, number, last, address }
    }

    /// Returns the address of another page of the list; empty if there is no such page.
    pub fn at(&self, number: usize) -> String {
        let joint = if self.address.contains('?') { '&' } else { '?' };
        match number {
            1 if self.number > 1 => self.address.clone(),
            it if it == self.number || it == 0 || it > self.last => String::new(),
            it => format!("{}{joint}page={it}", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ListPage;

    #[test]
    fn a_list_has_pages_with_addresses_of_their_neighbours() {
        let of = |n: usize, typed: &str| ListPage::of((0..n).collect(), typed, "/news".to_owned());
        let page = of(45, "2");
        assert_eq!((page.entries.first(), page.entries.len(), page.last), (Some(&20), 20, 3));
        assert_eq!([page.at(1), page.at(2), page.at(3), page.at(4)], ["/news", "", "/news?page=3", ""]);
        assert_eq!(of(45, "9").number, 3);
        assert_eq!(of(45, "-1").number, 1);
        assert_eq!((of(0, "").last, of(0, "").entries.len()), (1, 0));
    }
}
