//! The area codes of Japan (市外局番), by which a telephone number is divided into groups.
//!
//! The longest prefix of a number decides. Prefixes are written without the leading 0.

/// Returns the lengths of the groups of a number of ten digits.
pub(super) fn groups(digits: &str) -> [usize; 3] {
    let rest = digits.strip_prefix('0').unwrap_or(digits);
    let lists =
        [(TWO, [2, 4, 4]), (THREE, [3, 3, 4]), (FOUR, [4, 2, 4]), (FIVE, [5, 1, 4]), (SERVICES, [4, 3, 3])];
    let longest = |list: &str| {
        list.split(' ').filter(|it| rest.starts_with(it)).map(str::len).max().unwrap_or_default()
    };
    let found = lists.into_iter().map(|(list, groups)| (longest(list), groups)).max_by_key(|it| it.0);
    found.filter(|it| it.0 > 0).map_or([4, 2, 4], |it| it.1)
}

/// Area codes of two digits, the leading 0 included: 03, 06 and 04.
const TWO: &str = "3 420 429 4700 4701 4709 471 6";

/// Area codes of three digits, such as 045.
const THREE: &str = "11 1540 1541 1548 1550 1551 1557 177 188 196 199 221 222 223 227 230 231 232 236 239 245 249 2500 \
    2501 251 252 253 2540 2541 255 2560 2561 257 2580 2581 25917 25999 262 264 271 272 273 275 2780 2781 \
    2788 2789 281 2830 2831 2833 2834 286 289 290 2917 292 293 298 42 4220 4221 4291 4297 4298 43 44 45 \
    462 464 468 472 473 474 4750 4751 4759 477 4790 4791 4799 48 492 499 52 530 534 535 539 54 552 559 \
    580 582 583 588 589 590 591 592 593 5980 5981 5989 5990 5991 5999 60 72 734 75 760 762 764 769 775 \
    777 78 792 793 794 7950 7951 7955 7956 7959 7960 7961 7966 7967 821 822 8240 8241 8242 8243 8249 825 \
    828 8290 8291 8292 82941 82942 82943 8296 8299 832 8360 8370 8371 83766 83767 83768 8377 8378 8379 \
    8380 8381 839 83960 83961 83963 83966 849 8510 8511 860 861 862 8636 864 865 86552 86553 8660 8661 \
    86691 86697 86698 86722 86723 86724 86726 86728 86737 86738 8680 8681 8689 8690 8691 8694 8695 8699 \
    87 886 888 890 891 899 92 93 941 945 951 953 958 961 962 963 971 975 976 981 988 989 991 992 99331 \
    99343 99345 99347 9940 9941 9947 9948 998 999";

/// Area codes of four digits within a shorter prefix of another length. All other codes have four digits too.
const FOUR: &str = "2232 2233 2557 2558 2572 2573 2574 2642 2643 2644 2645 2896 2897 2898 2899 2932 2933 2934 422 4282 \
    4283 4287 4288 4289 436 438 439 480 53960 53961 53962 53963 53974 53977 5399 544 545 547 548 59790 \
    59791 59797 59798 721 725 7946 7947 7948 82920 86360 86361 86366 8654 8655 8656 8657 86992 86993 875 \
    877 879 920 930";

/// Area codes of five digits, such as 01267.
const FIVE: &str = "1267 1372 1374 1377 1392 1397 1398 1456 1457 1466 1547 1558 1564 1586 1587 1632 1634 1635 1648 1654 \
    1655 1656 1658 4992 4994 4996 4998 5769 5979 7468 8387 8388 8389 8396 8477 851 9802 9912 9913 9969";

/// Numbers that belong to no place: 0120, 0570 and 0990.
const SERVICES: &str = "120 570 990";
